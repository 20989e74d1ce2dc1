"""Turns a roster's judged rows into children's records."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from privacy.viewers import Viewer
from services import organisations
from services.children.entering import enter_all
from services.children.newcomers import (
    NewChild,
    NewKin,
    NewNeed,
    id_index,
    known_numbers,
    phone_index,
)
from services.children.readiness import is_above_banner
from services.organisations import NAME_AT_MOST, banner_of
from vocabulary.dates import age_on, today
from vocabulary.enums import CareTime, Category, KinRole, NeedKind, ReturnReason, Sex, Stage
from vocabulary.money import Fen

Fields = Mapping[str, Any]
Handle = tuple[str, date | None, str | None]
_UNNAMED, _UNNAMED_CARER = "监护人（没有写姓名）", "照料人（没有写姓名）"
_CLASS = re.compile(r"[（(]?\s*(\d{1,2})\s*[)）]?\s*班")
_BY_AGE = ((6, Stage.PRESCHOOL), (12, Stage.PRIMARY), (15, Stage.JUNIOR), (18, Stage.SENIOR))
_LANGUAGES_AT_MOST, _CLASS_AT_MOST, _RELATION_AT_MOST = 80, 20, 20
_IMPRECISE = {"year": "出生日期只知道年份", "month": "出生日期只知道年月"}


def take(
    session: Session, by: Viewer, records: Sequence[Fields], *, now: datetime, under: str
) -> list[str | ReturnReason]:
    """Enter the children not known yet, with schools named for the first time."""
    is_known = _known(session, by, records)
    new = [one for one, known in zip(records, is_known, strict=True) if not known]
    wanted = (pair for one in new if (pair := _school(one)))
    schools = organisations.ensure(session, by, wanted, now=now, under=under)
    children = [new_child(one, schools, on=today(now)) for one in new]
    refs = iter(enter_all(session, by, children, now=now, under=under) if children else [])
    return [ReturnReason.ALREADY_KNOWN if known else next(refs) for known in is_known]


def _known(session: Session, by: Viewer, records: Sequence[Fields]) -> list[bool]:
    """Say of each whether the database, or an earlier row of the slice, has it already."""
    indexes = [id_index(one["id_number"]) if one["id_number"] else None for one in records]
    seen = known_numbers(session, by, [index for index in indexes if index])
    alike = _persons_by_phone(session, [one for one in records if not one["id_number"]])
    found = []
    for one, index in zip(records, indexes, strict=True):
        found.append(index in seen if index else not alike.isdisjoint(_handles(one)))
        seen |= {index} if index else set()
    return found


def _handles(one: Fields) -> set[Handle]:
    """Return what tells a child without number: name, birthday, and each telephone of its kin."""
    told = (one["guardian_phone"], one["carer_phone"])
    return {(one["name"], _day(one["birth"]), phone_index(phone)) for phone in told if phone}


def _persons_by_phone(session: Session, records: Iterable[Fields]) -> set[Handle]:
    """Return the handles of children whose kin have one of these telephones."""
    phones = {phone for one in records for _, _, phone in _handles(one)}
    rows = session.execute(
        select(Child.name, Child.birth_on, Kin.phone_index)
        .join(Kin, Kin.child_id == Child.id)
        .where(Kin.phone_index.in_(phones))
    )
    return {(name, birth, phone) for name, birth, phone in rows}


def _school(one: Fields) -> tuple[str, str] | None:
    name = one["school"][:NAME_AT_MOST]
    return (banner_of(one["region"]), name) if name else None


def new_child(one: Fields, schools: Mapping[tuple[str, str], str], *, on: date) -> NewChild:
    """Write a roster's row as a record to enter; what has no column goes to the remark."""
    birth = _day(one["birth"])
    school = _school(one)
    return NewChild(
        name=one["name"],
        sex=Sex(one["sex"]) if one["sex"] else None,
        region_code=one["region"],
        stage=_stage(one["grade"], birth, on=on),
        birth_on=birth,
        id_number=one["id_number"] or None,
        ethnicity=one["ethnicity"] or None,
        languages="、".join(one["languages"])[:_LANGUAGES_AT_MOST],
        address=one["place"] or None,
        school_ref=schools[school] if school else None,
        grade=_grade(one["grade"]),
        class_name=_class_name(one["grade"]),
        category=Category(one["category"] or Category.OTHER),
        remark="；".join(_remarks(one)) or None,
        kin=tuple(_kin(one)),
        needs=tuple(_needs(one)),
        consented_on=_consented_on(one, on=on),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _stage(grade: Fields, birth: date | None, *, on: date) -> Stage:
    """Return the stage of the grade; where the list names none, the usual one of the age."""
    if grade["stage"]:
        return Stage(grade["stage"])
    if birth is None:
        return Stage.PRIMARY
    age = age_on(birth, on)
    return next((stage for below, stage in _BY_AGE if age < below), Stage.UNIVERSITY)


def _grade(grade: Fields) -> int | None:
    return 0 if grade["stage"] == Stage.PRESCHOOL else grade["year"]


def _class_name(grade: Fields) -> str | None:
    """Return the class beside a grade, or the whole text where no grade was read."""
    found = _CLASS.search(grade["text"])
    if found:
        return f"{int(found.group(1))}班"
    is_told = not grade["text"] or grade["year"] is not None
    return None if is_told else grade["text"][:_CLASS_AT_MOST]


def _kin(one: Fields) -> Iterator[NewKin]:
    """Yield the guardian, whom a signed paper proves even unnamed, then the carer.

    A relation beside a carer alone is the carer's.
    """
    name, phone, relation = one["guardian_name"], one["guardian_phone"], one["relation"]
    cares, reached = one["carer_name"], one["carer_phone"]
    is_carers = _is_carers(one)
    if _names_guardian(one):
        told = "" if is_carers else relation
        yield NewKin(name or _UNNAMED, told or "监护人", phone, workplace=one["workplace"] or None)
    if cares or reached:
        told = one["carer_relation"] or (relation if is_carers else "")
        yield NewKin(cares or _UNNAMED_CARER, told or "照料人", reached, KinRole.CARER)


def _is_carers(one: Fields) -> bool:
    """Say whether a relation without a name beside it is the carer's."""
    return bool(one["carer_name"] and not one["guardian_name"] and not one["guardian_phone"])


def _names_guardian(one: Fields) -> bool:
    told = one["guardian_name"] or one["guardian_phone"] or one["is_consented"]
    return bool(told or (one["relation"] and not _is_carers(one)))


def _needs(one: Fields) -> Iterator[NewNeed]:
    fen = Fen(one["amount_fen"]) if one["amount_fen"] else None
    kinds = dict.fromkeys(NeedKind(kind) for kind in one["needs"])
    if fen:
        kinds[NeedKind.FINANCIAL] = None
    times = [CareTime(time) for time in one["times"]]
    for place, kind in enumerate(kinds):
        detail = one["needs_text"] if place == 0 else None
        yield NewNeed(
            kind, fen if kind is NeedKind.FINANCIAL else None, detail=detail or None, times=times
        )


def _consented_on(one: Fields, *, on: date) -> date | None:
    """Return the paper's day; an undated one counts from the import, a future one not at all."""
    if not one["is_consented"]:
        return None
    signed = _day(one["consent"]) or on
    return signed if signed <= on else None


def _remarks(one: Fields) -> Iterator[str]:
    """Yield what the list says that no column holds, so that nothing typed is lost."""
    precision = one["birth_precision"]
    relation = max(one["relation"], one["carer_relation"], key=len)
    told = (
        (one["remark"], "{}"),
        (one["phone_remark"], "电话备注：{}"),
        (one["category"] in (None, Category.OTHER) and one["category_text"], "困境类型：{}"),
        (one["birth"] and _IMPRECISE.get(precision), "{}"),
        (one["is_consented"] and not one["consent"], "同意书没有写签署日期，按导入当天记"),
        (is_above_banner(one["region"]), "名册里看不出是哪个旗县"),
        (not one["needs"] and one["needs_text"], "帮扶需求：{}"),
        (one["times_text"], "可以去陪的时间：{}"),
        (not _names_guardian(one) and one["workplace"], "监护人的工作单位：{}"),
        (len(relation) > _RELATION_AT_MOST and relation, "与孩子的关系：{}"),
    )
    for fact, words in told:
        if fact:
            yield words.format(fact)
