"""Copies of a PostgreSQL database, made by pg_dump and put back by psql in one transaction.

The same questions and acts as `database_files`, for an address instead of a file. The programs are
PostgreSQL's own; the password goes to them by the environment, never on a command line.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from gateways.database_files import FILLED_FIRST, FORGOTTEN, KEYS
from gateways.sealed_files import damaged
from vocabulary.errors import DumpFailed, NoDatabasePrograms

KIND = "postgresql"
_DEBIAN = Path("/usr/lib/postgresql")
_PLACES = "public, vault"
_AS_ENVIRONMENT = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
}
# A later schema's tables go too: what the backup does not know must not stand beside it.
_CLEARED = """SET client_min_messages = warning;
DO $$ DECLARE one record; BEGIN
FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'vault') LOOP
EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', one.schemaname, one.tablename); END LOOP;
FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
EXECUTE format('DROP ROUTINE %s CASCADE', one.name); END LOOP; END $$;
DROP SCHEMA IF EXISTS vault CASCADE;
"""


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    import psycopg  # noqa: PLC0415 needed only where PostgreSQL is used

    with psycopg.connect(_address(url), autocommit=True) as connection:
        connection.execute(f"SET search_path = {_PLACES}")
        yield connection


def _environment(url: str) -> Mapping[str, str]:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 as above

    said = conninfo_to_dict(_address(url))
    named = {_AS_ENVIRONMENT[k]: str(v) for k, v in said.items() if k in _AS_ENVIRONMENT}
    return {**os.environ, **named}


def _program(name: str) -> str:
    """Find a program on PATH, or where Debian keeps it: the newest. Raises NoDatabasePrograms."""
    beside = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: _version(path.parts[-3]))
    found = shutil.which(name) or (str(beside[-1]) if beside else None)
    if found is None:
        raise NoDatabasePrograms()
    return found


def _version(folder: str) -> int:
    return int(folder) if folder.isdecimal() else 0


def _run(name: str, *words: str, url: str | None = None) -> str:
    """Run one of PostgreSQL's programs. Raises NoDatabasePrograms, DumpFailed."""
    env = _environment(url) if url else dict(os.environ)
    asked = [_program(name), *words]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)  # noqa: S603 named above
    if done.returncode:
        raise DumpFailed(program=name)
    return done.stdout


def copy_without_keys(source: str, to: Path) -> list[tuple[str, bytes]]:
    """Dump the database without the donors' own keys; return those apart, all of one moment."""
    with _opened(source) as live:
        live.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = live.execute("SELECT pg_export_snapshot()").fetchone()[0]
        found = [(ref, bytes(key)) for ref, key in live.execute(KEYS)]
        found += [(ref, b"") for (ref,) in live.execute(FORGOTTEN)]
        words = ("--format=custom", "--no-owner", "--no-privileges")
        left_out = "--exclude-table-data=*.vault_keys"
        _run("pg_dump", *words, left_out, f"--snapshot={moment}", f"--file={to}", url=source)
        live.execute("ROLLBACK")
    return found


def forgotten_donors(url: str) -> set[str]:
    """Return the refs of donors who asked to be forgotten."""
    with _opened(url) as connection:
        return {ref for (ref,) in connection.execute(FORGOTTEN)}


def is_filled(url: str) -> bool:
    """Say whether anybody or anything was ever entered."""
    with _opened(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        there = {name for (name,) in names}
        return any(
            connection.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()[0]  # noqa: S608 our own names
            for name in sorted(there & FILLED_FIRST)
        )


def revision(path: Path) -> str:
    """Return the schema's revision in a dump, or "" for one without."""
    return next((row["version_num"] for row in _rows(path, "alembic_version")), "")


def verify(path: Path) -> None:
    """Raise Damaged unless pg_restore reads the whole dump."""
    try:
        _run("pg_restore", "--file=/dev/null", str(path))
    except DumpFailed as error:
        damaged(str(error))


def put_keys(path: Path, wrapped: dict[str, bytes], forgotten: set[str], *, on: date) -> int:
    """Write down what puts donors' own keys back and marks the forgotten; return how many have one."""
    donors = [(row["id"], row["ref"]) for row in _rows(path, "vault_donors")]
    lost = forgotten | {ref for ref, key in wrapped.items() if not key}
    kept = [(int(key), wrapped[ref]) for key, ref in donors if ref in wrapped and ref not in lost]
    gone = sorted(ref for _, ref in donors if ref in lost)
    day = f"COALESCE(forgotten_on, DATE '{on.isoformat()}')"
    lines = [
        f"UPDATE vault_donors SET forgotten_on = {day} WHERE ref = '{_plain(ref)}';"  # noqa: S608 refs of our own alphabet
        for ref in gone
    ]
    lines += [
        f"INSERT INTO vault_keys (donor_id, wrapped) VALUES ({key}, '\\x{one.hex()}');"  # noqa: S608 a number and hex
        for key, one in kept
    ]
    _after(path).write_text("\n".join([f"SET search_path = {_PLACES};", *lines, ""]))
    return len(kept)


def _plain(ref: str) -> str:
    if not re.fullmatch(r"\w{1,16}", ref, re.ASCII):
        damaged("a donor's ref is none")
    return ref


def _after(path: Path) -> Path:
    return path.with_name(f"{path.name}.after.sql")


def put_back(source: Path, to: str) -> None:
    """Put a verified dump in the place of all our tables: the whole of it, or nothing."""
    before, script = source.with_name("before.sql"), source.with_name("dump.sql")
    before.write_text(_CLEARED)
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    files = [part for file in (before, script, _after(source)) for part in ("--file", str(file))]
    once = ("--single-transaction", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    _run("psql", *once, *files, url=to)


def _rows(path: Path, table: str) -> Iterator[dict[str, str]]:
    """Read one table's rows out of a dump, as text."""
    words = ("--data-only", f"--table={table}", "--file=-")
    names: list[str] = []
    for line in _run("pg_restore", *words, str(path)).splitlines():
        if line == "\\.":
            names = []
        elif names:
            yield dict(zip(names, line.split("\t"), strict=True))
        elif found := re.match(r"COPY \S+ \((.+)\) FROM stdin;", line):
            names = [name.strip().strip('"') for name in found[1].split(",")]
