"""Writes new children's records, one by hand or a roster's worth in a few statements."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin, Need
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace, workplaces
from services.children.consents import ON_PAPER, consent_row
from services.children.newcomers import (
    NewChild,
    NewKin,
    NewNeed,
    checked,
    id_index,
    known_numbers,
    phone_index,
)
from services.children.readiness import as_codes, is_above_banner, settle
from services.kin import employers
from services.routes import asking
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, HeldReason, KinRole, Route
from vocabulary.errors import BadInput, NoConsent, NotFound, NotPermitted
from vocabulary.refs import new_ref

ADDED = "新加的家里人"


def enter(session: Session, by: Viewer, new: NewChild, *, now: datetime) -> str:
    """Write a draft with its kin and needs; return its ref. Only inside the actor's regions.

    Raises BadInput for a number that cannot be, that says otherwise than the form, or that another
    record has already.
    """
    sound = checked(new) if new.id_number else new
    if sound.id_number and known_numbers(session, by, [id_index(sound.id_number)]):
        raise BadInput(field="id_number", reason="already_known")
    return enter_all(session, by, [sound], now=now)[0]


def enter_all(
    session: Session, by: Viewer, news: Sequence[NewChild], *, now: datetime, under: str = ""
) -> list[str]:
    """Write many drafts as one act; return their refs in order.

    The one trace entry names `under` (an import) with count and digest, or the child alone.
    """
    require(by, Act.ENTER_CHILD)
    _check(by, news, on=today(now))
    schools = _school_keys(session, by, news)
    rows = [_row(by, new, schools, on=today(now)) for new in news]
    refs = [row["ref"] for row in rows]
    made = _written(session, Child, rows)
    _attach(session, by, dict(zip(made, news, strict=True)), on=today(now))
    if not under:
        trace.record(session, by, "child.enter", f"child:{refs[0]}", now=now)
        return refs
    digest = hashlib.sha256("\n".join(refs).encode()).hexdigest()
    detail = {"count": len(refs), "digest": digest}
    trace.record(session, by, "child.enter", under, now=now, detail=detail)
    return refs


def _check(by: Viewer, news: Sequence[NewChild], *, on: date) -> None:
    if not all(works_in(by, new.region_code) for new in news):
        raise NotPermitted()
    consented = [new for new in news if new.consented_on is not None]
    if consented:
        require(by, Act.RECORD_CONSENT)
    if any(not _has_guardian(new) for new in consented):
        raise NoConsent()
    if any(new.consented_on and new.consented_on > on for new in consented):
        raise BadInput(field="given_on", reason="in_future")


def _has_guardian(new: NewChild) -> bool:
    return any(kin.kin_role is KinRole.GUARDIAN for kin in new.kin)


def _row(
    by: Viewer, new: NewChild, schools: Mapping[str | None, int | None], *, on: date
) -> dict[str, Any]:
    return {
        "ref": new_ref("child"),
        "name": new.name,
        "sex": new.sex,
        "birth_on": new.birth_on,
        "id_number": new.id_number,
        "id_index": id_index(new.id_number) if new.id_number else None,
        "ethnicity": new.ethnicity,
        "languages": new.languages,
        "region_code": new.region_code,
        "banner_code": new.region_code[:6].ljust(12, "0"),
        "league_code": new.region_code[:4].ljust(12, "0"),
        "address": new.address,
        "school_id": schools[new.school_ref],
        "stage": new.stage,
        "grade": new.grade,
        "class_name": new.class_name,
        "category": new.category,
        "route": new.route,
        "remark": new.remark,
        "status": ChildStatus.DRAFT,
        "held_because": as_codes(lacking(new)),
        "entered_by": by.actor,
        "entered_on": on,
    }


def lacking(new: NewChild) -> tuple[HeldReason, ...]:
    """Return what a record that is being entered lacks; the database says the same afterwards."""
    found = {
        HeldReason.NO_GUARDIAN: not _has_guardian(new),
        HeldReason.NO_CONSENT: new.consented_on is None,
        HeldReason.NO_SCHOOL: new.school_ref is None and new.route is Route.SCHOOL,
        HeldReason.NO_PHONE: not any(kin.phone for kin in new.kin),
        HeldReason.NO_SEX: new.sex is None,
        HeldReason.NO_PLACE: is_above_banner(new.region_code),
    }
    return tuple(reason for reason in HeldReason if found.get(reason))


def _written(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the rows and return their keys in order: asked for by ref, in two statements.

    SQLite hands keys back in order only when each row is a statement of its own.
    """
    refs = [row["ref"] for row in rows]
    session.execute(insert(table), rows)
    keys = session.execute(select(table.ref, table.id).where(table.ref.in_(refs)))
    found: dict[str, int] = {ref: key for ref, key in keys}
    return [found[ref] for ref in refs]


