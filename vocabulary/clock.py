"""The one place that reads the machine's clock. Doors and jobs ask here; services are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


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
