"""Figures for the public: what was published last, never a count of today (`releases`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.figures import Figure, Release
from models.regions import Region
from privacy import viewers
from services import gate
from services.figures.releases import REGION, digest_of
from services.gate import Card, Part, Wanted
from vocabulary.enums import FigureKind, FigureSpan, FigureState
from vocabulary.errors import FiguresDamaged
from vocabulary.leagues import LEAGUES
from vocabulary.rounding import FEWEST

_STEPS = (10, 50, 100, 200)
FEW, WITHHELD = f"不足 {FEWEST}", "不公布"


@dataclass(frozen=True, slots=True)
class Totals:
    """Rounded words; `month` is the first day of the month they are for, `as_of` its last."""

    month: date
    as_of: date
    published_on: date
    handed_over: str
    confirmed: str
    supported: str
    waiting: str
    # Families asked at random: figures that were published before these were counted have none.
    asked: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class League:
    """One league's rounded words; `value` and `step` (0-4) draw the map: never the exact number."""

    name: str
    waiting: str
    supported: str
    handed_over: str
    confirmed: str
    value: int
    step: int
    is_small: bool
    asked: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """The last month published: the region and its leagues, by code."""

    totals: Totals
    leagues: Sequence[League]


@dataclass(frozen=True, slots=True)
class Banner:
    """What may be said of a banner in a quarter; a number that may not be is a word."""

    name: str
    league: str
    handed_over: str
    supported: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """The last quarter published: the banners of which a number may be shown, by code."""

    starts_on: date
    as_of: date
    banners: Sequence[Banner]


def public_month(session: Session) -> Month | None:
    """Return the last month published; None before the first. Raises FiguresDamaged."""
    found = _latest(session, FigureSpan.MONTH)
    if not found:
        return None
    release, by_code = found[0]["release"], _by_code(found)
    words: dict[str, Any] = {kind: said for kind, (said, _) in by_code.pop(REGION).items()}
    days = release["starts_on"], release["as_of"], release["published_on"]
    totals = Totals(*days, **words)
    return Month(totals, [_league(code, one) for code, one in sorted(by_code.items())])


def public_quarter(session: Session) -> Quarter | None:
    """Return the last quarter of which a number could be shown; None before the first."""
    found = _latest(session, FigureSpan.QUARTER)
    if not found:
        return None
    release, names = found[0]["release"], {c["region_code"]: c["place"]["name"] for c in found}
    banners = [_banner(code, names[code], one) for code, one in sorted(_by_code(found).items())]
    return Quarter(release["starts_on"], release["as_of"], banners)


Said = Mapping[str, tuple[str, int]]


def _by_code(found: Sequence[Card]) -> dict[str, Said]:
    """Return the words and the number of each kind, by division."""
    by_code: dict[str, dict[str, tuple[str, int]]] = {}
    for card in found:
        said = _said(card), card["shown"] or 0
        by_code.setdefault(card["region_code"], {})[card["kind"].value] = said
    return dict(by_code)


def _said(card: Card) -> str:
    match card["state"]:
        case FigureState.SHOWN:
            return f"{card['shown']:,}"
        case FigureState.FEW:
            return FEW
        case _:
            return WITHHELD


def _league(code: str, said: Said) -> League:
    words = {kind: words for kind, (words, _) in said.items()}
    waiting = said[FigureKind.WAITING][1]
    step = sum(waiting >= least for least in _STEPS)
    is_small = set(words.values()) == {FEW}
    return League(LEAGUES[code], value=waiting, step=step, is_small=is_small, **words)


def _banner(code: str, name: str, said: Said) -> Banner:
    kinds = (FigureKind.HANDED_OVER, FigureKind.SUPPORTED, FigureKind.WAITING)
    words = {kind.value: said[kind][0] if kind in said else WITHHELD for kind in kinds}
    return Banner(name, LEAGUES[f"{code[:4]}00000000"], **words)


def _latest(session: Session, span: FigureSpan) -> list[Card]:
    """Return the figures of the newest release of a span, checked against its digest."""
    found = gate.ask(session, viewers.public(), _newest(viewers.public(), span))
    if not found:
        return []
    told = ((c["kind"], c["region_code"], c["state"], c["shown"]) for c in found)
    if digest_of(told) != found[0]["release"]["digest"]:
        raise FiguresDamaged()
    return found


@gate.written_once
def _newest(_viewer: viewers.Viewer, span: FigureSpan) -> Wanted:
    other, counted = aliased(Release), aliased(Figure)
    newest = (
        select(func.max(other.starts_on))
        .join(counted, counted.release_id == other.id)
        .where(other.span == span)
        .scalar_subquery()
    )
    release = Part(Release, Release.id == Figure.release_id)
    place = Part(Region, Region.code == Figure.region_code, ("name",))
    return Wanted(
        Figure,
        parts={"release": release, "place": place},
        where=(Release.span == span, Release.starts_on == newest),
        order_by=(Figure.region_code, Figure.kind),
    )