def _attach(session: Session, by: Viewer, made: Mapping[int, NewChild], *, on: date) -> None:
    """Write kin, needs and consents of the children, by key."""
    kin = [(key, one) for key, new in made.items() for one in new.kin]
    if kin:
        keys_of_kin = _written(session, Kin, [_kin_row(key, one) for key, one in kin])
        _consent(session, by, made, dict(zip(keys_of_kin, kin, strict=True)))
    needs = [_need_row(key, need, on=on) for key, new in made.items() for need in new.needs]
    if needs:
        session.execute(insert(Need), needs)


def _consent(
    session: Session,
    by: Viewer,
    made: Mapping[int, NewChild],
    kin: Mapping[int, tuple[int, NewKin]],
) -> None:
    first: dict[int, int] = {}
    for kin_key, (child_key, one) in kin.items():
        if one.kin_role is KinRole.GUARDIAN:
            first.setdefault(child_key, kin_key)
    rows = [
        {"kin_id": first[key], **consent_row(key, purpose, new.consented_on, by)}
        for key, new in made.items()
        if new.consented_on is not None
        for purpose in ON_PAPER
    ]
    if rows:
        session.execute(insert(Consent), rows)


def _kin_row(child_id: int, kin: NewKin) -> dict[str, Any]:
    return {
        "ref": new_ref("kin"),
        "child_id": child_id,
        "kin_role": kin.kin_role,
        "relation": kin.relation[:20],
        "name": kin.name,
        "phone": kin.phone,
        "phone_index": phone_index(kin.phone) if kin.phone else None,
        **workplaces.kept(kin.workplace if kin.kin_role is KinRole.GUARDIAN else None),
    }


def _need_row(child_id: int, need: NewNeed, *, on: date) -> dict[str, Any]:
    return {
        "child_id": child_id,
        "kind": need.kind,
        "monthly_fen": need.monthly_fen,
        "urgency": need.urgency,
        "since_on": on,
        "detail": need.detail,
        "times": need.times_kept,
    }


def add_kin(session: Session, by: Viewer, ref: str, new: NewKin, *, now: datetime) -> None:
    """Add a guardian or carer to a child.

    Once somebody else has verified the record a telephone takes two: it waits for a second person.
    Raises AlreadyDecided while another change of this child waits.
    """
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    if new.workplace and new.kin_role is not KinRole.GUARDIAN:
        raise BadInput(field="workplace", reason="guardians_only")
    waits = new.phone is not None and child.status is not ChildStatus.DRAFT
    plain = replace(new, phone=None) if waits else new
    row = _kin_row(child.id, plain) | {"ref": new_ref("kin"), "added_at": now}
    session.execute(insert(Kin), [row])
    settle(session, by, child, now=now)
    trace.record(session, by, "kin.add", f"child:{ref}", now=now, why=new.kin_role.value)
    employers.keep_apart(session, by, child, now=now)
    if waits:
        phone = new.phone or ""
        asking.ask_phone(session, by, ref, row["ref"], phone=phone, reason=ADDED, now=now)


def school_key(session: Session, by: Viewer, ref: str | None) -> int | None:
    """Return the key of a school the actor stands near. Raises NotFound."""
    return gate.row(session, by, Organisation, Organisation.ref == ref).id if ref else None


def _school_keys(
    session: Session, by: Viewer, news: Sequence[NewChild]
) -> dict[str | None, int | None]:
    wanted = {new.school_ref for new in news if new.school_ref}
    found = session.execute(
        select(Organisation.ref, Organisation.id, Organisation.region_code).where(
            Organisation.ref.in_(wanted)
        )
    )
    known: dict[str | None, int | None] = {
        ref: key for ref, key, code in found if by.organisation_id == key or works_in(by, code)
    }
    if wanted - set(known):
        raise NotFound()
    return {**known, None: None}
