"""Where uploaded evidence lies: a folder, random names, each file sealed, whole or not at all."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from gateways.sealed_files import Damaged, opening, sealing
from models import keys

_NAME = re.compile(r"^[0-9A-Z]{8,40}\.(?:jpg|pdf)$")


class Files(Protocol):
    """A place for files under names that its caller drew at random."""

    def store(self, name: str, content: bytes) -> None:
        """Keep a file. Raises FileExistsError for a name in use."""

    def read(self, name: str) -> bytes:
        """Return a file. Raises FileNotFoundError."""

    def names(self) -> Iterator[str]:
        """Yield the name of every file."""

    def is_older(self, name: str, than: datetime) -> bool:
        """Say whether a file was stored before an instant."""

    def remove(self, name: str) -> None:
        """Forget a file."""


class LocalFiles:
    """Files of one folder of this machine, each sealed under the ring's key and its own name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, name: str, content: bytes) -> None:
        """Seal beside, then move into place: a reader sees the whole file or none."""
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if target.exists():
            raise FileExistsError(name)
        with sealing(target, keys.ring().sealing, purpose=_purpose(name)) as file:
            file.write(content)

    def read(self, name: str) -> bytes:
        """Return a file's bytes. Raises Damaged for a file that was changed or renamed."""
        with opening(self._path(name), keys.ring().sealing, purpose=_purpose(name)) as file:
            return file.read()

    def reseal(self, name: str, *, old: bytes, new: bytes) -> bool:
        """Put a file under a new key, whole or not at all; False when it stands there already.

        Raises Damaged for a file that opens under neither key.
        """
        path, purpose = self._path(name), _purpose(name)
        with suppress(Damaged), opening(path, new, purpose=purpose) as file:
            file.read()
            return False
        with opening(path, old, purpose=purpose) as file:
            content = file.read()
        with sealing(path, new, purpose=purpose) as file:
            file.write(content)
        return True

    def names(self) -> Iterator[str]:
        """Yield names in no promised order; files still being written are left out."""
        if self.folder.is_dir():
            yield from (path.name for path in self.folder.iterdir() if _NAME.match(path.name))

    def is_older(self, name: str, than: datetime) -> bool:
        """Go by the day on the file."""
        return datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC) < than

    def remove(self, name: str) -> None:
        """Take a file out of the folder; one that is gone already is no matter."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise FileNotFoundError(name)
        return self.folder / name


def _purpose(name: str) -> str:
    """Bind the name in: evidence of one line cannot be put in the place of another's."""
    return f"weiguang upload {name}"
