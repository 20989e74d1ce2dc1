"""The sets of letters in `letters/`: its README says whose each is and what it showed unseen."""

from pathlib import Path

from tests.privacy.measuring import Letter
from tools import screening_figures

EVERY = tuple(sorted((Path(__file__).parent / "letters").glob("*.jsonl")))
_NUMBERS = ("number", "id")


def harmless(path: Path) -> tuple[str, ...]:
    """Return the letters of a set that must stay byte for byte."""
    return tuple(one["text"] for one in screening_figures.read(path) if not one["hide"])


def telling(path: Path) -> tuple[Letter, ...]:
    """Return those that tell: N a number or an id, W a name, school, address or employer."""
    return tuple(
        (which, secrets, letter["text"])
        for letter in screening_figures.read(path)
        for which in ("N", "W")
        if (secrets := _of(letter, which))
    )


def _of(letter: screening_figures.Letter, which: str) -> tuple[str, ...]:
    return tuple(one["s"] for one in letter["hide"] if (one["kind"] in _NUMBERS) == (which == "N"))
