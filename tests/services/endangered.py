"""What tests of a child in danger share: a pupil with all who stand near it, and a report."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import LetterFriend
from models.listings import ListedChild
from models.volunteers import Volunteer
from privacy import viewers
from privacy.viewers import Viewer
from services import gate
from services.danger import harm, protection
from services.danger.protection import About
from services.pairing import volunteers
from services.pairing.volunteers import NewVolunteer
from services.vault import vault
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.dates import today
from vocabulary.enums import (
    Called,
    Complained,
    HarmOutcome,
    Role,
)

VILLAGE = "150723101201"
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")
SECOND = viewer(Role.APPROVER, actor="account:second")


def a_world(session: Session):
    """A pupil with a donor and a sent batch: child, school, batch, and who stands near in low roles."""
    school = a_school(session)
    child = a_child(session, school, class_name="2班", region_code=VILLAGE)
    pledge = a_pledge(session)[0]
    batch = a_sent_batch(session, school, a_match(session, pledge, child))
    donor_id = vault.donor_of_pledge(session, pledge.id)
    listed = {"stage": child.stage, "league_code": child.league_code, "is_waiting": False}
    shown = {"shown_stage": child.stage, "shown_league": child.league_code}
    session.add(ListedChild(child_id=child.id, sex=child.sex, **listed, **shown))
    session.flush()
    own = {"organisation_id": school.id}
    low = {
        "school": viewer(Role.SCHOOL_OFFICER, regions=(), actor="account:o", **own),
        "class": viewer(
            Role.CLASS_TEACHER,
            regions=(),
            actor="class:B",
            class_grade=child.grade,
            class_name=child.class_name,
            batch_id=batch.id,
            **own,
        ),
        "village": viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:v"),
        "donor": viewer(Role.DONOR, regions=(), actor="donor:x", donor_id=donor_id),
    }
    return child, school, batch, low


def press(session: Session, child: Child, now: datetime, *about: Complained, by=WORKER) -> str:
    whom = About(*about)
    return harm.report(session, by, child.ref, called=Called.POLICE, about=whom, now=now)


def end(session: Session, ref: str, now: datetime) -> None:
    harm.take_up(session, WORKER, ref, now=now)
    protection.close(session, SECOND, ref, outcome=HarmOutcome.SAFE, now=now)


def fields_of(session: Session, by: Viewer, child: Child) -> list[dict]:
    """What a low role reads of the child: its record, and its line of the donors' list."""
    found = gate.cards(session, by, Child, where=(Child.id == child.id,))
    found += gate.cards(session, by, ListedChild, where=(ListedChild.child_id == child.id,))
    return [dict(card) for card in found]


def a_volunteer(session: Session, child: Child, now: datetime) -> Viewer:
    volunteers.enter(session, viewers.console(), NewVolunteer("乌兰", VILLAGE), now=now)
    one = session.scalars(select(Volunteer)).one()
    account = an_account(session, Role.VOLUNTEER, login="mama")
    one.account_id = account.id
    more = {"ref": "F1", "friend_ref": "F2", "code_name": "小草", "opened_by": "account:x"}
    more |= {"agreed_by": "account:y", "agreed_on": today(now)}
    session.add(LetterFriend(child_id=child.id, volunteer_id=one.id, opened_on=today(now), **more))
    session.flush()
    return viewer(
        Role.VOLUNTEER, regions=(), volunteer_id=one.id, account_id=account.id,
        actor=f"account:{account.ref}",
    )  # fmt: skip
