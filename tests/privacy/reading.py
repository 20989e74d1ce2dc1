"""How a set of letters is written down: one a line, a line break inside it as \\n."""

from pathlib import Path

from tests.privacy.measuring import Letter
from tools import screening_figures


def read(harmless: str, telling: str) -> tuple[tuple[str, ...], tuple[Letter, ...]]:
    """Return the harmless letters and those that tell: kind, secrets, text."""
    return tuple(map(_broken, harmless.strip().splitlines())), tuple(
        (kind, tuple(secrets.split("|")), _broken(text))
        for kind, secrets, text in (line.split("\t") for line in telling.strip().splitlines())
    )


def _broken(text: str) -> str:
    return text.replace("\\n", "\n")


def marked(name: str) -> tuple[tuple[str, ...], tuple[Letter, ...]]:
    """Return a set whose secrets are marked one by one: <name>.jsonl, {"text", "hide": [{"s", "kind"}]}."""
    letters = screening_figures.read(Path(__file__).with_name(f"{name}.jsonl"))
    telling = tuple(
        (which, secrets, letter["text"])
        for letter in letters
        for which in ("N", "W")
        if (secrets := _of(letter, which))
    )
    return tuple(letter["text"] for letter in letters if not letter["hide"]), telling


def _of(letter: screening_figures.Letter, which: str) -> tuple[str, ...]:
    return tuple(one["s"] for one in letter["hide"] if (one["kind"] in _NUMBERS) == (which == "N"))


_NUMBERS = ("number", "id")
