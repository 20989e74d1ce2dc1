"""Judge the sign-up list of 爱心妈妈: skills, languages, time, and which papers are there."""

import re
from collections.abc import Container
from dataclasses import dataclass

from gateways.spreadsheets import Sheet
from services.rosters.columns import VOLUNTEERS
from services.rosters.doubles import Seen, judge_double, person_of
from services.rosters.people import (
    judge_identity,
    judge_name,
    judge_phone,
    judge_sex,
    phone_remark,
    remark_of,
)
from services.rosters.reports import Findings, Note, Opened, RosterRow
from services.rosters.rows import DataRow
from services.rosters.tables import read_table
from services.rosters.values import folded, is_nothing, read_list, read_text
from vocabulary.enums import Sex

LEAST_CAPACITY, MOST_CAPACITY = 1, 5
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_NOT_DONE = re.compile(r"未|无|没|待|否|不|×|^(?:x|n|no|0|f|false)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VolunteerRecord:
    """One volunteer as the list states it. `checked`, `trained`: the list's word, not clearance."""

    name: str
    sex: Sex | None
    id_number: str | None
    phone: str | None
    phone_remark: str
    place: str
    occupation: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    availability: str
    capacity: int
    checked: bool
    trained: bool
    remark: str


def open_volunteers(sheet: Sheet, *, known_ids: Container[str] = ()) -> Opened[VolunteerRecord]:
    """Find the list. Raises a SpreadsheetRefused where there is no header or no name column."""
    table = read_table(sheet, VOLUNTEERS)
    seen = Seen()

    def judge(data: DataRow) -> RosterRow[VolunteerRecord]:
        return judge_volunteer(data, seen, known_ids)

    return Opened(table, judge, sheet.notes)


def judge_volunteer(
    data: DataRow, seen: Seen, known_ids: Container[str]
) -> RosterRow[VolunteerRecord]:
    """Judge one row; without a phone she cannot be reached, so the row is held."""
    findings = Findings()
    name = judge_name(data, findings)
    identity = judge_identity(data, findings, known_ids)
    phone = judge_phone(data, findings, whose="手机号")
    record = VolunteerRecord(
        name=name,
        sex=judge_sex(data, identity, findings),
        id_number=identity.number,
        phone=phone.number,
        phone_remark=phone_remark(phone),
        place=read_text(data.get("place")),
        occupation=read_text(data.get("occupation")),
        skills=read_list(data.get("skills")),
        languages=read_list(data.get("languages")),
        availability=read_text(data.get("availability")),
        capacity=judge_capacity(data, findings),
        checked=is_done(data, "checked"),
        trained=is_done(data, "trained"),
        remark=remark_of(data),
    )
    person = person_of(name, None, phone.number, identity)
    judge_double(data, findings, seen, identity, person)
    return findings.row(data, record)


def judge_capacity(data: DataRow, findings: Findings) -> int:
    """Read how many children she can visit: 1 to 5, and 1 where it says nothing."""
    text = folded(data.get("capacity"))
    digits = re.search(r"\d+", text)
    word = next((n for w, n in _NUMBERS.items() if w in text), LEAST_CAPACITY - 1)
    number = int(digits.group(0)[:3]) if digits else word
    findings.note(Note.CAPACITY_ASSUMED, when=not LEAST_CAPACITY <= number <= MOST_CAPACITY)
    return min(max(number, LEAST_CAPACITY), MOST_CAPACITY)


def is_done(data: DataRow, field: str) -> bool:
    """Read 已查询, 有, √, a date or a certificate's number as done; blank, 无, 未… as not."""
    text = folded(data.get(field))
    return not is_nothing(text) and not _NOT_DONE.search(text)
