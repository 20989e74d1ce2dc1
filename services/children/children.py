"""A child's record: entered, verified at home by a second person, opened when consent is there."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.children import Child, Need
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, stood, trace
from services.children.consents import record as record_consent
from services.children.consents import withdraw as withdraw_consent
from services.children.entering import add_kin, enter, enter_all, school_key
from services.children.newcomers import NewChild, NewKin, NewNeed, times_kept
from services.children.readiness import AGREES_FROM, ASKED_FROM, age_for_asking, has_consent, settle
from services.earmarks import girls
from services.lifecycle import advance
from services.pairing.match_ends import end_of_child
from services.routes import deciding
from vocabulary.dates import today
from vocabulary.enums import (
    CareTime,
    ChildStatus,
    EndReason,
    NeedKind,
    NeedStatus,
    Route,
    Sex,
    Stage,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotPermitted

__all__ = [
    "AGREES_FROM",
    "ASKED_FROM",
    "NewChild",
    "NewKin",
    "NewNeed",
    "add_kin",
    "add_need",
    "change_school",
    "change_times",
    "close_need",
    "end",
    "enter",
    "enter_all",
    "fill_in",
    "has_consent",
    "record_consent",
    "verify",
    "withdraw_consent",
]


def verify(
    session: Session, by: Viewer, ref: str, *, child_agrees: bool | None, now: datetime
) -> None:
    """Confirm the record after a home visit by a person who did not enter it (law 8).

    `child_agrees` is the child's own word: from 8 it is asked, from 14 its yes is needed.
    """
    require(by, Act.CONFIRM_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    if by.actor == child.entered_by:
        raise ActedBefore()
    if age_for_asking(child, today(now)) >= ASKED_FROM and child_agrees is None:
        raise BadInput(field="child_agrees", reason="not_asked")
    advance(session, child, ChildStatus.VERIFIED, by=by, now=now, reason="home visit")
    child.verified_by, child.verified_on = by.actor, today(now)
    child.agreed_on = today(now) if child_agrees else None
    settle(session, by, child, now=now)
    trace.record(session, by, "child.verify", f"child:{ref}", now=now)


def change_school(  # noqa: PLR0913 a school, a grade and a class are three things
    session: Session,
    by: Viewer,
    ref: str,
    *,
    school_ref: str | None,
    grade: int | None,
    class_name: str | None,
    stage: Stage,
    now: datetime,
    route: Route | None = None,
) -> None:
    """Move a child to another school, grade or class; instalments not yet batched follow.

    A child that goes to no school needs another `route`, or it is held.
    """
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    before, school_id = child.school_id, school_key(session, by, school_ref)
    values = {"grade": grade, "class_name": class_name, "stage": stage, "school_id": school_id}
    if stood.write_place(session, by, child, values, now=now):
        has_moved = before != child.school_id
        way = route or (Route.SCHOOL if school_ref and has_moved else child.route)
        deciding.follow_school(session, by, child, way, has_moved=has_moved, now=now)
        settle(session, by, child, now=now)
    trace.record(session, by, "child.change_school", f"child:{ref}", now=now)


def fill_in(  # noqa: PLR0913 each is a field of the form
    session: Session,
    by: Viewer,
    ref: str,
    *,
    sex: Sex | None,
    birth_on: date | None,
    region_code: str,
    address: str | None,
    now: datetime,
) -> bool:
    """Write sex, birthday and place where a roster left them open or in doubt.

    Returns whether the sex waits for a second person.

    While money for girls waits, a girl's open one is filled in by two, who say the same.
    A sex that stands is no single person's to change, whatever money depends on it: two do, by the
    number (services/children/amendments.py), and the one before is kept. Raises BadInput(sex);
    NotPermitted for a place outside the actor's regions.
    """
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    if child.sex is not None and sex is not child.sex:
        raise BadInput(field="sex", reason="by_two")
    if not works_in(by, region_code):
        raise NotPermitted()
    child.sex = _sex_by_two(session, by, child, sex) if child.sex is None else sex
    child.birth_on = birth_on
    place = {
        "address": address,
        "region_code": region_code,
        "banner_code": region_code[:6].ljust(12, "0"),
        "league_code": region_code[:4].ljust(12, "0"),
    }
    stood.write_place(session, by, child, place, now=now)
    settle(session, by, child, now=now)
    trace.record(session, by, "child.fill_in", f"child:{ref}", now=now)
    return child.sex is None and child.sex_said is not None


def _sex_by_two(session: Session, by: Viewer, child: Child, sex: Sex | None) -> Sex | None:
    """Return what an open sex becomes; what one person says of a girl waits for another."""
    if sex is not Sex.FEMALE or not girls.has_money(session):
        child.sex_said = child.sex_said_by = None
        return sex
    is_second = child.sex_said is sex and child.sex_said_by not in {None, by.actor}
    if not is_second:
        child.sex_said, child.sex_said_by = sex, by.actor
    return sex if is_second else None


def add_need(session: Session, by: Viewer, ref: str, new: NewNeed, *, now: datetime) -> str:
    """Add one kind of help a child needs from today; return the need's ref."""
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    need = Need(
        child_id=child.id,
        kind=new.kind,
        monthly_fen=new.monthly_fen,
        urgency=new.urgency,
        since_on=today(now),
        detail=new.detail,
        times=new.times_kept,
    )
    session.add(need)
    session.flush()
    trace.record(session, by, "need.add", f"child:{ref}", now=now, why=new.kind.value)
    return need.ref


def change_times(
    session: Session, by: Viewer, need_ref: str, times: Collection[CareTime], *, now: datetime
) -> None:
    """Say anew when somebody may come for a need, from the next run on; none for any time.

    Raises BadInput(times) for money, AlreadyDecided for a need that is closed.
    """
    require(by, Act.ENTER_CHILD)
    need = gate.row(session, by, Need, Need.ref == need_ref)
    if need.kind is NeedKind.FINANCIAL:
        raise BadInput(field="times", reason="not_a_choice")
    if need.status is not NeedStatus.OPEN:
        raise AlreadyDecided()
    need.times = times_kept(times)
    session.flush()
    trace.record(session, by, "need.times", f"need:{need_ref}", now=now)


def close_need(session: Session, by: Viewer, need_ref: str, *, reason: str, now: datetime) -> None:
    """Close a need that is met or gone; matches that rest on it go on until they are ended."""
    require(by, Act.ENTER_CHILD)
    need = gate.row(session, by, Need, Need.ref == need_ref)
    advance(session, need, NeedStatus.CLOSED, by=by, now=now, reason=reason)
    trace.record(session, by, "need.close", f"need:{need_ref}", now=now, why=reason)


def end(session: Session, by: Viewer, ref: str, *, reason: EndReason, now: datetime) -> None:
    """End a child's record with a coded reason, its proposals and its matches.

    What is due by today is still paid; nothing falls due from tomorrow.
    """
    require(by, Act.VERIFY_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    advance(session, child, ChildStatus.ENDED, by=by, now=now, reason=reason.value)
    child.ended_on, child.end_reason, child.held_because = today(now), reason, None
    session.flush()
    tomorrow = today(now) + timedelta(days=1)
    end_of_child(session, by, child.id, on=tomorrow, now=now, reason=reason.value)
    trace.record(session, by, "child.end", f"child:{ref}", now=now, why=reason.value)
