"""What stands between the town's volunteers and children: asked, waiting for two people, paired."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.care import CareExclusion, CareMatch
from models.children import Child, Consent
from models.harm import HarmReport
from models.visits import Visit
from models.volunteers import Volunteer
from services.accounts import accounts
from tests.house.places import OTHER_TOWN, Places, Town
from vocabulary.dates import today
from vocabulary.enums import (
    Called,
    CareRefusal,
    CareStatus,
    ChildMood,
    Purpose,
    Role,
    VisitKind,
    VolunteerStatus,
)

_BOTH = "case_worker approver case_deputy"


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """Of each kind one's own and another's: the first volunteer is the login's."""
    refs = town.own["case_worker", "volunteer"], *town.others["case_worker", "volunteer"]
    mothers = [_cleared(session, ref, now) for ref in refs]
    near, far = here.child, here.stranger
    waiting = [_pair(session, c, m, now) for c, m in zip((near, far), mothers, strict=True)]
    town.give("care", _BOTH, *(one.ref for one in waiting))
    shut = [_shut(session, c, m, now) for c, m in zip((here.small, far), mothers, strict=True)]
    town.give("shut_care", _BOTH, *(one.ref for one in shut))
    town.give("her_care", "volunteer", *(one.her_ref for one in waiting))
    others = here.classmate, here.small_next
    paired = [_paired(session, c, m, now) for c, m in zip(others, mothers, strict=True)]
    town.give("her_child", "volunteer", *(one.her_ref for one in paired), waiting[0].her_ref)
    town.give("hands_child", "volunteer", here.classmate.ref, near.ref, far.ref)
    away = _pair_of_another_banner(session, here.stranger, now)
    town.give("paired_care", _BOTH, paired[0].ref, away.ref)
    written = [_visited(session, one, now) for one in (*paired, away)]
    town.give("visit", _BOTH, written[0].ref, written[2].ref)
    town.give("her_visit", "volunteer", written[0].her_ref, written[1].her_ref)
    by = accounts.find_viewer(session, *town.sessions["volunteer"], now=now)
    assert by is not None
    told = [_told(session, here.classmate, actor, now) for actor in (by.actor, "account:x")]
    town.give("harm", "volunteer", *told)


def _cleared(session: Session, ref: str, now: datetime) -> Volunteer:
    mother = session.query(Volunteer).filter_by(ref=ref).one()
    day = today(now)
    mother.checked_on = mother.trained_on = day - timedelta(days=9)
    mother.insured_until, mother.capacity = day + timedelta(days=99), 5
    mother.status = VolunteerStatus.CLEARED
    session.flush()
    return mother


def _pair(session: Session, child: Child, mother: Volunteer, now: datetime, **more: Any):
    about = {
        "kinds": ["tutoring"], "stage": "primary", "language": "zh", "same_township": False,
        "km": 7,
    }  # fmt: skip
    values = {
        "kinds": ["tutoring"],
        "status": CareStatus.PROPOSED,
        "proposed_on": today(now),
        "proposed_by": "engine",
        "answer_by": now + timedelta(hours=48),
        "about": about,
    } | more
    match = CareMatch(child_id=child.id, volunteer_id=mother.id, **values)
    session.add(match)
    session.flush()
    return match


def _shut(session: Session, child: Child, mother: Volunteer, now: datetime) -> CareMatch:
    no = {"refusal": CareRefusal.TOO_FAR, "decided_on": today(now), "refused_by": "account:x"}
    match = _pair(session, child, mother, now, status=CareStatus.DECLINED, **no)
    pair = {"child_id": child.id, "volunteer_id": mother.id}
    session.add(CareExclusion(**pair, reason=CareRefusal.TOO_FAR, since_on=today(now)))
    session.flush()
    return match


def _paired(session: Session, child: Child, mother: Volunteer, now: datetime) -> CareMatch:
    given = {"purpose": Purpose.CARE, "version": "2026-1", "recorded_by": "account:x"}
    session.add(Consent(child_id=child.id, given_on=today(now), **given))
    two = {"agreed_by": "account:x", "agreed_as": Role.APPROVER, "decided_by": "account:y"}
    until = {"decided_on": today(now), "trial_until": today(now) + timedelta(days=60)}
    return _pair(session, child, mother, now, status=CareStatus.TRIAL, **two, **until)


def _pair_of_another_banner(session: Session, child: Child, now: datetime) -> CareMatch:
    mother = Volunteer(
        name="高娃", region_code=OTHER_TOWN, entered_by="account:x", entered_on=today(now)
    )
    session.add(mother)
    session.flush()
    return _paired(session, child, mother, now)


def _visited(session: Session, match: CareMatch, now: datetime) -> Visit:
    day = today(now)
    visit = Visit(
        care_id=match.id, child_id=match.child_id, met_on=day, kind=VisitKind.VISIT,
        mood=ChildMood.GOOD, is_worry=True, entered_by="account:x", entered_on=day,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    return visit


def _told(session: Session, child: Child, by: str, now: datetime) -> str:
    report = HarmReport(child_id=child.id, called=Called.POLICE, reported_by=by, reported_at=now)
    session.add(report)
    session.flush()
    return report.ref
