"""The way out of an installation without provider: one line a message in a private local file."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag

from gateways.messages import Message, Outcome
from models import keys

_PLACE = "outbox"


class FileGateway:
    """Appends to a file that only its owner reads (0600). Fields are parted by tabs.

    Where real people are meant each line is sealed: it holds a contact and perhaps a private link.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime], is_sealed: bool = False
    ) -> None:
        self.path = path
        self.clock = clock
        self.is_sealed = is_sealed

    def send(self, message: Message) -> Outcome:
        """Write the message down; a full disk is a failure, not a loss."""
        when = self.clock().isoformat(timespec="seconds")
        line = "\t".join((when, message.to, message.title, " ".join(message.text.split())))
        if self.is_sealed:
            line = b64encode(keys.seal(keys.ring().cipher, line, place=_PLACE)).decode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return Outcome.FAILED
        return Outcome.SENT

    def lines(self) -> Iterator[str | None]:
        """Yield what was written, the oldest first; None for a line that another key sealed."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as file:
            for line in file:
                yield _opened(line.rstrip("\n"))


def _opened(line: str) -> str | None:
    """Open one line; those of a demo are as they are."""
    if "\t" in line:
        return line
    try:
        return keys.unseal(keys.ring().cipher, b64decode(line), place=_PLACE)
    except (InvalidTag, ValueError):
        return None
