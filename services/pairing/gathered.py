"""What a run is made over, and what becomes of its pairs: the same steps for every kind."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

import matching
from matching.tables import Table
from privacy.viewers import Viewer

ENGINE = "engine"
"""Who proposed what the run found, whoever started it: the engine is nobody (law 8)."""
MATCHED_ANEW = "matched anew"
_AT_ONCE = 10_000

Given = TypeVar("Given", bound=Hashable)
Told = TypeVar("Told")


def each(values: Sequence[Given], read: Callable[[Given], Told]) -> list[Told]:
    """Return what is read off each value; what stands often is read once."""
    known = {one: read(one) for one in set(values)}
    return [known[one] for one in values]


def batched(keys: Sequence[Given]) -> Iterator[Sequence[Given]]:
    """Return the keys in parts that one statement can name."""
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class Gathered:
    """The records of one side of the market, and the rows behind them, which stay in services.

    `standing` are the engine's proposals that a match of one banner anew may move.
    """

    needs: Table
    offers: Table
    standing: Sequence[matching.Made]
    rows: Any
    left_out: int


@dataclass(frozen=True, slots=True)
class Found:
    """One pair of a run with its reasons and runners-up, as they are stored."""

    need: str
    offer: str
    units: int
    score: int
    parts: Sequence[dict[str, Any]]
    others: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How one kind of matching is read from the records, and written back.

    `gather` reads the whole region, or what stands beside one banner; `make` writes proposals and
    returns their refs; `take_back` frees a proposal that moves; `tell` says to whom they go.
    """

    kind: matching.Kind
    act: str
    gather: Callable[[Session, date, str | None], Gathered]
    make: Callable[[Session, Gathered, Sequence[Found], str, datetime], Sequence[Any]]
    take_back: Callable[[Session, Viewer, matching.Made, datetime], None]
    tell: Callable[[Session, Sequence[Any], str, datetime], None]
