"""Whether one pair fits now: the engine's own hard rules, asked of one need and one pledge."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

import matching
from matching.kinds.pledges import pair_units
from models.children import Child, Need
from models.pledges import Match, Pledge
from services.pairing import market, policies
from services.pledges import terms
from vocabulary.enums import MatchStatus, NeedKind, NeedStatus, PledgeKind, PledgeStatus
from vocabulary.errors import NeedCovered, NoConsent, NoLongerFits, NoPlaceLeft


@dataclass(frozen=True, slots=True)
class Pair:
    """The rows of one pair; they stay inside the services."""

    need: Need
    child: Child
    pledge: Pledge


@dataclass(frozen=True, slots=True)
class Fit:
    """A pair that breaks no rule: its units, score and reasons."""

    units: int
    score: int
    reasons: list[dict[str, object]]


def lock_pair(session: Session, match: Match) -> Pair:
    """Return a match's rows, held against others who approve at this moment (PostgreSQL)."""
    need = session.scalar(select(Need).where(Need.id == match.need_id).with_for_update())
    pledge = session.scalars(
        select(Pledge).where(Pledge.id == match.pledge_id).with_for_update()
    ).one()
    if need is None:
        raise NeedCovered(rules=["need"])
    return Pair(need, session.get_one(Child, match.child_id), pledge)


def fit_anew(session: Session, pair: Pair, *, on: date, but: Collection[int] = ()) -> Fit:
    """Return how a new pair fits beside every live match but those named by key.

    Raises NoConsent or NoLongerFits.
    """
    near = or_(Match.need_id == pair.need.id, Match.pledge_id == pair.pledge.id)
    live = and_(market.IS_LIVE, near, Match.id.not_in(but))
    need, offer = _records(session, pair, live=live, on=on)
    weights = policies.weights(session, matching.PLEDGES)
    parts = matching.parts_of(need, offer, weights)
    return Fit(
        pair_units(need, offer),
        sum(part.points for part in parts),
        [part.as_dict() for part in parts],
    )


def check_still(session: Session, match: Match, pair: Pair, *, on: date) -> None:
    """Check a proposal again at the moment of deciding, beside what was approved meanwhile.

    Raises NoConsent, NeedCovered, NoPlaceLeft or NoLongerFits.
    """
    near = or_(Match.need_id == pair.need.id, Match.pledge_id == pair.pledge.id)
    approved = and_(Match.status == MatchStatus.ACTIVE, near)
    need, offer = _records(session, pair, live=approved, on=on)
    units = terms.units_for(match.instalment_fen, match.rhythm)
    if match.rhythm is not pair.pledge.rhythm or units > offer.units_per_child:
        raise NoPlaceLeft(rules=["terms"])
    if units > need.units_open:
        raise NeedCovered(rules=["uncovered"])


def _records(
    session: Session, pair: Pair, *, live: ColumnElement[bool], on: date
) -> tuple[matching.Need, matching.Offer]:
    _check_states(pair)
    needs = market.need_records(session, [(pair.need, pair.child)], on=on, live=live)
    offers = market.offer_records(session, [pair.pledge], on=on, live=live)
    if not needs or not offers:
        raise NoLongerFits(rules=["record"])
    _refuse(matching.broken(needs[0], offers[0]))
    return needs[0], offers[0]


def _check_states(pair: Pair) -> None:
    if pair.child.status not in market.MATCHABLE:
        raise NoLongerFits(rules=["child"])
    if pair.need.status is not NeedStatus.OPEN or pair.need.kind is not NeedKind.FINANCIAL:
        raise NeedCovered(rules=["need"])
    if pair.pledge.status is not PledgeStatus.CONFIRMED or pair.pledge.kind is not PledgeKind.CHILD:
        raise NoPlaceLeft(rules=["pledge"])


def _refuse(rules: tuple[str, ...]) -> None:
    """Raise the refusal that says most about the broken rules."""
    if "consent" in rules:
        raise NoConsent()
    if "uncovered" in rules:
        raise NeedCovered(rules=[*rules])
    if "place" in rules:
        raise NoPlaceLeft(rules=[*rules])
    if rules:
        raise NoLongerFits(rules=[*rules])
