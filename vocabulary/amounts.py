"""The listed sums of data/amounts.toml (law 6), in fen."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from vocabulary.enums import Rhythm
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STEP_MONTHS

_FILE = Path(__file__).parent.parent / "data" / "amounts.toml"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _fen(yuan: int) -> Fen:
    return Fen(yuan * 100)


def listed_instalments(rhythm: Rhythm) -> tuple[Fen, ...]:
    """Return what a child may be given at once: a monthly sum, six or twelve times one."""
    months = STEP_MONTHS[rhythm]
    return tuple(Fen(_fen(yuan) * months) for yuan in _table()["monthly"])


def listed_gifts() -> tuple[Fen, ...]:
    """Return the sums of a one-time gift to a child."""
    return tuple(_fen(yuan) for yuan in _table()["gifts"])


def is_listed(instalment: Fen, rhythm: Rhythm) -> bool:
    """Say whether a child may be given this; any other sum goes to the gap fund."""
    return instalment in listed_instalments(rhythm)


def monthly(instalment: Fen, rhythm: Rhythm) -> Fen:
    """Return what an instalment is a month, rounded down."""
    return Fen(instalment // STEP_MONTHS[rhythm])


def units(instalment: Fen, rhythm: Rhythm) -> int:
    """Return an instalment in units of 50 yuan a month."""
    return monthly(instalment, rhythm) // UNIT


def bounds() -> tuple[Fen, Fen]:
    """Return the least and the most that the pledge form takes at once."""
    return _fen(_table()["least"]), _fen(_table()["most"])
