"""What this machine says of itself: room on the disk, and sizes."""

import shutil
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Room:
    """Megabytes on the disk that holds a folder."""

    free: int
    total: int

    @property
    def is_short(self) -> bool:
        """Say whether less than a tenth, or less than a gigabyte, is left."""
        return self.free * 10 < self.total or self.free < 1024  # noqa: PLR2004 megabytes


def room_at(folder: Path) -> Room:
    """Return the room on the folder's disk."""
    usage = shutil.disk_usage(folder)
    return Room(usage.free // MEGABYTE, usage.total // MEGABYTE)


def megabytes(*files: Path) -> int:
    """Return the size of the files that are there, rounded up to whole megabytes."""
    total = sum(file.stat().st_size for file in files if file.is_file())
    return -(-total // MEGABYTE)
