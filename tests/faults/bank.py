"""A bank with a book of its own: a file outside of every transaction of ours, so that nothing that
we roll back is undone there. Each payment carries the key that we gave it, and what it is for.

`Naughty` says what becomes of one call; the same key never takes effect twice.
"""

import fcntl
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from tests.faults.ticks import ticks


class Naughty(StrEnum):
    """What a gateway may do with one call."""

    OK = "ok"
    REFUSES = "refuses"
    ACCEPTS_THEN_TIMES_OUT = "accepts, then times out"
    ACCEPTS_THEN_500 = "accepts, then answers 500"
    SLOW = "slow: accepts after we have hung up"
    TWICE = "calls back twice"


class NoAnswer(Exception):
    """The line broke, or said 500: nobody knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    purpose: str
    fen: int
    on: str


class Bank:
    """Pays, and says by the key what it did."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pay(self, entry: Entry, behaves: Naughty, answered: Callable[[], None]) -> None:
        """Take one payment; `answered` is called once we are told that it is done."""
        with ticks.around("bank"):
            if behaves is Naughty.REFUSES:
                raise ValueError(entry.key)
            self._take(entry, is_slow=behaves is Naughty.SLOW)
            if behaves not in (Naughty.OK, Naughty.TWICE):
                raise NoAnswer(behaves)
        for _ in range(2 if behaves is Naughty.TWICE else 1):
            answered()

    def ask(self, key: str) -> Entry | None:
        """Say what was done under a key. What came slowly is still worked on when asked first."""
        with ticks.around("ask"), self._open() as file:
            rows = [json.loads(line) for line in file]
            known = [row for row in rows if row["key"] == key]
            if known and known[0].pop("slow", False):
                file.truncate(0)
                file.writelines(json.dumps(row) + "\n" for row in rows)
                raise NoAnswer(key)
        return _entry(known[0]) if known else None

    def book(self) -> list[Entry]:
        """All that it paid for us."""
        return [entry for entry in self._all() if entry.fen > 0]

    def take_in(self, entry: Entry) -> None:
        """Take money in from somebody else, the same key once."""
        self._take(replace(entry, fen=-entry.fen), is_slow=False)

    def statement(self) -> bytes:
        """Print the account as its desk does."""
        lines = ["交易日期,借方发生额,贷方发生额,摘要,流水号"]
        for n, entry in enumerate(self._all(), 1):
            day, yuan = entry.on.replace("-", ""), f"{abs(entry.fen) / 100:.2f}"
            sides = f"{yuan}," if entry.fen > 0 else f",{yuan}"
            lines.append(f"{day},{sides},{entry.purpose},B{n:05d}")
        return "\n".join(lines).encode()

    def _all(self) -> list[Entry]:
        with self._open() as file:
            rows = [json.loads(line) for line in file]
        return [_entry(row) for row in rows]

    def _take(self, entry: Entry, *, is_slow: bool) -> None:
        with self._open() as file:
            if any(json.loads(line)["key"] == entry.key for line in file):
                return
            said = {"key": entry.key, "purpose": entry.purpose, "fen": entry.fen, "on": entry.on}
            file.write(json.dumps(said | ({"slow": True} if is_slow else {})) + "\n")

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        with self.path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**{name: value for name, value in row.items() if name != "slow"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Lost: owed and never paid. Double: paid more than once. Strange: paid, and owed by nobody."""

    lost: int
    double: int
    strange: int

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.double or self.strange)


def judge(owed: Mapping[str, int], book: list[Entry]) -> Judgement:
    """Compare what is owed for each purpose with the bank's own book: of our design and of others."""
    paid = Counter(entry.purpose for entry in book)
    sums = Counter({entry.purpose: entry.fen for entry in book})
    return Judgement(
        lost=sum(purpose not in paid for purpose in owed),
        double=sum(count - 1 for count in paid.values()),
        strange=sum(owed.get(purpose) != fen for purpose, fen in sums.items()),
    )


def paid_today(key: str, fen: int, on: date) -> Entry:
    return Entry(key, key, fen, on.isoformat())
