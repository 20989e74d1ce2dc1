"""Copies of the SQLite file, made and put back by SQLite's own backup while others work on."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from gateways.sealed_files import damaged

KIND = "sqlite"
PAGES_AT_ONCE = 2000
PATIENCE_SECONDS = 30
KEYS = """SELECT vault_donors.ref, vault_keys.wrapped FROM vault_keys
JOIN vault_donors ON vault_donors.id = vault_keys.donor_id ORDER BY vault_donors.ref"""
FORGOTTEN = """SELECT ref FROM vault_donors WHERE forgotten_on IS NOT NULL ORDER BY ref"""
_FORGET = """UPDATE vault_donors SET forgotten_on = COALESCE(forgotten_on, :day) WHERE ref = :ref"""


# Where the first entry of a real life shows; regions and the schema's revision are always there.
FILLED_FIRST = {
    "accounts",
    "children",
    "organisations",
    "pledges",
    "volunteers",
    "imports",
    "trace_ordinary",
    "trace_custodian",
}


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as connection:
        connection.isolation_level = None
        yield connection


def copy_without_keys(source: Path, to: Path) -> list[tuple[str, bytes]]:
    """Copy the database without the donors' own keys; return those apart, by donor ref.

    Who is forgotten stands there with an empty key, so that older backups learn of it.
    """
    with _opened(source) as live, _opened(to) as copy:
        live.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        found = [*copy.execute(KEYS), *((ref, b"") for (ref,) in copy.execute(FORGOTTEN))]
        copy.execute("DELETE FROM vault_keys")
        copy.execute("VACUUM")  # what was deleted is gone from free pages too
    return found


def forgotten_donors(path: Path) -> set[str]:
    """Return the refs of donors who asked to be forgotten; none when that cannot be read."""
    try:
        with _opened(path) as connection:
            return {ref for (ref,) in connection.execute(FORGOTTEN)}
    except sqlite3.DatabaseError:
        return set()


def put_keys(path: Path, wrapped: dict[str, bytes], forgotten: set[str], *, on: date) -> int:
    """Put donors' own keys into a copy and mark the forgotten; return how many have a key now."""
    with _opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        donors = list(connection.execute("SELECT id, ref FROM vault_donors"))
        lost = forgotten | {ref for ref, key in wrapped.items() if not key}
        rows = [(key, wrapped[ref]) for key, ref in donors if ref in wrapped and ref not in lost]
        gone = [{"day": on.isoformat(), "ref": ref} for ref in sorted(lost)]
        connection.executemany(_FORGET, gone)
        connection.execute("DELETE FROM vault_keys")
        connection.executemany("INSERT INTO vault_keys (donor_id, wrapped) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    return len(rows)


def verify(path: Path) -> None:
    """Raise Damaged unless SQLite finds the file sound and every reference whole."""
    try:
        with _opened(path) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        damaged(str(error))
    if said != "ok" or loose:
        damaged("the database in the file is not sound")


def revision(path: Path) -> str:
    """Return the schema's revision, or "" for a database without one."""
    try:
        with _opened(path) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        return ""
    return str(row[0]) if row else ""


def is_filled(path: Path) -> bool:
    """Say whether anybody or anything was ever entered; a wrecked file counts as filled."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with _opened(path) as connection:
            tables = {n for (n,) in connection.execute("SELECT name FROM sqlite_master")}
            return any(_has_rows(connection, name) for name in tables & FILLED_FIRST)
    except sqlite3.DatabaseError:
        return True


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    return bool(connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])  # noqa: S608 our own names


def put_back(source: Path, to: Path) -> None:
    """Write a verified copy over the live file; a file that is no database any more is replaced."""
    try:
        _write_over(source, to)
    except sqlite3.DatabaseError:
        for tail in ("", "-wal", "-shm", "-journal"):
            to.with_name(to.name + tail).unlink(missing_ok=True)
        _write_over(source, to)
    to.chmod(0o600)


def _write_over(source: Path, to: Path) -> None:
    with _opened(source) as good, _opened(to) as live:
        good.backup(live)
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def set_aside(path: Path, name: str) -> Path | None:
    """Move a folder or file out of the way under a new name beside it; None when there is none."""
    if not path.exists():
        return None
    aside = path.with_name(name)
    shutil.move(path, aside)
    return aside
