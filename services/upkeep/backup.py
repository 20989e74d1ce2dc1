"""Backups: the database without the donors' own keys, and those keys apart, for 30 days only.

Forgetting a donor forgets his key; once the last key store that still held it is gone, no backup
can open him again (DESIGN, Secrets). A restore always takes the newest key store.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from gateways import backup_files, database_dumps, database_files
from gateways.sealed_files import DRAFT, Damaged
from models import keys
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.gate import Card
from vocabulary.dates import today
from vocabulary.errors import BackupDamaged, BackupTooNew, OtherDatabase, OtherKeys, WouldReplace

KEYSTORE_DAYS = 30
DAILY_DAYS = 30
MAIN_SUFFIX, KEYSTORE_SUFFIX = ".backup", ".keystore"
_STAMP = "%Y%m%d-%H%M%S"
_ROOM = ".weiguang-"
_NAME = re.compile(r"^weiguang-(\d{8}-\d{6})\.(?:backup|keystore)$")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the installation lives, and the folder of its backups."""

    database: Path | str  # a SQLite file, or the address of a PostgreSQL database
    uploads: Path
    folder: Path

    @property
    def room(self) -> Path:
        """Where a restore unpacks: beside the file, so that it is on the same disk."""
        return self.database.parent if isinstance(self.database, Path) else self.uploads.parent


def make(places: Places, by: Viewer, *, key: bytes, now: datetime) -> Card:
    """Write a backup and its key store; old key stores of the folder are removed.

    It holds no transaction: pages go on working. `note` keeps the act afterwards.
    """
    require(by, Act.KEEP_BACKUPS)
    stamp = now.astimezone(UTC).strftime(_STAMP)
    main = places.folder / f"weiguang-{stamp}{MAIN_SUFFIX}"
    store = places.folder / f"weiguang-{stamp}{KEYSTORE_SUFFIX}"
    places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _workshop(places.folder) as room:
        copy = room / "copy.db"
        donors_keys = _of(places).copy_without_keys(places.database, copy)
        facts = {
            "made_at": now.astimezone(UTC).isoformat(),
            "database": _of(places).KIND,
            "revision": _of(places).revision(copy),
            "keys": _fingerprints(),
        }
        backup_files.write_keystore(store, key, donors_keys)
        uploads = backup_files.write(main, key, copy, places.uploads, facts)
    removed = prune_keystores(places.folder, by, now=now)
    return Card(
        {
            "file": str(main),
            "keystore": str(store),
            "bytes": main.stat().st_size,
            "uploads": uploads,
            "keystores_removed": removed,
        }
    )


def note(session: Session, by: Viewer, made: Card, *, now: datetime) -> None:
    """Keep that a backup was made."""
    require(by, Act.KEEP_BACKUPS)
    name = Path(made["file"]).name
    trace.record(session, by, "backup.make", f"backup:{name}", now=now)


def prune_keystores(folder: Path, by: Viewer, *, now: datetime) -> int:
    """Remove key stores older than 30 days, by the day in their name; return how many."""
    require(by, Act.KEEP_BACKUPS)
    oldest = now - timedelta(days=KEYSTORE_DAYS)
    return _remove(file for file in _ours(folder, KEYSTORE_SUFFIX) if _made_at(file) < oldest)


def prune_backups(folder: Path, by: Viewer, *, now: datetime) -> int:
    """Remove backups older than 30 days but the first of each month; return how many."""
    require(by, Act.KEEP_BACKUPS)
    oldest = now - timedelta(days=DAILY_DAYS)
    seen: set[str] = set()
    spare = []
    for file in _ours(folder, MAIN_SUFFIX):
        month = _made_at(file).strftime("%Y%m")
        if month in seen and _made_at(file) < oldest:
            spare.append(file)
        seen.add(month)
    return _remove(iter(spare))


@dataclass(frozen=True, slots=True)
class Wish:
    """What to restore: the file, its key store (the newest beside it if None), over data or not."""

    file: Path
    keystore: Path | None = None
    is_forced: bool = False
    known_revisions: frozenset[str] = frozenset()


