"""Do a statement's own figures agree: each balance with the one before, the totals with the lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Protocol

from vocabulary.money import Fen, format_yuan

_WHOLE = re.compile(r"合\s*计|总\s*计|共\s*\d+\s*笔")
_COUNT = re.compile(r"(?:共|合计|总计|笔数)\D{0,4}(\d+)\s*笔|笔数\D{0,2}(\d+)")


class Told(Protocol):
    """A line, as far as sums go."""

    @property
    def row(self) -> int:
        """The spreadsheet's number."""

    @property
    def on(self) -> date:
        """The day."""

    @property
    def at(self) -> time | None:
        """The time, where the bank says it."""

    @property
    def fen(self) -> Fen:
        """Positive for money that came."""

    @property
    def balance(self) -> Fen | None:
        """What lay there afterwards."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A line of totals: its text, and what stands below the two columns of sums."""

    row: int
    text: str
    debit: Fen | None
    credit: Fen | None


def disagreements(lines: Sequence[Told], closing: Iterable[Closing]) -> Iterator[tuple[int, str]]:
    """Yield row and sentence of what does not add up."""
    yield from _balances(lines)
    whole = [one for one in closing if _WHOLE.search(one.text)]
    if len(whole) == 1:
        yield from _totals(lines, whole[0])


def ends(lines: Sequence[Told]) -> tuple[Fen, Fen] | None:
    """Return what lay there before the first line and after the last, where the bank says so."""
    order = _order(lines)
    first, last = order[0], order[-1]
    if first.balance is None or last.balance is None:
        return None
    return Fen(first.balance - first.fen), last.balance


def _order(lines: Sequence[Told]) -> Sequence[Told]:
    """Return the lines as their balances follow best: as they stand, from below, by the clock."""
    by_clock = sorted(lines, key=lambda line: (line.on, line.at or time.min))

    def unfit(order: Sequence[Told]) -> tuple[int, bool]:
        is_backwards = any(one.on > other.on for one, other in pairwise(order))
        return len([*_breaks(order)]), is_backwards

    return min((lines, lines[::-1], by_clock), key=unfit)


def _balances(lines: Sequence[Told]) -> Iterator[tuple[int, str]]:
    for line in _breaks(_order(lines)):
        yield line.row, "的余额和前一笔接不上（少了一行，或改过数）"


def _breaks(lines: Sequence[Told]) -> Iterator[Told]:
    for one, other in pairwise(lines):
        is_told = one.balance is not None and other.balance is not None
        if is_told and (one.balance or 0) + other.fen != other.balance:
            yield other


def _totals(lines: Sequence[Told], closing: Closing) -> Iterator[tuple[int, str]]:
    out = -sum(line.fen for line in lines if line.fen < 0)
    came = sum(line.fen for line in lines if line.fen > 0)
    for called, told, is_so in (("借方", closing.debit, out), ("贷方", closing.credit, came)):
        if told is not None and told != is_so:
            yield (
                closing.row,
                f"{called}合计是 {format_yuan(told)}，各行加起来是 {format_yuan(is_so)}",
            )
    count = _COUNT.search(closing.text)
    if count and int(count[1] or count[2]) != len(lines):
        yield closing.row, f"说共 {count[1] or count[2]} 笔，表里是 {len(lines)} 笔"
