"""What became of instalments, for case staff: by what they wait for, in the viewer's own regions."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from models.children import Child
from models.jobs import SetAside
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Settlement, Stipend
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.dates import today
from vocabulary.enums import FactKind, Outcome
from vocabulary.refs import stipend_ref
from vocabulary.stipends import status_of

PAGE = 50
LATE_AFTER = timedelta(days=14)
_DATES = ("sent_on", "handed_over_on", "confirmed_on", "disputed_on", "not_handed_over_on",
          "returned_on", "cancelled_on", "written_off_on")  # fmt: skip
_STANDING = and_(Settlement.stipend_id == Stipend.id, Settlement.lifted_on.is_(None))
_FIELDS = ("due_on", "amount_fen", "is_funded", "snag", *_DATES)


class Listed(StrEnum):
    """What the instalments of a list wait for."""

    NO_MONEY = "no-money"
    TO_SEND = "to-send"
    AT_SCHOOL = "at-school"
    LATE = "late"
    HELD = "held"
    DISPUTED = "disputed"
    ASIDE = "aside"
    UNHEARD = "unheard"
    DONE = "done"


_PUPIL = {
    "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "grade", "class_name")),
    "school": Part(Organisation, Organisation.id == Child.school_id, ("name",)),
}
"""Whose money it is, joined to a match."""


def counts(session: Session, viewer: Viewer, *, now: datetime) -> dict[Listed, int]:
    """Count every list."""
    require(viewer, Act.SETTLE_DISPUTE)
    staff = as_case_staff(viewer)
    found: dict[Listed, int] = {
        listed: gate.count(session, staff, Stipend, _is(listed, today(now)))
        for listed in Listed
        if listed is not Listed.ASIDE
    }
    aside = gate.count(session, staff, SetAside, SetAside.resolved_on.is_(None))
    return {**found, Listed.ASIDE: aside}


def apart(session: Session, viewer: Viewer) -> list[Card]:
    """List matches of which nothing moves, since the books' comparison found them damaged."""
    require(viewer, Act.SETTLE_DISPUTE)
    return gate.cards(
        session,
        as_case_staff(viewer),
        Match,
        fields=("child_ref", "apart_on"),
        parts=_PUPIL,
        where=(Match.apart_on.is_not(None),),
        order_by=(Match.apart_on, Match.id),
        limit=PAGE,
    )


def listing(
    session: Session, viewer: Viewer, listed: Listed, *, page: int = 1, now: datetime
) -> list[Card]:
    """List a page: the oldest first, what is done the newest first."""
    require(viewer, Act.SETTLE_DISPUTE)
    if listed is Listed.ASIDE:
        return _aside(session, viewer, page=page)
    order = Stipend.due_on.desc() if listed is Listed.DONE else Stipend.due_on
    found = gate.cards(
        session,
        as_case_staff(viewer),
        Stipend,
        fields=_FIELDS,
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(
                Child, Child.id == Match.child_id, ("ref", "name", "grade", "class_name")
            ),
            "batch": Part(Batch, Batch.id == Stipend.batch_id, ("memo",)),
            "found": Part(Settlement, _STANDING, ("outcome",)),
            "school": Part(Organisation, Organisation.id == Child.school_id, ("name",)),
        },
        where=(_is(listed, today(now)),),
        order_by=(order, Stipend.id),
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    return [_told(card, today(now)) for card in found]


def _told(card: Card, day: date) -> Card:
    facts = {kind: card.get(f"{kind.value}_on") for kind in FactKind}
    facts[FactKind.RECEIVED] = card["due_on"] if card["is_funded"] else None
    sent_on = card["sent_on"]
    return card.and_also(
        ref=stipend_ref(card["match"]["child_ref"], card["due_on"]),
        status=status_of(facts),
        is_missing=_is_missing(card),
        days_waiting=(day - (sent_on or card["due_on"])).days,
    )


def _is_missing(card: Card) -> bool:
    """Say whether a hand said that it gave the sum, and staff found that it never came."""
    is_said = card["handed_over_on"] is not None and card["confirmed_on"] is None
    return is_said and card.has("found") and card["found"]["outcome"] is Outcome.NOT_RECEIVED


def _aside(session: Session, viewer: Viewer, *, page: int) -> list[Card]:
    return gate.cards(
        session,
        as_case_staff(viewer),
        SetAside,
        parts={
            "match": Part(Match, Match.id == SetAside.match_id, ("child_ref", "instalment_fen")),
            **_PUPIL,
        },
        where=(SetAside.resolved_on.is_(None),),
        order_by=(SetAside.due_on, SetAside.id),
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )


def _is(listed: Listed, day: date) -> ColumnElement[bool]:
    """Say in SQL that an instalment stands on a list; each stands on one, late ones on two.

    UNHEARD: a hand said that it gave the sum, and the family has said nothing for 14 days.
    """
    is_open = and_(Stipend.cancelled_on.is_(None), Stipend.written_off_on.is_(None))
    not_there = and_(
        is_open,
        Stipend.sent_on.is_not(None),
        Stipend.handed_over_on.is_(None),
        Stipend.confirmed_on.is_(None),
    )
    is_stated = Stipend.not_handed_over_on.is_not(None) | Stipend.returned_on.is_not(None)
    at_school = and_(not_there, ~is_stated)
    settled = exists(select(Settlement.id).where(_STANDING).correlate(Stipend))
    said_no = and_(is_open, Stipend.disputed_on.is_not(None), ~settled)
    return {
        Listed.NO_MONEY: and_(is_open, Stipend.is_funded.is_(False)),
        Listed.TO_SEND: and_(is_open, Stipend.is_funded, Stipend.sent_on.is_(None)),
        Listed.AT_SCHOOL: at_school,
        Listed.LATE: and_(at_school, Stipend.sent_on < day - LATE_AFTER),
        Listed.HELD: and_(not_there, is_stated),
        Listed.DISPUTED: said_no,
        Listed.UNHEARD: and_(
            is_open,
            Stipend.handed_over_on < day - LATE_AFTER,
            Stipend.confirmed_on.is_(None),
            Stipend.disputed_on.is_(None),
        ),
        Listed.DONE: and_(
            is_open, Stipend.handed_over_on.is_not(None) | Stipend.confirmed_on.is_not(None)
        ),
    }[listed]
