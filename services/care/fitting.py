"""Whether one volunteer and one child fit now: the engine's own rules, asked of these two."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from matching.kinds.volunteers import CareNeed
from matching.kinds.volunteers import Volunteer as CareOffer
from models.care import CareMatch
from models.children import Child
from models.volunteers import Volunteer
from services.care import market
from vocabulary.errors import NoConsent, NoLongerFits, NoPlaceLeft

_PLACE = frozenset({"place", "cleared", "trained"})


@dataclass(frozen=True, slots=True)
class Fit:
    """A pair that breaks no rule: the records that the engine was asked about."""

    need: CareNeed
    offer: CareOffer


def lock(session: Session, match: CareMatch) -> None:
    """Hold both sides of a match against others who decide at this moment (PostgreSQL)."""
    session.scalar(select(Child.id).where(Child.id == match.child_id).with_for_update())
    session.scalar(select(Volunteer.id).where(Volunteer.id == match.volunteer_id).with_for_update())


def check_still(session: Session, match: CareMatch, *, on: date) -> Fit:
    """Check a proposal again beside everything else that stands.

    Raises NoConsent, NoPlaceLeft (she has no place or lacks a paper) or NoLongerFits.
    """
    return fit(session, match.child_id, match.volunteer_id, on=on, but=(match.id,))


def fit(
    session: Session, child_id: int, volunteer_id: int, *, on: date, but: tuple[int, ...] = ()
) -> Fit:
    """Return how a child and a volunteer fit beside what stands but the matches named by key."""
    near = market.near(child_id, volunteer_id)
    taken = market.live(session, near, CareMatch.id.not_in(but))
    asked = market.asking(session, Child.id == child_id)
    found = market.ready(session, Volunteer.id == volunteer_id)
    needs = market.need_records(session, asked, taken, on=on)
    offers = market.offer_records(session, found, taken, on=on)
    if not needs:
        raise NoLongerFits(rules=["child"])
    if not offers:
        raise NoPlaceLeft(rules=["volunteer"])
    _refuse(matching.VOLUNTEERS.broken(needs[0], offers[0]))
    return Fit(needs[0], offers[0])


def _refuse(rules: tuple[str, ...]) -> None:
    if "consent" in rules:
        raise NoConsent()
    if not _PLACE.isdisjoint(rules):
        raise NoPlaceLeft(rules=[*rules])
    if rules:
        raise NoLongerFits(rules=[*rules])
