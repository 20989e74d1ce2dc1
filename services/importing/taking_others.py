"""Turns judged rows of the other two lists into volunteers and schools."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from privacy.viewers import Viewer
from services import organisations
from services.batches.school_accounts import NewAccount
from services.organisations import NAME_AT_MOST, NewSchool, banner_of
from services.pairing import volunteers
from services.pairing.volunteers import NewVolunteer
from vocabulary.enums import ReturnReason, Sex

Fields = Mapping[str, Any]
Verdicts = list[str | ReturnReason]


def take_volunteers(
    session: Session, by: Viewer, records: Sequence[Fields], *, now: datetime, under: str
) -> Verdicts:
    """Enter the volunteers not known yet, as applied: the list's word on papers is only a remark."""
    indexes = [
        volunteers.id_index(one["id_number"]) if one["id_number"] else None for one in records
    ]
    known = volunteers.known_numbers(session, by, [index for index in indexes if index])
    is_known = _seen(indexes, known)
    new = [_volunteer(one) for one, seen in zip(records, is_known, strict=True) if not seen]
    refs = iter(volunteers.enter_all(session, by, new, now=now, under=under) if new else [])
    return [ReturnReason.ALREADY_KNOWN if seen else next(refs) for seen in is_known]


def take_schools(
    session: Session, by: Viewer, records: Sequence[Fields], *, now: datetime, under: str
) -> Verdicts:
    """Enter the schools that their banner does not have yet, and tell more of the bare ones."""
    pairs = [(banner_of(one["region"]), one["name"][:NAME_AT_MOST]) for one in records]
    known = organisations.refs_by_name(session, by, pairs)
    is_known = _seen(pairs, set(known))
    listed = {
        known[pair]: _school(one) for pair, one in zip(pairs, records, strict=True) if pair in known
    }
    filled = organisations.fill(session, by, listed, now=now, under=under)
    new = [_school(one) for one, seen in zip(records, is_known, strict=True) if not seen]
    refs = iter(organisations.enter_all(session, by, new, now=now, under=under))
    return [
        (_if_filled(known.get(pair), filled) if seen else next(refs))
        for pair, seen in zip(pairs, is_known, strict=True)
    ]


def _if_filled(ref: str | None, filled: set[str]) -> str | ReturnReason:
    """Give a school's ref once: a second row about the same one comes back."""
    if ref not in filled:
        return ReturnReason.ALREADY_KNOWN
    filled.discard(ref)
    return ref


def _seen(handles: Sequence[Any], known: set[Any]) -> list[bool]:
    """Say of each handle whether it is known or stood earlier; without one nothing can be said."""
    seen, found = set(known), []
    for handle in handles:
        found.append(handle is not None and handle in seen)
        seen.add(handle)
    return found


def _volunteer(one: Fields) -> NewVolunteer:
    return NewVolunteer(
        name=one["name"],
        region_code=one["region"],
        sex=Sex(one["sex"]) if one["sex"] else None,
        id_number=one["id_number"] or None,
        phone=one["phone"],
        occupation=one["occupation"] or None,
        skills=one["skills"],
        languages=one["languages"],
        availability=one["availability"],
        capacity=one["capacity"],
        remark="；".join(_remarks(one)) or None,
    )


def _remarks(one: Fields) -> Iterator[str]:
    if one["remark"]:
        yield one["remark"]
    if one["phone_remark"]:
        yield f"电话备注：{one['phone_remark']}"
    if one["place"]:
        yield f"住址：{one['place']}"
    if one["checked"]:
        yield "名单上写着查过违法犯罪记录，要看到证明才算"
    if one["trained"]:
        yield "名单上写着参加过培训，要看到证书才算"


def _school(one: Fields) -> NewSchool:
    remarks = [one["remark"], one["phone_remark"] and f"电话备注：{one['phone_remark']}"]
    return NewSchool(
        name=one["name"],
        region_code=one["region"],
        contact_name=one["contact"] or None,
        contact_phone=one["phone"],
        account=_account(one),
        remark="；".join(text for text in remarks if text) or None,
    )


def _account(one: Fields) -> NewAccount | None:
    said = NewAccount(
        one["account_name"][:NAME_AT_MOST] or None,
        one["bank"][:NAME_AT_MOST] or None,
        one["account_number"] or None,
    )
    return None if said == NewAccount() else said
