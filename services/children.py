"""A child's record: entered, verified at home by a second person, opened when consent is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import keys
from models.children import Child, Consent, Kin, Need
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.lifecycle import advance
from vocabulary.dates import age_on, today
from vocabulary.enums import (
    Category,
    ChildStatus,
    EndReason,
    KinRole,
    NeedKind,
    Purpose,
    Route,
    Sex,
    Stage,
)
from vocabulary.errors import ActedBefore, BadInput, NoConsent, NotFound, NotPermitted
from vocabulary.money import Fen

ASKED_FROM, AGREES_FROM = 8, 14
CONSENT_VERSION = "2026-1"
ID_PLACE, PHONE_PLACE = "children.id_number", "kin.phone"


@dataclass(frozen=True, slots=True)
class NewKin:
    name: str
    relation: str
    phone: str | None = None
    kin_role: KinRole = KinRole.GUARDIAN


@dataclass(frozen=True, slots=True)
class NewNeed:
    kind: NeedKind
    monthly_fen: Fen | None = None
    urgency: int = 1
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class NewChild:
    """What is known of a child when it is entered."""

    name: str
    sex: Sex
    region_code: str
    stage: Stage
    birth_on: date | None = None
    id_number: str | None = None
    ethnicity: str | None = None
    languages: str = ""
    address: str | None = None
    school_ref: str | None = None
    grade: int | None = None
    class_name: str | None = None
    category: Category = Category.OTHER
    route: Route = Route.SCHOOL
    remark: str | None = None
    kin: Sequence[NewKin] = ()
    needs: Sequence[NewNeed] = ()


def enter(session: Session, by: Viewer, new: NewChild, *, now: datetime) -> str:
    """Write a draft with its kin and needs; return its ref. Only inside the actor's regions."""
    require(by, Act.ENTER_CHILD)
    if not works_in(by, new.region_code):
        raise NotPermitted()
    child = _draft(session, by, new, now=now)
    for kin in new.kin:
        _add_kin(session, child, kin)
    for need in new.needs:
        session.add(_need(child, need, since=today(now)))
    session.flush()
    trace.record(session, by, "child.enter", f"child:{child.ref}", now=now)
    return child.ref


def _draft(session: Session, by: Viewer, new: NewChild, *, now: datetime) -> Child:
    child = Child(
        name=new.name,
        sex=new.sex,
        birth_on=new.birth_on,
        id_number=new.id_number,
        id_index=keys.blind_index(ID_PLACE, new.id_number) if new.id_number else None,
        ethnicity=new.ethnicity,
        languages=new.languages,
        region_code=new.region_code,
        banner_code=new.region_code[:6].ljust(12, "0"),
        league_code=new.region_code[:4].ljust(12, "0"),
        address=new.address,
        school_id=_school_id(session, new.school_ref),
        stage=new.stage,
        grade=new.grade,
        class_name=new.class_name,
        category=new.category,
        route=new.route,
        remark=new.remark,
        entered_by=by.actor,
        entered_on=today(now),
    )
    session.add(child)
    session.flush()
    return child


def _school_id(session: Session, ref: str | None) -> int | None:
    if ref is None:
        return None
    found = session.scalar(select(Organisation.id).where(Organisation.ref == ref))
    if found is None:
        raise NotFound()
    return found


def _add_kin(session: Session, child: Child, kin: NewKin) -> None:
    phone_index = keys.blind_index(PHONE_PLACE, kin.phone) if kin.phone else None
    session.add(
        Kin(
            child_id=child.id,
            kin_role=kin.kin_role,
            relation=kin.relation,
            name=kin.name,
            phone=kin.phone,
            phone_index=phone_index,
        )
    )


def _need(child: Child, need: NewNeed, *, since: date) -> Need:
    return Need(
        child_id=child.id,
        kind=need.kind,
        monthly_fen=need.monthly_fen,
        urgency=need.urgency,
        since_on=since,
        detail=need.detail,
    )


