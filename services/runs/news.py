"""What is new since the last runs: a new child or volunteer matches only her banner again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import Certificate
from models.matching_runs import MatchingRun
from services.pairing import matching_runs
from services.runs.sides import PLEDGES, side_of
from vocabulary.enums import RunStatus
from vocabulary.errors import RunDamaged

# What time alone changes is no news.
_AGING = frozenset({"waiting_days", "months_left", "age"})
# Of these less is no news: a place was taken, a need was met in part.
_MORE = frozenset({"units", "children_at_most", "places", "units_open"})
# Of these fewer is news: a pair that was shut is open again.
_FEWER = frozenset({"excluded"})


@dataclass(frozen=True, slots=True)
class News:
    """Whether the whole region is to be matched, or which banners alone.

    `damaged` are the runs that could not be read: what they knew is lost, so that all is new.
    """

    whole: bool
    banners: tuple[str, ...]
    damaged: tuple[str, ...] = ()


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
    known, damaged = _known(session, kind)
    if known is None or damaged:
        return News(whole=kind == PLEDGES or bool(gathered.needs), banners=(), damaged=damaged)
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


def _known(session: Session, kind: str) -> tuple[_Known | None, tuple[str, ...]]:
    """Return the records of the last released whole run and of every banner's since.

    And the refs of those among them that are damaged: all of them count, not what is left.
    """
    proofs: list[Certificate] = []
    damaged: list[str] = []
    for run in _since_whole(session, kind):
        try:
            proofs.append(matching_runs.certificate_of(run))
        except RunDamaged:
            damaged.append(run.ref)
    return (_told_by(proofs) if proofs else None), tuple(damaged)


def _told_by(proofs: Iterable[Certificate]) -> _Known:
    needs: dict[str, Any] = {}
    offers: dict[str, Any] = {}
    met: set[str] = set()
    for proof in proofs:
        needs |= {one.code: one for one in proof.needs}
        offers |= {one.code: one for one in proof.offers}
        met -= {one.code for one in proof.needs}
        met |= {proof.needs[row].code for row in proof.need[proof.units > 0].tolist()}
    return _Known(needs, offers, frozenset(met))


def _since_whole(session: Session, kind: str) -> Sequence[MatchingRun]:
    own = MatchingRun.kind == kind
    whole = select(func.max(MatchingRun.id)).where(
        own, MatchingRun.status == RunStatus.RELEASED, MatchingRun.banner.is_(None)
    )
    kept = MatchingRun.status.in_((RunStatus.RELEASED, RunStatus.DAMAGED))
    since = select(MatchingRun).where(own, kept, MatchingRun.id >= (session.scalar(whole) or 0))
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
