"""The sentences that are offered to whoever writes a letter (data/letters.toml)."""

import tomllib
from functools import cache
from pathlib import Path

from vocabulary.enums import LetterSide

_FILE = Path(__file__).parent.parent / "data" / "letters.toml"
LONGEST = 2000


@cache
def sentences(side: LetterSide) -> tuple[str, ...]:
    """Return the ready sentences of one side."""
    return tuple(tomllib.loads(_FILE.read_text(encoding="utf-8"))[side.value])