def restore(places: Places, by: Viewer, wish: Wish, *, key: bytes, now: datetime) -> Card:
    """Put a backup in place of the database and uploads; the caller migrates and checks.

    All is verified before anything is touched. Raises BackupDamaged, BackupTooNew, OtherKeys, and
    WouldReplace over data unless forced; then what was there is backed up first.
    """
    require(by, Act.KEEP_BACKUPS)
    files = _of(places)
    is_filled = files.is_filled(places.database)
    if is_filled and not wish.is_forced:
        raise WouldReplace()
    with _workshop(places.room) as room:
        contents, wrapped = _unpack(files, wish, key, room)
        _check_fits(contents, wish)
        forgotten = files.forgotten_donors(places.database) if is_filled else set()
        copy = room / backup_files.DATABASE
        opened = files.put_keys(copy, wrapped, forgotten, on=today(now))
        before = _save_present(places, by, key=key, now=now) if is_filled else None
        files.put_back(copy, places.database)
        _put_uploads(room / backup_files.UPLOADS, places, now=now)
    return Card(
        {
            "made_at": contents["made_at"],
            "revision": contents["revision"],
            "uploads": len(contents["files"]) - 1,
            "donors_with_keys": opened,
            "before": before,
        }
    )


def note_restored(session: Session, by: Viewer, restored: Card, *, now: datetime) -> None:
    """Keep that the installation was put back to an earlier state."""
    require(by, Act.KEEP_BACKUPS)
    detail = {"made_at": restored["made_at"]}
    trace.record(session, by, "backup.restore", "installation:database", now=now, detail=detail)


def _unpack(
    files: Any, wish: Wish, key: bytes, room: Path
) -> tuple[dict[str, Any], dict[str, bytes]]:
    try:
        contents = backup_files.read(wish.file, key, room)
        if contents.get("database", database_files.KIND) != files.KIND:
            raise OtherDatabase()
        files.verify(room / backup_files.DATABASE)
        store = wish.keystore or _newest_keystore(wish.file.parent)
        return contents, backup_files.read_keystore(store, key) if store else {}
    except (Damaged, OSError, KeyError, TypeError) as error:
        raise BackupDamaged() from error


def _check_fits(contents: dict[str, Any], wish: Wish) -> None:
    if wish.known_revisions and contents["revision"] not in wish.known_revisions:
        raise BackupTooNew()
    if contents["keys"] != _fingerprints():
        raise OtherKeys()


def _of(places: Places) -> Any:
    """Return the module that copies this kind of database; both have the same functions."""
    return database_files if isinstance(places.database, Path) else database_dumps


def _save_present(places: Places, by: Viewer, *, key: bytes, now: datetime) -> str | None:
    """Back up what is about to be replaced; a wreck that cannot be copied is moved aside."""
    try:
        return str(make(places, by, key=key, now=now)["file"])
    except Exception:  # a wreck fails in more ways than SQLite has names for
        if not isinstance(places.database, Path):
            raise  # there is no file to move aside: nothing is replaced that was not kept
        stamp = now.astimezone(UTC).strftime(_STAMP)
        name = f"{places.database.name}.before-{stamp}"
        aside = database_files.set_aside(places.database, name)
        return str(aside) if aside else None


def _put_uploads(restored: Path, places: Places, *, now: datetime) -> None:
    """Put the uploads of the backup in place of those that are there."""
    stamp = now.astimezone(UTC).strftime(_STAMP)
    database_files.set_aside(places.uploads, f"{places.uploads.name}-before-{stamp}")
    if restored.is_dir():
        shutil.move(restored, places.uploads)


def _fingerprints() -> dict[str, str]:
    """Tell keys apart without telling anything of them."""
    ring = keys.ring()
    named = {"sealing": ring.sealing, "index": ring.index, "vault": ring.vault}
    return {
        name: hashlib.sha256(b"weiguang fingerprint\0" + key).hexdigest()[:16]
        for name, key in named.items()
    }


def _newest_keystore(folder: Path) -> Path | None:
    found = _ours(folder, KEYSTORE_SUFFIX)
    return found[-1] if found else None


def _ours(folder: Path, suffix: str) -> list[Path]:
    """List our own files of a kind, oldest first; nobody else's file is ever touched."""
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if f.suffix == suffix and _NAME.match(f.name))


def _made_at(file: Path) -> datetime:
    stamp = _NAME.match(file.name)
    return datetime.strptime(stamp[1] if stamp else "", _STAMP).replace(tzinfo=UTC)


def _remove(files: Iterator[Path]) -> int:
    count = 0
    for file in files:
        file.unlink(missing_ok=True)
        count += 1
    return count


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Give a private folder beside the files, and remove it whatever happens.

    What a process that was killed left of its own is removed first: it holds a copy of everything.
    """
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=_ROOM, dir=folder) as room, _held(Path(room)):
        yield Path(room)


@contextmanager
def _held(room: Path) -> Iterator[bool]:
    """Hold a room as long as this process lives; False where another's does."""
    descriptor = os.open(room, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    is_alone = True
    for room in folder.glob(f"{_ROOM}*"):
        with _held(room) as is_left:
            if is_left:
                shutil.rmtree(room)
            else:
                is_alone = False
    if is_alone:
        _remove(folder.glob(f"weiguang-*{DRAFT}"))
