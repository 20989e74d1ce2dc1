"""A proposal, its need, and who decides it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Need
from models.pledges import Match
from privacy import viewers
from services.runs import nights
from tests.factories import a_child, a_pledge, a_school, viewer
from vocabulary.enums import Role

ENGINE = viewers.engine("matching")
APPROVER = viewer(Role.APPROVER)
CASE_WORKER = viewer(Role.CASE_WORKER)


def a_proposal(session: Session, now: datetime, **pledge: object) -> Match:
    """What the engine proposes for one child and one pledge."""
    a_child(session, a_school(session))
    a_pledge(session, **pledge)
    nights.pair_pledges(session, ENGINE, now=now)
    return session.scalars(select(Match)).one()


def child_of(session: Session, match: Match) -> Child:
    return session.get_one(Child, match.child_id)


def need_of(session: Session, child: Child) -> Need:
    return session.scalars(select(Need).where(Need.child_id == child.id)).one()


def withdraw(session: Session, match: Match) -> None:
    for consent in session.scalars(select(Consent).where(Consent.child_id == match.child_id)):
        consent.withdrawn_on = date(2026, 11, 21)
    session.flush()
