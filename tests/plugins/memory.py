"""What tests write lies in memory where there is room: a database that is copied for every test
spends most of its time on the disk (services on PostgreSQL took three times as long)."""

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 the system's file system in memory; folders in it are made by mkdtemp
_ROOM_BYTES = 6 * 1024**3


def pytest_configure() -> None:
    """Let pytest's folders begin there, unless somebody has said where."""
    if place := folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)


def folder() -> str | None:
    """Return the folder in memory, or None where there is none, or none with room."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return None
    return str(_MEMORY) if shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES else None
