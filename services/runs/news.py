"""What is new since the last runs: a new child or volunteer matches only her banner again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import Certificate
from matching.shapes import Bools, Ints
from matching.tables import Table, rows_of
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


def find(session: Session, kind: str, *, on: date) -> News:
    """Say what is to be matched anew.

    The whole region before its first released run, and whenever a pledge is new: it belongs to no
    banner. A new volunteer, child or need concerns its banner alone, and so does a child whose
    proposal was not made after all.
    """
    own, gathered = side_of(kind).kind, side_of(kind).gather(session, on, None)
    known, damaged = _known(session, kind)
    if not known or damaged:
        return News(whole=kind == PLEDGES or bool(gathered.needs), banners=(), damaged=damaged)
    is_new = _are_new(gathered.offers, [proof.offers for proof in known])
    is_new &= own.places(gathered.offers) > 0
    if kind == PLEDGES and is_new.any():
        return News(whole=True, banners=())
    stirred = own.are_open(gathered.needs)
    stirred &= _met(gathered.needs, known) | _are_new(
        gathered.needs, [proof.needs for proof in known]
    )
    found = set(gathered.needs.rows(np.flatnonzero(stirred)).values("banner"))
    if kind != PLEDGES:
        found |= set(gathered.offers.rows(np.flatnonzero(is_new)).values("banner"))
    return News(whole=False, banners=tuple(sorted(found)))


def _known(session: Session, kind: str) -> tuple[list[Certificate], tuple[str, ...]]:
    """Return what the last released whole run and every banner's since were made over, newest first.

    And the refs of those among them that are damaged: all of them count, not what is left.
    """
    proofs: list[Certificate] = []
    damaged: list[str] = []
    for run in _since_whole(session, kind):
        try:
            proofs.append(matching_runs.certificate_of(run))
        except RunDamaged:
            damaged.append(run.ref)
    return proofs[::-1], tuple(damaged)


def _since_whole(session: Session, kind: str) -> Sequence[MatchingRun]:
    own = MatchingRun.kind == kind
    whole = select(func.max(MatchingRun.id)).where(
        own, MatchingRun.status == RunStatus.RELEASED, MatchingRun.banner.is_(None)
    )
    kept = MatchingRun.status.in_((RunStatus.RELEASED, RunStatus.DAMAGED))
    since = select(MatchingRun).where(own, kept, MatchingRun.id >= (session.scalar(whole) or 0))
    return session.scalars(since.order_by(MatchingRun.id)).all()


def _met(needs: Table, known: Sequence[Certificate]) -> Bools:
    """Say which needs the newest run that knew them met."""
    met = np.zeros(len(needs), dtype=np.bool_)
    for mine, rows, proof in _newest(needs, known, [proof.needs for proof in known]):
        met[mine] = proof.is_met()[rows]
    return met


def _are_new(now: Table, known: Sequence[Table]) -> Bools:
    """Say which records no run knew, or say more than the newest run that knew them."""
    is_new = np.ones(len(now), dtype=np.bool_)
    for mine, rows, before in _newest(now, known, known):
        is_new[mine] = _say_more(before.rows(rows), now.rows(mine))
    return is_new


def _newest(
    now: Table, of: Sequence[Any], known: Sequence[Table]
) -> Iterator[tuple[Ints, Ints, Any]]:
    """Yield which records one of these knew, none before it, and their rows there."""
    codes, left = now.texts("code"), np.arange(len(now))
    for one, table in zip(of, known, strict=True):
        rows = rows_of(table.texts("code"), codes[left])
        yield left[rows >= 0], rows[rows >= 0], one
        left = left[rows < 0]


def _say_more(before: Table, now: Table) -> Bools:
    found = np.zeros(len(now), dtype=np.bool_)
    for name in now.columns.keys() - _AGING:
        if name in _MORE:
            found |= now.numbers(name) > before.numbers(name)
        else:
            both = zip(before.values(name), now.values(name), strict=True)
            says = (bool(old - new) if name in _FEWER else old != new for old, new in both)
            found |= np.fromiter(says, np.bool_, len(now))
    return found
