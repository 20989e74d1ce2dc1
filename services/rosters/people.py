"""What children and volunteers have in common: name, ID, sex and telephone."""

import re
from collections.abc import Container

from services.rosters.identities import ID_INSIDE, LENGTH, Identity, IdState, read_identity
from services.rosters.reports import Findings, Note, Problem
from services.rosters.rows import DataRow
from services.rosters.values import (
    Phone,
    folded,
    is_nothing,
    plain,
    read_name,
    read_phone,
    read_sex,
    read_text,
    split_name,
)
from vocabulary.enums import Sex

LOST_DIGITS = "身份证号不完整，末几位已丢失。请把这一列设成“文本”格式，重新填写18位号码。"
SEX_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女"}
_BETWEEN_NAMES = re.compile(r"[、，,;；/／]")
_BRACKETS = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")
_LABEL = re.compile(
    r".*(?:身份证|证件)号?码?|出生(?:日期|年月)|(?:就读)?学校(?:名称)?|监护人.*|(?:联系)?电话|姓名|家庭住址"
)


def judge_name(data: DataRow, findings: Findings) -> str:
    """Read the name; a row without one cannot be taken."""
    name, _ = split_name(data.get("name"))
    if not name:
        findings.add(Problem.NO_NAME, "没有姓名，请补上。")
    elif is_several(plain(data.get("name"))):
        findings.add(Problem.NO_NAME, "姓名一格里不止一个名字。一行只写一个孩子，请分开写。")
    elif _LABEL.fullmatch(name):
        findings.add(Problem.NO_NAME, f"姓名一格里写的是“{name}”，不是名字。请一行写一个孩子。")
    return name


def is_several(cell: str) -> bool:
    """Tell 王小明、王小红 from one long name that was broken over two lines."""
    told = _BRACKETS.sub("", cell)
    parts = [part for part in map(read_name, _BETWEEN_NAMES.split(told)) if _HAN_NAME.match(part)]
    lines = [part for part in map(read_name, told.splitlines()) if _HAN_NAME.match(part)]
    return len(parts) > 1 or len({line[0] for line in lines}) < len(lines)


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
    if len(ID_INSIDE.findall(number)) > 1 or len(number) == 2 * LENGTH:
        return "一格里有两个身份证号。一行只写一个人，请分开写。"
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


def remark_of(data: DataRow) -> str:
    """Return the remark, with what stood in brackets behind the name."""
    _, beside = split_name(data.get("name"))
    told = (
        read_text(data.get("remark")),
        f"姓名旁写着：{beside}" if beside else "",
        f"身份证号一栏写着：{words}" if (words := words_for_number(data)) else "",
    )
    return "；".join(filter(None, told))


def words_for_number(data: DataRow) -> str:
    """Return what is written where a number should stand: 身份证丢失补办中."""
    text = read_text(data.get("id_number"))
    is_missing = read_identity(text).state is IdState.MISSING
    return text if is_missing and _HAN.search(text) else ""


def told_beside(own: str, beside: str) -> str:
    """Keep what stood in brackets behind a guardian's name: mostly the relation."""
    return f"{own}（{beside}）" if own and beside and beside != own else own or beside


def phone_remark(phone: Phone) -> str:
    """Join what stood beside the first number, so that nothing typed is lost."""
    return "；".join([*phone.others, *([phone.remark] if phone.remark else [])])


def is_given(data: DataRow, field_name: str) -> bool:
    """Say whether the row's own cell says anything."""
    return not is_nothing(plain(data.get(field_name)))
