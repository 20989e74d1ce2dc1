"""The way out of an installation without provider: one line a message in a private local file."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gateways.messages import Message, Outcome


class FileGateway:
    """Appends to a file that only its owner reads (0600). Fields are parted by tabs."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime]) -> None:
        self.path = path
        self.clock = clock

    def send(self, message: Message) -> Outcome:
        """Write the message down; a full disk is a failure, not a loss."""
        when = self.clock().isoformat(timespec="seconds")
        line = "\t".join((when, message.to, message.title, " ".join(message.text.split())))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return Outcome.FAILED
        return Outcome.SENT