def record_consent(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    purposes: Sequence[Purpose],
    given_on: date,
    now: datetime,
) -> None:
    """Keep a guardian's consent for each purpose; the child opens if nothing else is missing.

    Raises NoConsent when the child has no guardian: a carer cannot consent.
    """
    require(by, Act.RECORD_CONSENT)
    child = gate.row(session, by, Child, Child.ref == ref)
    if given_on > today(now):
        raise BadInput(field="given_on", reason="in_future")
    guardian = session.scalar(
        select(Kin.id).where(
            Kin.child_id == child.id, Kin.kin_role == KinRole.GUARDIAN, Kin.until_on.is_(None)
        )
    )
    if guardian is None:
        raise NoConsent()
    for purpose in purposes:
        session.add(
            Consent(
                child_id=child.id,
                kin_id=guardian,
                purpose=purpose,
                version=CONSENT_VERSION,
                given_on=given_on,
                recorded_by=by.actor,
            )
        )
    session.flush()
    trace.record(session, by, "consent.record", f"child:{ref}", now=now)
    _open_if_ready(session, by, child, now=now)


def withdraw_consent(
    session: Session, by: Viewer, ref: str, *, purpose: Purpose, now: datetime
) -> None:
    """End a consent from today: the child is held, while what is already due is still paid."""
    require(by, Act.RECORD_CONSENT)
    child = gate.row(session, by, Child, Child.ref == ref)
    live = session.scalars(
        select(Consent).where(
            Consent.child_id == child.id,
            Consent.purpose == purpose,
            Consent.withdrawn_on.is_(None),
        )
    ).all()
    if not live:
        raise NoConsent()
    for consent in live:
        consent.withdrawn_on = today(now)
    session.flush()
    trace.record(session, by, "consent.withdraw", f"child:{ref}", now=now)


def verify(
    session: Session, by: Viewer, ref: str, *, child_agrees: bool | None, now: datetime
) -> None:
    """Confirm the record after a home visit by a person who did not enter it (law 8).

    `child_agrees` is the child's own word: from 8 it is asked, from 14 its yes is needed.
    """
    require(by, Act.VERIFY_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    if by.actor == child.entered_by:
        raise ActedBefore()
    age = age_on(child.birth_on, today(now)) if child.birth_on else AGREES_FROM
    if age >= ASKED_FROM and child_agrees is None:
        raise BadInput(field="child_agrees", reason="not_asked")
    advance(session, child, ChildStatus.VERIFIED, by=by, now=now, reason="home visit")
    child.verified_by, child.verified_on = by.actor, today(now)
    child.agreed_on = today(now) if child_agrees else None
    session.flush()
    trace.record(session, by, "child.verify", f"child:{ref}", now=now)
    _open_if_ready(session, by, child, now=now)


def _open_if_ready(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    if child.status is ChildStatus.VERIFIED and has_consent(session, child, on=today(now)):
        advance(session, child, ChildStatus.OPEN, by=by, now=now, reason="consent and visit")
        child.opened_on = child.opened_on or today(now)


def has_consent(session: Session, child: Child, *, on: date) -> bool:
    """Say whether sponsorship is agreed to: by the guardian, and by the child from 14."""
    given = session.scalar(
        select(Consent.id)
        .where(
            Consent.child_id == child.id,
            Consent.purpose == Purpose.SPONSORSHIP,
            Consent.given_on <= on,
            or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
        )
        .limit(1)
    )
    is_grown = child.birth_on is None or age_on(child.birth_on, on) >= AGREES_FROM
    return given is not None and (not is_grown or child.agreed_on is not None)


def change_school(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    school_ref: str | None,
    grade: int | None,
    class_name: str | None,
    stage: Stage,
    now: datetime,
) -> None:
    """Move a child to another school, grade or class; instalments not yet batched follow."""
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    child.school_id = _school_id(session, school_ref)
    child.grade, child.class_name, child.stage = grade, class_name, stage
    session.flush()
    trace.record(session, by, "child.change_school", f"child:{ref}", now=now)


def end(session: Session, by: Viewer, ref: str, *, reason: EndReason, now: datetime) -> None:
    """End a child's record with a coded reason; its matches are ended by services.matches."""
    require(by, Act.VERIFY_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    advance(session, child, ChildStatus.ENDED, by=by, now=now, reason=reason.value)
    child.ended_on, child.end_reason = today(now), reason
    session.flush()
    trace.record(session, by, "child.end", f"child:{ref}", now=now, why=reason.value)
