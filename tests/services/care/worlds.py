"""A banner with a child who asks for care, a volunteer whose papers are whole, and three of the staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.care import CareMatch
from models.children import Child, Consent, Kin, Need
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services.accounts import accounts
from services.care import fitting
from tests.factories import BANNER, START, TOWNSHIP, a_child, an_account
from vocabulary.dates import today
from vocabulary.enums import CareStatus, NeedKind, Purpose, Role, Sex, VolunteerStatus
from vocabulary.errors import NoLongerFits

YEAR = timedelta(days=365)


@dataclass
class World:
    """The people, and how to look with their eyes."""

    session: Session
    child: Child
    mother: Volunteer

    def who(self, login: str, now: datetime) -> Viewer:
        return accounts.viewer_by_login(self.session, login, now=now)


def a_world(session: Session, now: datetime) -> World:
    an_account(session, Role.CASE_WORKER, login="worker", name="李晓燕")
    an_account(session, Role.CASE_WORKER, login="worker2", name="白音")
    an_account(session, Role.APPROVER, login="approver", name="高敏")
    child = a_caring_child(session)
    mother = a_volunteer(session, now, login="mama")
    return World(session, child, mother)


def a_caring_child(
    session: Session, *kinds: NeedKind, phone_index: str | None = None, **more: Any
) -> Child:
    """A child whose guardian agreed to a volunteer, with open care needs (companionship)."""
    child = a_child(session, **{"languages": "蒙古语、汉语"} | more)
    session.add(consent(child))
    for kind in kinds or (NeedKind.COMPANIONSHIP,):
        session.add(Need(child_id=child.id, kind=kind, since_on=START))
    if phone_index is not None:
        session.query(Kin).filter_by(child_id=child.id).update({"phone_index": phone_index})
    session.flush()
    return child


def consent(child: Child) -> Consent:
    return Consent(
        child_id=child.id,
        purpose=Purpose.CARE,
        version="2026-1",
        given_on=START,
        recorded_by="account:enterer",
    )


def a_volunteer(
    session: Session, now: datetime, login: str | None = None, **more: Any
) -> Volunteer:
    """A cleared volunteer of the township, whose papers count for another half year."""
    day = today(now)
    values: dict[str, Any] = {
        "name": "乌兰",
        "sex": Sex.FEMALE,
        "region_code": TOWNSHIP,
        "skills": ["做饭"],
        "languages": ["蒙古语", "汉语"],
        "capacity": 1,
        "status": VolunteerStatus.CLEARED,
        "checked_on": day - YEAR / 2,
        "trained_on": day - YEAR / 2,
        "insured_until": day + YEAR / 2,
        "entered_by": "account:enterer",
        "entered_on": START,
    } | more
    volunteer = Volunteer(**values)
    if login:
        account = an_account(session, Role.VOLUNTEER, login=login, region_code=BANNER)
        volunteer.account_id = account.id
    session.add(volunteer)
    session.flush()
    return volunteer


def a_proposal(session: Session, child: Child, mother: Volunteer, now: datetime, **more: Any):
    """A proposal that waits for her answer, as a run would have left it."""
    values: dict[str, Any] = {
        "kinds": ["companionship"],
        "proposed_on": today(now),
        "proposed_by": "engine",
        "answer_by": now + timedelta(hours=48),
        "about": {
            "kinds": ["companionship"],
            "stage": "primary",
            "language": "mn",
            "same_township": True,
            "km": 0,
        },
    } | more
    match = CareMatch(child_id=child.id, volunteer_id=mother.id, **values)
    session.add(match)
    session.flush()
    return match


def an_accepted(session: Session, child: Child, mother: Volunteer, now: datetime, **more: Any):
    """What she said yes to, and two of the staff have still to decide."""
    more = {
        "status": CareStatus.ACCEPTED,
        "answered_by": "account:mama",
        "accepted_on": today(now),
        "decide_by": today(now) + timedelta(days=7),
    } | more
    return a_proposal(session, child, mother, now, **more)


def a_pair(session: Session, child: Child, mother: Volunteer, now: datetime, **more: Any):
    """A pair in its trial."""
    more = {
        "status": CareStatus.TRIAL,
        "agreed_by": "account:one",
        "agreed_on": today(now),
        "agreed_as": Role.APPROVER,
        "decided_by": "account:two",
        "decided_on": today(now),
        "trial_until": today(now) + timedelta(days=60),
    } | more
    return an_accepted(session, child, mother, now, **more)


def places_held(session: Session, mother: Volunteer) -> int:
    from services.care import market

    return sum(match.volunteer_id == mother.id for match in market.live(session))


def broken_rules(session: Session, world: World, now: datetime) -> list[str]:
    """The rules that the two break, and no run is needed to ask."""
    try:
        fitting.fit(session, world.child.id, world.mother.id, on=today(now))
    except NoLongerFits as refusal:
        return list(refusal.params["rules"])
    return []
