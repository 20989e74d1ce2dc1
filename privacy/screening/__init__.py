"""Screens free text: what would tell who somebody is, and what a person must read first.

Pure: a text goes in, marks on that very text come out. `known` are the identities of the child,
guardian, school and donor of this letter; patterns find the rest. A person decides afterwards.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from privacy.screening import known as known_ones
from privacy.screening.covered import unowned, untitled
from privacy.screening.folding import MARK, WALL, Page, fold, joined
from privacy.screening.kinds import Concern, Found, Kind, Known, Mark, Worry
from privacy.screening.worries import worries

__all__ = ["MARK", "Concern", "Kind", "Known", "Mark", "Worry", "marks", "redacted", "worries"]

_Part = Callable[[Page], Iterator[Found]]
_FEWEST_ROUNDS, _MOST_ROUNDS, _PATIENCE = 3, 16, 100_000  # a letter needs four; in characters
_BETWEEN = frozenset(" \t\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff-·.•・_~*/|")


def marks(text: str, known: Iterable[Known] = ()) -> tuple[Mark, ...]:
    """Return what to hide, in order and apart; what is left raises no mark of its own.

    Known words go first and whole: patterns see a wall there, so that no mark is longer or shorter
    for what a known word looks like.
    """
    identities = tuple(known)
    found = _merged(text, _known(text, fold(text), identities)) if text else ()
    rounds = 0
    while more := _more(text, found, identities):  # each round hides more than the one before
        rounds += 1
        found = _merged(text, (*found, *_rest(text, more, rounds)))
    return found


def _rest(text: str, more: list[Mark], rounds: int) -> list[Mark]:
    """Return the marks of one round; when a text that is no letter goes on and on, all that follows."""
    most = max(_FEWEST_ROUNDS, min(_MOST_ROUNDS, _PATIENCE // len(text)))
    if rounds < most:
        return more
    first = min(more)
    start = first.start if rounds < most * 2 else 0
    return [Mark(start, len(text), first.kind, first.why)]


def redacted(text: str, found: Iterable[Mark]) -> str:
    """Return the text with every mark as 【…】: the same width whatever was hidden."""
    out, at = [], 0
    for mark in _merged(text, found):
        out += [text[at : mark.start], MARK]
        at = mark.end
    return "".join([*out, text[at:]])


def _more(text: str, found: tuple[Mark, ...], known: tuple[Known, ...]) -> list[Mark]:
    """Look at the text as it would go out, and return what still stands there."""
    page = unowned(_as_sent(fold(text), found))
    from privacy.screening import ends  # noqa: PLC0415 as below

    numerals, whole = page.numerals(), untitled(joined(page))
    hits: list[Mark] = []
    as_written, as_joined = _parts()
    for part in as_written:
        hits += _on_text(numerals, part(numerals))
    for part in as_joined:
        hits += _on_text(whole, part(whole))
    doors, houses = (_standing(text, found, one) for one in (ends.is_door, ends.is_house))
    hits += _on_text(whole, ends.find(whole, doors, houses))
    hits = [_trimmed(text, hit) for hit in hits] + _known(text, page, known)
    return [hit for hit in hits if not _is_hidden(hit, found)]


def _standing(text: str, found: tuple[Mark, ...], is_one: Callable[[str], bool]) -> frozenset[int]:
    """Return where a door or a house was hidden; of what is known beforehand nothing is asked."""
    patterned = (one for one in found if not one.why.startswith(known_ones.WHY))
    return frozenset(one.start for one in patterned if is_one(text[one.start : one.end]))


def _known(text: str, page: Page, known: tuple[Known, ...]) -> list[Mark]:
    return [_trimmed(text, hit) for hit in _on_text(page, known_ones.find(page, known))]


def _as_sent(page: Page, found: tuple[Mark, ...]) -> Page:
    """Return the page with one wall in the place of every mark."""
    if not found:
        return page
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for mark in (*found, None):
        limit = mark.start if mark else page.ends[-1]
        first = bisect_left(page.starts, at)
        last = bisect_left(page.starts, limit)
        chars.append(page.text[first:last])
        starts += page.starts[first:last]
        ends += page.ends[first:last]
        if mark:
            chars.append(WALL)
            starts.append(mark.start)
            ends.append(mark.end)
            at = mark.end
    return Page("".join(chars), starts, ends)


def _on_text(page: Page, hits: Iterator[Found]) -> list[Mark]:
    return [
        Mark(*page.origin(start, end), kind, why) for start, end, kind, why in hits if start < end
    ]


# "We live in" is part of no place: a mark that took it in would tell a street from a village.
_LEAD = re.compile(r"(?:[我俺咱他她]们?家?|家)(?:住在?|在)(?=..)|住在(?=..)")


def _trimmed(text: str, mark: Mark) -> Mark:
    piece = text[mark.start : mark.end]
    left = len(piece) - len(piece.lstrip())
    if mark.kind is Kind.PLACE and (lead := _LEAD.match(piece, left)):
        left = lead.end()
    right = len(piece) - len(piece.rstrip())
    return Mark(mark.start + left, mark.end - right, mark.kind, mark.why)


def _is_hidden(mark: Mark, found: tuple[Mark, ...]) -> bool:
    """Say whether nothing of it would still be read."""
    at = bisect_right(found, mark.start, key=lambda one: one.start) - 1
    return mark.start >= mark.end or (at >= 0 and mark.end <= found[at].end)


def _merged(text: str, found: Iterable[Mark]) -> tuple[Mark, ...]:
    """Put marks together that touch, or that only separators keep apart."""
    out: list[Mark] = []
    for mark in sorted(found):
        last = out[-1] if out else None
        if last and (mark.start <= last.end or _BETWEEN.issuperset(text[last.end : mark.start])):
            out[-1] = Mark(last.start, max(last.end, mark.end), last.kind, last.why)
        else:
            out.append(mark)
    return tuple(out)


@cache
def _parts() -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
    """Return what looks at a text as written, and at one whose pieces are joined.

    Imported here: their patterns take half a second to compile, and few commands screen a text.
    """
    from privacy.screening import (  # noqa: PLC0415 as said above
        abroad,
        beside,
        contacts,
        counting,
        crossings,
        doors,
        dressed,
        employers,
        explained,
        firms,
        handles,
        houses,
        institutions,
        meanings,
        names,
        numbers,
        otherscripts,
        passing,
        pieces,
        places,
        riddles,
        schools,
        spelled,
        strewn,
        told,
        torn,
        workplaces,
    )

    as_written = (numbers, told, spelled, counting, dressed, pieces, strewn)
    as_joined = (
        names,
        meanings,
        riddles,
        explained,
        otherscripts,
        places,
        doors,
        crossings,
        abroad,
        schools,
        employers,
        institutions,
        workplaces,
        firms,
        passing,
        houses,
        contacts,
        handles,
        beside,
        torn,
    )
    return tuple(one.find for one in as_written), tuple(one.find for one in as_joined)
