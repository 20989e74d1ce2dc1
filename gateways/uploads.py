"""Where uploaded evidence lies: a local folder, random names, each file whole or not at all."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"^[0-9A-Z]{8,40}\.jpg$")


class Files(Protocol):
    """A place for files under names that its caller drew at random."""

    def store(self, name: str, content: bytes) -> None:
        """Keep a file. Raises FileExistsError for a name in use."""

    def read(self, name: str) -> bytes:
        """Return a file. Raises FileNotFoundError."""

    def names(self) -> Iterator[str]:
        """Yield the name of every file."""


class LocalFiles:
    """Files of one folder of this machine, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, name: str, content: bytes) -> None:
        """Write beside, then link into place: a reader sees the whole file or none."""
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, beside = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(beside, target)
        finally:
            Path(beside).unlink()

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        return self._path(name).read_bytes()

    def names(self) -> Iterator[str]:
        """Yield names in no promised order; files still being written are left out."""
        if self.folder.is_dir():
            yield from (path.name for path in self.folder.iterdir() if _NAME.match(path.name))

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise FileNotFoundError(name)
        return self.folder / name
