"""Lists of places for forms: a hundred banners are found by their league."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from wtforms.fields.choices import SelectChoice

from vocabulary.leagues import LEAGUES

NOTHING = SelectChoice("", "请选择")
_LEAGUE_DIGITS, _BANNER_DIGITS, _DIGITS = 4, 6, 12


def by_league(places: Iterable[Mapping[str, Any]]) -> list[SelectChoice]:
    """Return the choices of banners in the order of their codes, with headings for several leagues.

    What is wider than a banner, such as the whole of one's part, stands under no heading.
    """
    return [
        SelectChoice(one["code"], one["name"], optgroup=league or None)
        for league, inside in leagues_of(places)
        for one in inside
    ]


def with_leagues(places: Iterable[Mapping[str, Any]]) -> list[SelectChoice]:
    """Do the same with a choice for the whole of each league, where there are several."""
    found: list[SelectChoice] = []
    for choice in by_league(places):
        if choice.optgroup and choice.optgroup not in {one.optgroup for one in found}:
            whole = str(choice.value)[:_LEAGUE_DIGITS].ljust(_DIGITS, "0")
            words = f"{choice.optgroup}（全部）"
            found.append(SelectChoice(whole, words, optgroup=choice.optgroup))
        found.append(choice)
    return found


def leagues_of(
    places: Iterable[Mapping[str, Any]],
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return (league, its banners); no league's name where all are of one, or wider than a banner."""
    grouped = [(name, list(inside)) for name, inside in groupby(places, key=_league)]
    several = len({name for name, _ in grouped if name}) > 1
    return [(name if several else "", inside) for name, inside in grouped]


def _league(place: Mapping[str, Any]) -> str:
    code = str(place["code"])
    is_wider = code[_LEAGUE_DIGITS:_BANNER_DIGITS] == "00"
    return "" if is_wider else LEAGUES.get(code[:_LEAGUE_DIGITS].ljust(_DIGITS, "0"), "")


def townships(banners: Sequence[tuple[str, Sequence[Any]]]) -> list[SelectChoice]:
    """Return the townships of (banner's name, townships), with headings for several banners."""
    is_one = len(banners) == 1
    return [NOTHING] + [
        SelectChoice(town["code"], town["name"], optgroup=None if is_one else name)
        for name, towns in banners
        for town in towns
    ]
