"""What leaves the house, and what the outside may answer. Each way out is a Protocol's child."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Outcome(StrEnum):
    """What became of one try.

    SENT: taken over. REFUSED: never will be. FAILED: not now, and surely not sent.
    UNKNOWN: it may have been taken over before the answer was lost.
    """

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `key` is the same however often it is tried; the rest stays out of logs."""

    key: str
    to: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)


class Gateway(Protocol):
    """A way out. `send` never raises for what the outside does."""

    def send(self, message: Message) -> Outcome:
        """Hand one message over and say what became of it."""
        ...


@runtime_checkable
class Askable(Protocol):
    """A way out that knows what it took over under a key."""

    def ask(self, key: str) -> Outcome:
        """Say what became of earlier tries: SENT, FAILED where it never had one, else UNKNOWN."""
        ...
