"""Judge the list of schools: names, places, contacts, and where the money would go."""

import re
from collections.abc import Container
from dataclasses import dataclass

from gateways.spreadsheets import Sheet
from services.rosters.columns import SCHOOLS
from services.rosters.identities import LOST_FROM
from services.rosters.people import phone_remark
from services.rosters.reports import (
    Findings,
    Note,
    Opened,
    Problem,
    RosterRow,
)
from services.rosters.rows import DataRow
from services.rosters.tables import read_table
from services.rosters.values import Phone, is_nothing, plain, read_name, read_phone, read_text

SHOWN_SHORT = re.compile(r"\d(?:\.\d+)?e\+?\d{2}$", re.IGNORECASE)
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """One school as the list states it; `place` where banner and township share a column."""

    name: str
    banner: str
    township: str
    place: str
    contact: str
    phone: str | None
    phone_remark: str
    account_name: str
    account_number: str
    bank: str
    remark: str


def open_schools(sheet: Sheet, *, known_schools: Container[str] = ()) -> Opened[SchoolRecord]:
    """Find the list. Raises a SpreadsheetRefused where there is no header or no school column."""
    table = read_table(sheet, SCHOOLS)
    seen: dict[tuple[str, Place], int] = {}

    def judge(data: DataRow) -> RosterRow[SchoolRecord]:
        return judge_school(data, seen, known_schools)

    return Opened(table, judge, sheet.notes)


def judge_school(
    data: DataRow, seen: dict[tuple[str, Place], int], known_schools: Container[str]
) -> RosterRow[SchoolRecord]:
    """Judge one row: a name is needed, two schools of one name in one place are one."""
    findings = Findings()
    record = record_of(data, judge_contact(data, findings))
    if not record.name:
        findings.add(Problem.NO_NAME, "没有学校名称，请补上。")
    place = record.banner, record.township, record.place
    first = seen.setdefault((record.name, place), data.number)
    if record.name and first != data.number:
        findings.problems.clear()
        findings.add(Problem.DUPLICATE, f"与第 {first} 行是同一所学校，请删去一行。")
    findings.note(Note.ACCOUNT_LOST_DIGITS, when=has_lost_digits(data))
    findings.note(Note.ALREADY_KNOWN, when=record.name and record.name in known_schools)
    return findings.row(data, record)


def judge_contact(data: DataRow, findings: Findings) -> Phone:
    """Take the first number; none at all is a hint, a wrong one holds the row."""
    phone = read_phone(data.get("phone"))
    if phone.number is None and not is_nothing(plain(data.get("phone"))):
        findings.add(Problem.BAD_PHONE, "联系电话不对：应是11位手机号或带区号的座机，请核对。")
    elif phone.number is None:
        findings.note(Note.PHONE_MISSING)
    findings.note(Note.PHONE_MORE, when=phone.others)
    return phone


def account_number(data: DataRow) -> str:
    """Return the account's number without blanks."""
    return re.sub(r"\s+", "", read_text(data.get("account_number")))


def has_lost_digits(data: DataRow) -> bool:
    """Say whether a spreadsheet kept the account as a number, of which only fifteen digits last."""
    cell = data.get("account_number")
    is_number = isinstance(cell, (int, float)) and cell >= LOST_FROM
    return is_number or bool(SHOWN_SHORT.match(account_number(data)))


def record_of(data: DataRow, phone: Phone) -> SchoolRecord:
    """Put the cells together."""
    name = re.sub(r"\s+", "", read_text(data.get("name")))
    return SchoolRecord(
        name=name,
        banner=read_text(data.get("banner")),
        township=read_text(data.get("township")),
        place=read_text(data.get("place")),
        contact=read_name(data.get("contact")),
        phone=phone.number,
        phone_remark=phone_remark(phone),
        account_name=read_text(data.get("account_name")),
        account_number="" if has_lost_digits(data) else account_number(data),
        bank=read_text(data.get("bank")),
        remark=read_text(data.get("remark")),
    )
