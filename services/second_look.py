"""What has changed since a proposal, and how many wait: one statement for the approval desk.

The approval itself asks the engine's rules again (services/fitting.py); this warns before it.
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
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased, load_only

from models.children import Child, Consent, Need
from models.pledges import Match, Pledge
from privacy.viewers import Viewer
from services import readiness
from services.market import MATCHABLE
from vocabulary.enums import MatchStatus, PledgeStatus, Purpose
from vocabulary.schedule import STEP_MONTHS

FEW_ALIKE = 5
"""Children of a league and stage below which a donor might guess who is meant."""

Counts = Mapping[str, int]
Day = BindParameter[date]


class Warned(StrEnum):
    """What an approval would meet, or what to think of before it."""

    NO_CONSENT = "no_consent"
    NO_OWN_YES = "no_own_yes"
    COVERED = "covered"
    NO_PLACE = "no_place"
    FEW_ALIKE = "few_alike"


def state(
    session: Session, viewer: Viewer, *, ref: str | None, on: date
) -> tuple[Counts, list[Warned]]:
    """Return how many proposals wait (total, late, mine), and the warnings of the one in hand."""
    query = _statement(viewer, ref is not None)
    row = session.execute(query, {"ref": ref, "on": on}).mappings().one()
    return _counts(row), [] if ref is None else _warnings(row, on=on)


@lru_cache(maxsize=256)
def _statement(viewer: Viewer, in_hand: bool) -> Select[Any]:  # noqa: FBT001 a key of the cache
    """Write the question once per viewer: writing it costs more than asking it."""
    on = bindparam("on", type_=Date())
    tallies = _tallies(viewer, on)
    if not in_hand:
        return select(*tallies)
    return (
        select(Child, Match.instalment_fen, Match.rhythm, Pledge.status, *_now(on), *tallies)
        .options(load_only(Child.birth_on, Child.agreed_on))
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .join(Need, Need.id == Match.need_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(Match.child_ref == bindparam("ref"))
    )


def _counts(row: Mapping[Any, Any]) -> Counts:
    return {name: row[name] or 0 for name in ("total", "late", "mine")}


def _tallies(viewer: Viewer, on: Day) -> list[ColumnElement[Any]]:
    own = or_(Match.proposed_by == viewer.actor, Child.entered_by == viewer.actor)
    kinds = (("total", true()), ("late", Match.decide_by < on), ("mine", own))
    here = or_(false(), *Child.standings(viewer).values())
    return [
        select(func.count())
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .where(Match.status == MatchStatus.PROPOSED, here, counted)
        .correlate(None)
        .scalar_subquery()
        .label(name)
        for name, counted in kinds
    ]


def _now(on: Day) -> list[ColumnElement[Any]]:
    """Ask beside the match in hand: consent, what others cover and hold, who else is alike."""
    other, alike = aliased(Match), aliased(Child)
    active = other.status == MatchStatus.ACTIVE
    months = case(*((other.rhythm == rhythm, step) for rhythm, step in STEP_MONTHS.items()))
    monthly = func.coalesce(func.sum(other.instalment_fen / months), 0)
    covered = select(monthly).where(active, other.need_id == Match.need_id).scalar_subquery()
    held = select(func.count()).where(active, other.pledge_id == Match.pledge_id).scalar_subquery()
    fifth = (
        select(literal(1))
        .where(
            alike.league_code == Child.league_code,
            alike.stage == Child.stage,
            alike.status.in_(MATCHABLE),
        )
        .limit(1)
        .offset(FEW_ALIKE - 1)
        .scalar_subquery()
    )
    return [
        _consented(on).label("consented"),
        (Need.monthly_fen - covered).label("open_fen"),
        (Pledge.children_wanted - held).label("places"),
        fifth.label("fifth"),
    ]


def _consented(on: Day) -> ColumnElement[bool]:
    return exists().where(
        Consent.child_id == Match.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )


def _warnings(row: Mapping[Any, Any], *, on: date) -> list[Warned]:
    closed = row["status"] is not PledgeStatus.CONFIRMED
    found = {
        Warned.NO_CONSENT: not row["consented"],
        Warned.NO_OWN_YES: readiness.lacks_own_yes(row["Child"], on=on),
        Warned.COVERED: row["open_fen"] * STEP_MONTHS[row["rhythm"]] < row["instalment_fen"],
        Warned.NO_PLACE: closed or row["places"] < 1,
        Warned.FEW_ALIKE: row["fifth"] is None,
    }
    return [warning for warning, holds in found.items() if holds]
