"""The one place that reads the machine's clock. Doors and jobs ask here; services are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import SimpleNamespace

_process = SimpleNamespace(stands_at=None)
_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _moved.get() or _process.stands_at or datetime.now(UTC)


def stand_at(instant: datetime | None) -> None:
    """Stop the clock of this process and all its threads; None lets it run again (twin worlds)."""
    _process.stands_at = instant and instant.astimezone(UTC)


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Let the block live at `instant` (tests, the demo world, replays of a story)."""
    if instant.tzinfo is None:
        fault = "a moved clock needs an aware instant"
        raise ValueError(fault)
    token = _moved.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
