"""What is new since the last runs: a new child or volunteer matches only her banner again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.matching_runs import MatchingRun
from services.pairing import matching_runs
from services.runs.sides import PLEDGES, side_of
from vocabulary.enums import RunStatus

# What time alone changes is no news.
_AGING = frozenset({"waiting_days", "months_left", "age"})
# Of these less is no news: a place was taken, a need was met in part.
_MORE = frozenset({"units", "children_at_most", "places", "units_open"})
# Of these fewer is news: a pair that was shut is open again.
_FEWER = frozenset({"excluded"})


@dataclass(frozen=True, slots=True)
class News:
    """Whether the whole region is to be matched, or which banners alone."""

    whole: bool
    banners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    needs: dict[str, Any]
    offers: dict[str, Any]
    met: frozenset[str]


def find(session: Session, kind: str, *, on: date) -> News:
    """Say what is to be matched anew.

    The whole region before its first released run, and whenever a pledge is new: it belongs to no
    banner. A new volunteer, child or need concerns its banner alone, and so does a child whose
    proposal was not made after all.
    """
    gathered = side_of(kind).gather(session, on, None)
    known = _known(session, kind)
    if known is None:
        return News(whole=kind == PLEDGES or bool(gathered.needs), banners=())
    offers = [one for one in gathered.offers if one.places and _is_new(one, known.offers)]
    if kind == PLEDGES and offers:
        return News(whole=True, banners=())
    found = {one.banner for one in offers} if kind != PLEDGES else set()
    return News(whole=False, banners=tuple(sorted(found | _stirred(kind, gathered.needs, known))))


def _stirred(kind: str, needs: Iterable[Any], known: _Known) -> set[str]:
    is_open = side_of(kind).kind.is_open
    return {
        one.banner
        for one in needs
        if is_open(one) and (one.code in known.met or _is_new(one, known.needs))
    }


def _known(session: Session, kind: str) -> _Known | None:
    """Return the records of the last released whole run and of every banner's since."""
    runs = _since_whole(session, kind)
    if not runs:
        return None
    needs: dict[str, Any] = {}
    offers: dict[str, Any] = {}
    met: set[str] = set()
    for run in runs:
        proof = matching_runs.certificate_of(run)
        needs |= {one.code: one for one in proof.needs}
        offers |= {one.code: one for one in proof.offers}
        met -= {one.code for one in proof.needs}
        met |= {proof.needs[row].code for row in proof.need[proof.units > 0].tolist()}
    return _Known(needs, offers, frozenset(met))


def _since_whole(session: Session, kind: str) -> Sequence[MatchingRun]:
    released = (MatchingRun.kind == kind, MatchingRun.status == RunStatus.RELEASED)
    whole = select(MatchingRun.id).where(*released, MatchingRun.banner.is_(None))
    last = session.scalar(whole.order_by(MatchingRun.id.desc()).limit(1))
    if last is None:
        return ()
    since = select(MatchingRun).where(*released, MatchingRun.id >= last)
    return session.scalars(since.order_by(MatchingRun.id)).all()


def _is_new(one: Any, known: dict[str, Any]) -> bool:
    before = known.get(one.code)
    return before is None or any(
        _says_more(name.name, getattr(before, name.name), getattr(one, name.name))
        for name in fields(one)
    )


def _says_more(name: str, before: Any, now: Any) -> bool:
    if name in _AGING:
        return False
    if name in _MORE:
        return bool(now > before)
    if name in _FEWER:
        return bool(before - now)
    return bool(before != now)
