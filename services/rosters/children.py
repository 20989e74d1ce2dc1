"""Judge a roster of children row by row: what is ready, what is held, what comes back and why."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gateways.spreadsheets import Sheet
from services.rosters.amounts import Amount, read_amount
from services.rosters.births import Birth, Precision, read_birth
from services.rosters.columns import CHILDREN
from services.rosters.doubles import Seen, judge_double, person_of
from services.rosters.identities import Identity
from services.rosters.needs import read_category, read_needs, read_times
from services.rosters.people import (
    is_given,
    judge_identity,
    judge_name,
    judge_phone,
    judge_sex,
    phone_remark,
    remark_of,
    told_beside,
)
from services.rosters.reports import Findings, Note, Opened, Problem, RosterRow
from services.rosters.rows import DataRow
from services.rosters.schooling import Grade, read_grade, read_school, split_school
from services.rosters.tables import Table, read_table
from services.rosters.values import (
    Consent,
    Phone,
    read_consent,
    read_ethnicity,
    read_list,
    read_phone,
    read_text,
    split_name,
)
from vocabulary.enums import CareTime, Category, NeedKind, Sex
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """One child as the roster states it. `consent` is the day of signing, where one is given."""

    name: str
    sex: Sex | None
    ethnicity: str
    id_number: str | None
    birth: date | None
    birth_precision: Precision | None
    school: str
    grade: Grade
    place: str
    guardian_name: str
    relation: str
    guardian_phone: str | None
    workplace: str
    carer_name: str
    carer_relation: str
    carer_phone: str | None
    phone_remark: str
    category_text: str
    category: Category | None
    languages: tuple[str, ...]
    needs: tuple[NeedKind, ...]
    needs_text: str
    times: tuple[CareTime, ...]
    times_text: str
    amount_fen: Fen | None
    is_consented: bool
    consent: date | None
    remark: str


ABSENT = {
    "consent": "表里没有“监护人同意书”这一列，所有孩子都按没有签处理。",
    "school": "表里没有“就读学校”这一列，所有孩子都要补学校。",
    "phone": "表里没有“监护人联系电话”这一列，所有孩子都要补电话。",
    "id_number": "表里没有“身份证号码”这一列，重复的孩子按姓名、出生日期和电话查。",
}


def open_children(
    sheet: Sheet, *, known_schools: Container[str] = (), known_ids: Container[str] = ()
) -> Opened[ChildRecord]:
    """Find the list. `known_*` need only answer `in`: sets, or a look-up by blind index.

    Raises a SpreadsheetRefused where there is no header or no column for names.
    """
    table = read_table(sheet, CHILDREN)
    seen = Seen()
    labels = label_of_amount(table)

    def judge(data: DataRow) -> RosterRow[ChildRecord]:
        return judge_child(data, seen, known_schools, known_ids, labels)

    there = set(table.header.fields) | {"phone" for f in table.header.fields if f == "carer_phone"}
    absent = [text for name, text in ABSENT.items() if name not in there]
    return Opened(table, judge, (*sheet.notes, *absent))


def label_of_amount(table: Table) -> str:
    """Return what the amount's column is called: it may state the rhythm."""
    index = table.header.fields.get("amount")
    return "" if index is None else table.header.labels[index]


class Judged(NamedTuple):
    """The cells that needed a judgement, read."""

    name: str
    identity: Identity
    sex: Sex | None
    birth: Birth | None
    phone: Phone
    carer_phone: Phone
    school: tuple[str, Grade]
    needs: tuple[NeedKind, ...]
    times: tuple[CareTime, ...] | None
    amount: Amount
    consent: Consent


def judge_child(
    data: DataRow, seen: Seen, schools: Container[str], ids: Container[str], amount_label: str
) -> RosterRow[ChildRecord]:
    """Judge one row. Whatever else is wrong, a repeated child is only that."""
    findings = Findings()
    identity = judge_identity(data, findings, ids)
    carer_phone = read_phone(data.get("carer_phone"))
    judged = Judged(
        name=judge_name(data, findings),
        identity=identity,
        sex=judge_sex(data, identity, findings),
        birth=judge_birth(data, identity, findings),
        phone=judge_guardian_phone(data, carer_phone, findings),
        carer_phone=carer_phone,
        school=judge_school(data, findings, schools),
        needs=judge_needs(data, findings),
        times=judge_times(data, findings),
        amount=judge_amount(data, findings, amount_label),
        consent=judge_consent(data, findings),
    )
    record = record_of(data, judged)
    phone = record.guardian_phone or record.carer_phone
    person = person_of(record.name, judged.birth, phone, identity)
    judge_double(data, findings, seen, identity, person)
    return findings.row(data, record)


