"""Up to which sum a line of the statement is a fee by its words alone (data/bank-fees.toml)."""

import tomllib
from functools import cache
from pathlib import Path

from vocabulary.money import Fen

_FILE = Path(__file__).parent.parent / "data" / "bank-fees.toml"


@cache
def most() -> Fen:
    """Return the largest fee that nobody is asked about. Raises ValueError for none."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))["most"]
    if not isinstance(found, int) or found < 1:
        raise ValueError("most")  # noqa: EM101 a mistake in our own file
    return Fen(found * 100)
