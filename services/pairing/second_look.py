"""What has changed since a proposal, and how many wait: asked beside the proposal in hand.

The approval itself asks the engine's rules again (services/pairing/fitting.py); this warns before it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from models.base import in_regions
from models.children import Child, Consent, Need
from models.pledges import Match, Pledge
from models.reveals import Reveal
from models.somebody import Kind, filled, kind_of, stand_in
from privacy.generalising import FEWEST_ALIKE
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.children import readiness
from services.gate import Card
from services.pairing.market import MATCHABLE, is_cover
from vocabulary.enums import MatchStatus, PledgeStatus, Purpose
from vocabulary.schedule import STEP_MONTHS

TOWNSHIP_DIGITS = 9

Counts = Mapping[str, int]
Day = BindParameter[date]
_DAY = "on"


class Warned(StrEnum):
    """What an approval would meet, or what to think of before it."""

    NO_CONSENT = "no_consent"
    NO_OWN_YES = "no_own_yes"
    COVERED = "covered"
    NO_PLACE = "no_place"
    FEW_ALIKE = "few_alike"
    ONLY_PLEDGE = "only_pledge"


def counts(session: Session, viewer: Viewer, card: Card | None, *, on: date) -> Counts:
    """Return how many proposals wait (total, late, mine); the card in hand has them beside it."""
    known = card or session.execute(
        _alone(kind_of(viewer)), {**filled(viewer), _DAY: on}
    ).mappings().one()  # fmt: skip
    return {name: known[name] or 0 for name in ("total", "late", "mine")}


@lru_cache(maxsize=256)
def _alone(kind: Kind) -> Select[Any]:
    day = bindparam(_DAY, type_=Date())
    return select(*tallied(stand_in(kind), day).c)


def tallied(viewer: Viewer, on: Day) -> Subquery:
    """Count in SQL what waits near the viewer, looked through once: all, what is late, his own."""
    own = or_(Match.proposed_by == viewer.actor, Child.entered_by == viewer.actor)
    kinds = (("late", Match.decide_by < on), ("mine", own))
    here = or_(false(), *Child.standings(viewer).values())
    return (
        select(
            func.count().label("total"),
            *(func.sum(case((counted, 1), else_=0)).label(name) for name, counted in kinds),
        )
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .where(waits_near(viewer), here)
        .subquery("tallied")
    )


def waits_near(viewer: Viewer) -> ColumnElement[bool]:
    """Say where to look for what waits near a viewer; who may see it, the gate asks of the child."""
    return and_(Match.status == MatchStatus.PROPOSED, in_regions(Match.region_code, viewer))


def since_then(on: Day) -> dict[str, ColumnElement[Any]]:
    """Ask beside the match in hand: consent, what others cover and hold, who else is alike."""
    other, alike = aliased(Match), aliased(Child)
    active = other.status == MatchStatus.ACTIVE
    months = case(*((other.rhythm == rhythm, step) for rhythm, step in STEP_MONTHS.items()))
    monthly = func.coalesce(func.sum(other.instalment_fen / months), 0)
    covers = (active, is_cover(other), other.need_id == Match.need_id)
    covered = select(monthly).where(*covers).scalar_subquery()
    held = select(func.count()).where(active, other.pledge_id == Match.pledge_id).scalar_subquery()
    fifth = (
        select(literal(1))
        .where(
            alike.league_code == Child.league_code,
            alike.stage == Child.stage,
            or_(Pledge.wish_sex.is_(None), alike.sex == Pledge.wish_sex),
            or_(*(alike.status == status for status in MATCHABLE)),
        )
        .limit(1)
        .offset(FEWEST_ALIKE - 1)
        .scalar_subquery()
    )
    before = aliased(Match)
    had_others = exists().where(
        before.need_id == Match.need_id,
        before.id != Match.id,
        before.status.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
    )
    return {
        "consented": _consented(on),
        "had_others": had_others.correlate(Match),
        "open_fen": Need.monthly_fen - covered,
        "places": Pledge.children_wanted - held,
        "fifth": fifth,
        "other_pledge": _another_pledge(Match.pledge_id, Child.region_code),
    }


def _another_pledge(pledge_id: Any, region_code: Any) -> ColumnElement[Any]:
    """Ask for a child of the same township whom another pledge supports.

    By the code alone, never by the donor: that two codes are one person's is behind the wall.
    """
    other, neighbour = aliased(Match), aliased(Child)
    town = func.substr(region_code, 1, TOWNSHIP_DIGITS, type_=String())
    return (
        select(literal(1))
        .select_from(neighbour)  # the few of a township, not the many that are supported
        .where(
            neighbour.region_code.between(town.concat("000"), town.concat("999")),
            exists()
            .where(
                other.child_id == neighbour.id,
                other.status == MatchStatus.ACTIVE,
                other.stands_in_for_id.is_(None),
                other.pledge_id != pledge_id,
            )
            .correlate(neighbour, Match),
        )
        .limit(1)
        .correlate(Match, Child)
        .scalar_subquery()
    )


def is_only_pledge(session: Session, viewer: Viewer, reveal_ref: str) -> bool:
    """Say whether no other pledge supports a child of the township in which a check is made."""
    require(viewer, Act.CHECK_REVEAL)
    checked = gate.row(session, viewer, Reveal, Reveal.ref == reveal_ref)
    child = session.get_one(Child, checked.child_id)
    asked = _another_pledge(literal(checked.pledge_id), literal(child.region_code))
    return session.scalar(select(asked)) is None


def _consented(on: Day) -> ColumnElement[bool]:
    return exists().where(
        Consent.child_id == Match.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )


def warnings(card: Card, *, on: date) -> list[Warned]:
    """Return what speaks against approving the proposal in hand, or is to be thought of."""
    child, pledge = card["child"], card["pledge"]
    found = {
        Warned.NO_CONSENT: not card["consented"],
        Warned.NO_OWN_YES: readiness.needs_own_yes(child["birth_on"], child["agreed_on"], on=on),
        Warned.COVERED: card["open_fen"] * STEP_MONTHS[card["rhythm"]] < card["instalment_fen"],
        Warned.NO_PLACE: pledge["status"] is not PledgeStatus.CONFIRMED or card["places"] < 1,
        Warned.FEW_ALIKE: card["fifth"] is None,
        Warned.ONLY_PLEDGE: card["other_pledge"] is None,
    }
    return [warning for warning, holds in found.items() if holds]
