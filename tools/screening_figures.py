"""Measures the screening on letters whose secrets somebody else marked.

python -m tools.screening_figures FILE.jsonl ... [--misses]: a line is {"text", "hide": [{"s", "kind"}]}; a
secret counts as hidden when the screened text holds it nowhere, a harmless letter when no byte changed.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from privacy import screening

Letter = dict[str, Any]
PROMISED = {
    "number": 0.97,
    "id": 0.97,
    "name": 0.90,
    "school": 0.90,
    "address": 0.90,
    "employer": 0.90,
}
HARMLESS_PROMISED = 0.98


@dataclass
class Figures:
    """What a set of letters shows, kind by kind."""

    secrets: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    torn: list[tuple[str, str, str]] = field(default_factory=list)
    harmless: int = 0
    changed: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        """Return how much of what must disappear did."""
        return sum(self.hidden[one] for one in kinds) / max(
            1, sum(self.secrets[one] for one in kinds)
        )

    @property
    def unchanged(self) -> float:
        """Return how many harmless letters stayed byte for byte."""
        return 1 - len(self.changed) / max(1, self.harmless)


def measure(letters: Iterable[Letter]) -> Figures:
    """Screen every letter and compare with what was marked in it."""
    found = Figures()
    for letter in letters:
        _count(found, letter["text"], [(one["s"], one["kind"]) for one in letter["hide"]])
    return found


def _count(found: Figures, text: str, secrets: list[tuple[str, str]]) -> None:
    marks = screening.marks(text)
    out = screening.redacted(text, marks)
    if not secrets:
        found.harmless += 1
        if out != text:
            found.changed.append(out)
    for secret, kind in secrets:
        found.secrets[kind] += 1
        if secret in out:
            found.missed.append((kind, secret, out))
            continue
        found.hidden[kind] += 1
        if _is_covered(text, secret, marks):
            found.whole[kind] += 1
        else:
            found.torn.append((kind, secret, out))


def _is_covered(text: str, secret: str, marks: tuple[screening.Mark, ...]) -> bool:
    """Say whether nothing of it is left: being torn apart is enough for the promise, not for us."""
    at = text.find(secret)
    inside = {place for mark in marks for place in range(mark.start, mark.end)}
    return all(
        place in inside or not text[place].isalnum() for place in range(at, at + len(secret))
    )


def read(path: Path) -> list[Letter]:
    """Return the letters of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    """Print the figures of each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--misses", action="store_true", help="print what was wrong as well")
    asked = parser.parse_args()
    for path in asked.files:
        letters = read(path)
        began = time.perf_counter()
        found = measure(letters)
        _tell(path, found, len(letters) / (time.perf_counter() - began))
        if asked.misses:
            _tell_misses(found)


def _tell(path: Path, found: Figures, speed: float) -> None:
    every = sum(found.secrets.values())
    click.echo(f"{path.name}: {found.harmless} harmless, {every} secrets, {speed:.0f} letters/s")
    for kind, many in sorted(found.secrets.items()):
        promised = PROMISED.get(kind, 0)
        click.echo(
            f"  {kind:9} {found.hidden[kind]:3} of {many:3} = {found.recall(kind):.3f}"
            f"   (wholly {found.whole[kind]})  promised {promised:.2f}"
        )
    numbers = found.recall("number", "id")
    click.echo(f"  numbers and ids {numbers:.3f}   promised {PROMISED['number']:.2f}")
    click.echo(f"  harmless untouched {found.unchanged:.3f}   promised {HARMLESS_PROMISED:.2f}")


def _tell_misses(found: Figures) -> None:
    for title, every in (("MISSED", found.missed), ("TORN", found.torn)):
        for kind, secret, out in every:
            click.echo(f"{title}\t{kind}\t{secret}\t{out}")
    for out in found.changed:
        click.echo(f"CHANGED\t{out}")


if __name__ == "__main__":
    main()
