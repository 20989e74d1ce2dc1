"""A pair and what a donor's pledge comes to."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.children import Consent
from models.pledges import Match, Pledge, PledgeChange
from privacy.viewers import Viewer
from services import gate
from services.donors import donors
from services.notices.facts.days import Facts, days
from vocabulary.dates import today
from vocabulary.enums import Purpose
from vocabulary.errors import NotFound
from vocabulary.todo import Thing, first_thing


def of_match(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A pair: the code name, its end, and whether the family agrees."""
    column = Match.donor_ref if viewer.donor_id is not None else Match.child_ref
    card = gate.card(session, viewer, Match, column == ref)
    facts = {"code_name": card["code_name"]} if card.has("code_name") else {}
    if _has_consent(session, column == ref):
        facts["consented"] = "1"
    return facts | days(card, ends="ends_on")


def _has_consent(session: Session, this_match: ColumnElement[bool]) -> bool:
    found = session.scalar(
        select(func.count(Consent.id))
        .join(Match, Match.child_id == Consent.child_id)
        .where(this_match, Consent.purpose == Purpose.SPONSORSHIP, Consent.withdrawn_on.is_(None))
    )
    return bool(found)


def of_pledge(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The donor's own pledge, while he may see it."""
    gate.card(session, viewer, Pledge, Pledge.donor_ref == ref, fields=("status",))
    return {"pledge": ref}


def of_runway(session: Session, viewer: Viewer, ref: str, now: datetime) -> Facts:
    """By which day the donor has to pay again, as his own page says it; nothing once he has."""
    todo = first_thing([donors.pledge(session, viewer, ref, now=now)], on=today(now))
    if todo.thing is not Thing.PAY_SOON or todo.on is None:
        raise NotFound()
    return {"pay_by": f"{todo.on.month}月{todo.on.day}日"}


def of_change(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The day from which a change counts."""
    card = gate.card(session, viewer, PledgeChange, PledgeChange.ref == ref)
    return days(card, effective="effective_on")