def record_of(data: DataRow, judged: Judged) -> ChildRecord:
    """Put judged and plain cells together."""
    school, grade = judged.school
    guardian, kin = split_name(data.get("guardian"))
    carer, carer_kin = split_name(data.get("carer"))
    return ChildRecord(
        name=judged.name,
        sex=judged.sex,
        ethnicity=read_ethnicity(data.get("ethnicity")),
        id_number=judged.identity.number,
        birth=judged.birth.day if judged.birth else None,
        birth_precision=judged.birth.precision if judged.birth else None,
        school=school,
        grade=grade,
        place=place_of(data),
        guardian_name=guardian,
        relation=told_beside(read_text(data.get("relation")), kin),
        guardian_phone=judged.phone.number,
        workplace=read_text(data.get("workplace")),
        carer_name=carer,
        carer_relation=told_beside(read_text(data.get("carer_relation")), carer_kin),
        carer_phone=judged.carer_phone.number,
        phone_remark="；".join(filter(None, map(phone_remark, (judged.phone, judged.carer_phone)))),
        category_text=read_text(data.get("category")),
        category=read_category(data.get("category")),
        languages=read_list(data.get("languages")),
        needs=judged.needs,
        needs_text=read_text(data.get("needs")),
        times=judged.times or (),
        times_text="" if judged.times is not None else read_text(data.get("times")),
        amount_fen=judged.amount.fen,
        is_consented=judged.consent.is_given,
        consent=judged.consent.on,
        remark=remark_of(data),
    )


def judge_guardian_phone(data: DataRow, carer: Phone, findings: Findings) -> Phone:
    """Where no guardian has a telephone, the carer who receives and confirms can be reached."""
    if carer.number and not is_given(data, "phone"):
        return Phone(None)
    return judge_phone(data, findings, whose="监护人电话")


def judge_birth(data: DataRow, identity: Identity, findings: Findings) -> Birth | None:
    """Compare with the ID to the precision given; a valid ID then supplies the whole day."""
    birth = read_birth(data.get("birth"))
    if birth and identity.birth and not birth.agrees_with(identity.birth):
        findings.add(Problem.BIRTH_MISMATCH, "出生日期与身份证号里的不一致，请核对后改正其中一处。")
    findings.note(Note.BIRTH_UNREAD, when=birth is None and is_given(data, "birth"))
    if identity.birth:
        return Birth(identity.birth, Precision.DAY)
    findings.note(Note.NO_BIRTH, when=birth is None)
    if birth and birth.or_month:
        return Birth(birth.day.replace(month=1), Precision.YEAR)
    return birth


def judge_school(data: DataRow, findings: Findings, schools: Container[str]) -> tuple[str, Grade]:
    """Read the school; one not yet known is a hint, none at all holds the row."""
    school, inside = split_school(read_school(data.get("school")))
    grade = read_grade(data.get("grade"))
    if not school:
        findings.add(
            Problem.NO_SCHOOL, "没有写就读学校，请补上（不在校的请与旗县妇联商量转交方式）。"
        )
    findings.note(Note.SCHOOL_NEW, when=school and school not in schools)
    return school, grade if grade.text else read_grade(inside)


def judge_needs(data: DataRow, findings: Findings) -> tuple[NeedKind, ...]:
    """Find the kinds of help asked for."""
    needs = read_needs(data.get("needs"))
    findings.note(Note.NEEDS_UNREAD, when=not needs and is_given(data, "needs"))
    return needs


def judge_times(data: DataRow, findings: Findings) -> tuple[CareTime, ...] | None:
    """Find when somebody may come; None for words that name no time, which are kept as they are."""
    if not is_given(data, "times"):
        return ()
    times = read_times(read_text(data.get("times")))
    findings.note(Note.TIMES_UNREAD, when=times is None)
    return times


def judge_amount(data: DataRow, findings: Findings, label: str) -> Amount:
    """Take the amount's own column first, else a sum inside the needs."""
    amount = read_amount(data.get("amount"), label=label)
    if amount.fen is None:
        amount = read_amount(data.get("needs"))
    findings.note(Note.AMOUNT_UNCLEAR, when=amount.is_unclear)
    return amount


def judge_consent(data: DataRow, findings: Findings) -> Consent:
    """Hold the row until the guardian's paper is signed (law 9)."""
    consent = read_consent(data.get("consent"))
    if not consent.is_given:
        findings.add(Problem.NO_CONSENT, "监护人同意书还没有签。签好后在表里写“有（日期）”。")
    findings.note(Note.CONSENT_UNREAD, when=not consent.is_clear)
    findings.note(Note.CONSENT_UNDATED, when=consent.is_given and consent.on is None)
    return consent


def place_of(data: DataRow) -> str:
    """Join banner, township and village, where they have columns of their own, with the address."""
    place = re.sub(r"\s+", "", read_text(data.get("place")))
    parts = [read_text(data.get(f)) for f in ("banner", "township", "village")]
    return "".join(part for part in parts if part and part not in place) + place
