"""Read schools and grades as rosters write them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from gateways.spreadsheets import Cell
from services.rosters.values import folded, is_nothing, plain
from vocabulary.enums import Stage

LONGEST_NAME = 60
NO_SCHOOL = re.compile(
    r"(?:因[病残故])?(?:暂时?|还|尚|现)?(?:(?:未|没有?|不)(?:能|再)?(?:上|入|就|在)?(?:学|读|校|园)"
    r"|(?:已|现)?(?:失学|辍学|休学|退学)(?!校)|在家(?!乡)|学龄前|散居|无学校|[待等](?:入[学园]|升学|转学|分配)|(?:在|去|到)?(?:外地|异地)(?:就读|上学|读书|借读)|已?毕业$|0$"
    r"|(?:正常)?(?:在[读校]|住校|走读|寄宿)生?$)"
)


@dataclass(frozen=True, slots=True)
class Grade:
    """`year` counts school years from 1 (一年级) over 7 (初一) and 10 (高一) to 13 (大一)."""

    text: str
    stage: Stage | None = None
    year: int | None = None


_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STAGES = tuple(
    (re.compile(pattern), re.compile(rf"(?:{pattern})\s*([一二三四五六1-6])"), stage, before, most)
    for pattern, stage, before, most in (
        (r"幼儿|学前|小班|(?<![初高])中班|大班|托班", Stage.PRESCHOOL, 0, 0),
        (r"研究生|博士|硕士", Stage.UNIVERSITY, 0, 0),
        (r"大学|大专|本科|高职|专科|大(?=[一二三四五1-5])", Stage.UNIVERSITY, 12, 5),
        (r"初中|初(?=[一二三四1-4])", Stage.JUNIOR, 6, 4),
        (r"高中|高(?=[一二三1-3])|中职|职高|职中|中专|技校", Stage.SENIOR, 9, 3),
        (r"小学|小(?=[一二三四五六1-6])", Stage.PRIMARY, 0, 6),
    )
)
_BY_YEAR = ((6, Stage.PRIMARY), (9, Stage.JUNIOR), (12, Stage.SENIOR))


def read_grade(cell: Cell) -> Grade:
    """Read 三年级, 初二, 八年级2班, 高三(1)班, 小五, 学前班, 大一."""
    return _grade_of(folded(cell))


@lru_cache(maxsize=2048)
def _grade_of(text: str) -> Grade:
    if is_nothing(text):
        return Grade("")
    for pattern, numbered, stage, before, most in _STAGES:
        if pattern.search(text):
            number = _ordinal(numbered.search(text)) or _year(text) or 0
            year = number if number > most else before + number
            return Grade(text, stage, year if number and year <= before + most else None)
    plain_year = _year(text)
    stage_of = next((s for last, s in _BY_YEAR if plain_year and plain_year <= last), None)
    return Grade(text, stage_of, plain_year if stage_of else None)


_NAMED_YEAR = re.compile(
    r"([一二三四五六七八九]|1[0-2]|[1-9])\s*(?:年级|年|级|[(（.]\s*\d+\s*[)）]?\s*班?)"
)
_YEAR_ALONE = re.compile(r"([一二三四五六七八九]|1[0-2]|[1-9])")


def _year(text: str) -> int | None:
    return _ordinal(_NAMED_YEAR.search(text) or _YEAR_ALONE.fullmatch(text))


def _ordinal(found: re.Match[str] | None) -> int | None:
    if not found:
        return None
    return _DIGITS.get(found.group(1)) or int(found.group(1))


_GRADE_IN_SCHOOL = re.compile(
    r"^(.*?(?:学校|小学|中学|校|幼儿园|学院|[一二三四五六七八九十]中))[\s,，（(]*"
    r"((?:小学|初中|高中)?(?:[一二三四五六七八九1-9]年级|[初高][一二三1-3]|学前班|[大中小]班).*?)[)）]?$"
)


@lru_cache(maxsize=2048)
def split_school(text: str) -> tuple[str, str]:
    """Separate '大杨树镇第一小学三年级' into school and grade."""
    found = _GRADE_IN_SCHOOL.match(text) if len(text) <= LONGEST_NAME else None
    return (found.group(1).strip(), found.group(2).strip()) if found else (text, "")


def read_school(cell: Cell) -> str:
    """Return the school's name, or nothing for 无, —, 空, 未上学."""
    return _school_of(plain(cell))


_SPACES = re.compile(r"\s+")
_SPACE_BESIDE_HAN = re.compile(r"(?<![!-~])\s|\s(?![!-~])")


@lru_cache(maxsize=2048)
def _school_of(cell: str) -> str:
    text = _SPACE_BESIDE_HAN.sub("", _SPACES.sub(" ", cell))
    told = re.sub(r"[（(].*?[)）]", "", text)
    return "" if is_nothing(told) or NO_SCHOOL.match(text) else text
