"""Pledges as case staff see them: by code, never who gave, sorted by nothing that is hidden."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from models.base import in_regions
from models.children import Child
from models.pledges import Match, Pledge
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.pairing.market import IS_LIVE
from vocabulary.enums import MatchStatus, PledgeKind, PledgeStatus

PAGE = 50
_FIELDS = (
    "code", "instalment_fen", "rhythm", "children_wanted", "until", "until_count", "wish_sex",
    "wish_stage", "wish_league", "status", "ends_on",
)  # fmt: skip


class Listed(StrEnum):
    """Which pledges a list shows."""

    WAITING = "waiting"
    MATCHED = "matched"
    PAUSED = "paused"
    ENDED = "ended"


def counts(session: Session, viewer: Viewer) -> dict[Listed, int]:
    """Count the pledges of every list."""
    require(viewer, Act.SEE_PLEDGES)
    tallies = [
        func.sum(case((_is_listed(listed, viewer), 1), else_=0)).label(listed.value)
        for listed in Listed
    ]
    row = session.execute(select(*tallies)).mappings().one()
    return {listed: row[listed.value] or 0 for listed in Listed}


def listing(session: Session, viewer: Viewer, listed: Listed, *, page: int = 1) -> list[Card]:
    """List a page of pledges by code, each with how many children it has and is proposed."""
    require(viewer, Act.SEE_PLEDGES)
    found = gate.cards(
        session,
        viewer,
        Pledge,
        fields=_FIELDS,
        where=(_is_listed(listed, viewer),),
        order_by=(Pledge.code,),
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    held = _held(session, [card["code"] for card in found])
    return [card.and_also(**held.get(card["code"], _NONE)) for card in found]


def detail(session: Session, viewer: Viewer, code: str) -> Card:
    """Return a pledge with its matches in the viewer's regions, and how many lie elsewhere.

    Raises NotFound for an unknown code and for a pledge to the gap fund.
    """
    require(viewer, Act.SEE_PLEDGES)
    is_it = (Pledge.code == code, Pledge.kind == PledgeKind.CHILD)
    card = gate.card(session, viewer, Pledge, *is_it, fields=_FIELDS)
    matches = _matches(session, viewer, code)
    live = [m for m in matches if m["status"] in (MatchStatus.PROPOSED, MatchStatus.ACTIVE)]
    held = _held(session, [code]).get(code, _NONE)
    elsewhere = held["active"] + held["proposed"] - len(live)
    return card.and_also(matches=matches, elsewhere=elsewhere, **held)


def _matches(session: Session, viewer: Viewer, code: str) -> list[Card]:
    return gate.cards(
        session,
        viewer,
        Match,
        parts={
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "stage", "grade")),
            "place": Part(Region, Region.code == Child.region_code, ("name",)),
        },
        fields=("child_ref", "status", "instalment_fen", "rhythm", "starts_on", "ends_on"),
        where=(
            Match.pledge_id.in_(select(Pledge.id).where(Pledge.code == code)),
            Match.occasion.is_(None),
        ),
        order_by=(Match.status, Match.child_ref),
    )


_NONE = {"active": 0, "proposed": 0}


def _held(session: Session, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count the live matches of pledges, by code."""
    rows = session.execute(
        select(Pledge.code, _sum(MatchStatus.ACTIVE), _sum(MatchStatus.PROPOSED))
        .join(Match, Match.pledge_id == Pledge.id)
        .where(Pledge.code.in_(codes), IS_LIVE)
        .group_by(Pledge.code)
    )
    return {code: {"active": active, "proposed": proposed} for code, active, proposed in rows}


def _sum(status: MatchStatus) -> ColumnElement[Any]:
    return func.sum(case((Match.status == status, 1), else_=0))


def _is_listed(listed: Listed, viewer: Viewer) -> ColumnElement[bool]:
    is_child = Pledge.kind == PledgeKind.CHILD
    here = exists().where(
        Match.pledge_id == Pledge.id,
        Match.status.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
        Match.child_id == Child.id,
        in_regions(Child.region_code, viewer),
    )
    match listed:
        case Listed.WAITING:
            taken = select(func.count(Match.id)).where(Match.pledge_id == Pledge.id, IS_LIVE)
            has_place = taken.scalar_subquery() < Pledge.children_wanted
            is_free = Pledge.follows_id.is_(None)
            return and_(is_child, Pledge.status == PledgeStatus.CONFIRMED, has_place, is_free)
        case Listed.MATCHED:
            active = Pledge.status.in_((PledgeStatus.CONFIRMED, PledgeStatus.ENDING))
            return and_(is_child, active, here)
        case Listed.PAUSED:
            return and_(is_child, Pledge.status == PledgeStatus.PAUSED, here)
        case Listed.ENDED:
            return and_(is_child, Pledge.status == PledgeStatus.ENDED, here)
