"""What children and volunteers have in common: name, ID, sex, phone, and who stands there twice."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date

from services.rosters.identities import LENGTH, Identity, IdState, read_identity
from services.rosters.reports import Findings, Note, Problem
from services.rosters.rows import DataRow
from services.rosters.values import (
    Phone,
    folded,
    is_nothing,
    plain,
    read_phone,
    read_sex,
    read_text,
    split_name,
)
from vocabulary.enums import Sex

LOST_DIGITS = "身份证号不完整，末几位已丢失。请把这一列设成“文本”格式，重新填写18位号码。"
SEX_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女"}


@dataclass(slots=True)
class Seen:
    """The persons met so far in this list, each with the row of the first meeting."""

    by_number: dict[str, int] = field(default_factory=dict)
    by_person: dict[tuple[object, ...], tuple[int, bool]] = field(default_factory=dict)

    def first_row(
        self, number: str | None, person: tuple[object, ...] | None, row: int
    ) -> int | None:
        """Return the earlier row of the same person, or None after noting this one.

        Two valid numbers that differ are two persons, however alike the rest reads.
        """
        if number and number in self.by_number:
            return self.by_number[number]
        known = self.by_person.get(person) if person else None
        if known and not (number and known[1]):
            return known[0]
        if number:
            self.by_number[number] = row
        if person:
            self.by_person.setdefault(person, (row, number is not None))
        return None


def judge_name(data: DataRow, findings: Findings) -> str:
    """Read the name; a row without one cannot be taken."""
    name, _ = split_name(data.get("name"))
    if not name:
        findings.add(Problem.NO_NAME, "没有姓名，请补上。")
    return name


def judge_identity(data: DataRow, findings: Findings, known_ids: Container[str]) -> Identity:
    """Read the ID; a missing one is a hint, a damaged or wrong one a refusal."""
    identity = read_identity(data.get("id_number"))
    if identity.state is IdState.LOST:
        findings.add(Problem.ID_LOST_DIGITS, LOST_DIGITS)
    elif identity.state is IdState.BAD:
        findings.add(Problem.ID_CHECKSUM, wrong_number(identity.number or ""))
    findings.note(Note.NO_ID, when=identity.state is IdState.MISSING)
    findings.note(Note.CHECK_BY_HAND, when=identity.state is IdState.BY_HAND)
    findings.note(Note.ID_REGION_UNKNOWN, when=identity.state is IdState.UNKNOWN_REGION)
    findings.note(Note.ALREADY_KNOWN, when=identity.number and identity.number in known_ids)
    return identity


def ends_lost(identity: Identity) -> bool:
    """Say whether a number ends as a spreadsheet leaves it: one in eleven of them checks out."""
    return bool(identity.number) and str(identity.number).endswith("000")


def wrong_number(number: str) -> str:
    """Say what is wrong with the number without repeating it."""
    if len(number) != LENGTH:
        return f"身份证号应为18位，表里是{len(number)}位。请对照户口本更正。"
    return "身份证号有误（校验位或日期不对），可能抄错了。请对照户口本更正。"


def judge_sex(data: DataRow, identity: Identity, findings: Findings) -> Sex | None:
    """Compare with the ID, which wins where its check digit is right."""
    sex = read_sex(data.get("sex"))
    if sex and identity.sex and sex is not identity.sex and ends_lost(identity):
        findings.add(Problem.ID_LOST_DIGITS, LOST_DIGITS)
    elif sex and identity.sex and sex is not identity.sex:
        written, stated = SEX_WORDS[sex], SEX_WORDS[identity.sex]
        findings.add(
            Problem.SEX_MISMATCH,
            f"性别写的是{written}，身份证号显示为{stated}，请核对后改正其中一处。",
        )
    findings.note(Note.SEX_FROM_ID, when=sex is None and identity.sex)
    findings.note(Note.NO_SEX, when=sex is None and identity.sex is None)
    return identity.sex or sex


def judge_phone(data: DataRow, findings: Findings, *, whose: str) -> Phone:
    """Take the first number; without a whole one the row is held."""
    cell = data.get("phone")
    phone = read_phone(cell)
    if phone.number is None:
        is_blank = is_nothing(folded(cell))
        sentence = (
            "没有写{}，请补上。" if is_blank else "{}不对：应是11位手机号或带区号的座机，请核对。"
        )
        findings.add(Problem.BAD_PHONE, sentence.format(whose))
    findings.note(Note.PHONE_MORE, when=phone.others)
    findings.note(Note.PHONE_REMARK, when=phone.number and phone.remark)
    return phone


def judge_double(
    data: DataRow,
    findings: Findings,
    seen: Seen,
    identity: Identity,
    person: tuple[object, ...] | None,
) -> None:
    """Refuse a later occurrence; then only that matters, since the row should go."""
    number = identity.number if identity.birth else None
    first = seen.first_row(number, person, data.number)
    if first is not None:
        findings.problems.clear()
        findings.add(Problem.DUPLICATE, f"与第 {first} 行是同一个人，请删去一行。")


def person_key(
    name: str, birth: date | None, phone: str | None, number: str | None
) -> tuple[object, ...] | None:
    """Return what stands for a person without a valid ID, or None where too little is known."""
    return (name, birth, phone, number or "") if name and (birth or phone) else None


def remark_of(data: DataRow) -> str:
    """Return the remark, with what stood in brackets behind the name."""
    _, beside = split_name(data.get("name"))
    told = (read_text(data.get("remark")), f"姓名旁写着：{beside}" if beside else "")
    return "；".join(filter(None, told))


def told_beside(own: str, beside: str) -> str:
    """Keep what stood in brackets behind a guardian's name: mostly the relation."""
    return f"{own}（{beside}）" if own and beside and beside != own else own or beside


def phone_remark(phone: Phone) -> str:
    """Join what stood beside the first number, so that nothing typed is lost."""
    return "；".join([*phone.others, *([phone.remark] if phone.remark else [])])


def is_given(data: DataRow, field_name: str) -> bool:
    """Say whether the row's own cell says anything."""
    return not is_nothing(plain(data.get(field_name)))
