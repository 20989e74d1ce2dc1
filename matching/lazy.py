"""A long answer of which each line is drawn only when it is read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar, overload

Line = TypeVar("Line")
_KEPT: Final = 20_000
"""Up to so many lines are kept once they are drawn; a run of a million draws them as they go."""


class Lazy(Sequence[Line], Generic[Line]):
    """So many lines, drawn a block at a time."""

    def __init__(self, count: int, draw: Callable[[int, int], Sequence[Line]], block: int) -> None:
        """Keep how a block is drawn, from its first line to before its last."""
        self._count, self._draw, self._block = count, draw, max(1, block)
        self._drawn: tuple[Line, ...] | None = None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Line]:
        if self._count > _KEPT:
            return self._fresh()
        if self._drawn is None:
            self._drawn = tuple(self._fresh())
        return iter(self._drawn)

    def _fresh(self) -> Iterator[Line]:
        for start in range(0, self._count, self._block):
            yield from self._draw(start, min(self._count, start + self._block))

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, at: int | slice) -> Line | tuple[Line, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(self._count)))
        place = range(self._count)[at]
        return self._drawn[place] if self._drawn else self._draw(place, place + 1)[0]

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Sequence) or len(other) != self._count:
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))
