"""Resident IDs: read them from any cell, judge them, and say what they state."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from gateways.spreadsheets import Cell
from services.rosters.values import is_nothing, plain
from vocabulary.enums import Sex

LENGTH = 18
LOST_FROM = 1e15
LARGEST_YEAR = 2100
LONGEST_READ = 100


class IdState(StrEnum):
    """What a cell for a resident ID turned out to hold."""

    MISSING = "missing"
    GOOD = "good"
    UNKNOWN_REGION = "unknown_region"
    BY_HAND = "by_hand"
    BAD = "bad"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Identity:
    """A number with what it states; birth and sex only where the check digit is right."""

    state: IdState
    number: str | None = None
    birth: date | None = None
    sex: Sex | None = None


_LOOKALIKES = str.maketrans(
    {
        "\u0425": "X",
        "\u0445": "X",
        "×": "X",
        "\u2169": "X",
        "\u03c7": "X",
        "\u03a7": "X",
        "\uff0a": "*",
        "#": "*",
    }
)
_JUNK = re.compile(r"[\s'\"‘’“”`=＝\-—–_.,，。、·:：()（）]+")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d{2}$")
_SHAPE = re.compile(r"^\d{17}[\dX]$")
_OTHER_PAPER = re.compile(r"^[A-Z]{1,3}\d{7,10}[A-Z]?$")
_REMARK = re.compile(r"[(\[【〔].*?[)\]】〕]")
ID_INSIDE = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_MASKED = re.compile(r"\*|^\D*\d{3,14}X{2,}")
_TYPED_AS_NUMBER = re.compile(r"\.0+$")
_PERMIT = ("81", "82", "83", "9")
_WORDS = re.compile(r"[\u4e00-\u9fff]")


def read_identity(cell: Cell) -> Identity:
    """Judge one cell. A number of 16 or more digits typed as a number has lost its last digits."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell >= LOST_FROM:
        return Identity(IdState.LOST, f"{cell:.0f}")
    text = unicodedata.normalize("NFKC", plain(cell)[:LONGEST_READ]).upper().translate(_LOOKALIKES)
    if is_nothing(text) or text.strip("0 ") == "" or is_in_words(text):
        return Identity(IdState.MISSING)
    if _SCIENTIFIC.match(text.replace(" ", "").strip("'\"=")) or _MASKED.search(text):
        return Identity(IdState.LOST, text)
    was_number = bool(_TYPED_AS_NUMBER.search(text))
    number = _JUNK.sub("", _REMARK.sub("", _TYPED_AS_NUMBER.sub("", text)))
    if was_number and re.fullmatch(r"\d{16,}", number):
        return Identity(IdState.LOST, number)
    inside = set(ID_INSIDE.findall(number))
    return _judge(inside.pop() if len(inside) == 1 else number)


def is_in_words(text: str) -> bool:
    """Say whether only words stand where the number should: 已上报，号码后补."""
    return bool(_WORDS.search(text)) and not re.search(r"\d", text)


def _judge(number: str) -> Identity:
    if _OTHER_PAPER.match(number):
        return Identity(IdState.BY_HAND, number)
    if not _SHAPE.match(number):
        return Identity(IdState.BAD, number)
    birth = _birth(number)
    if ric.calc_check_digit(number) != number[-1] or birth is None:
        return Identity(IdState.LOST if number.endswith("000") else IdState.BAD, number)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(_region_state(number), number, birth, sex)


def _birth(number: str) -> date | None:
    try:
        birth = ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return None
    return birth if isinstance(birth, date) and birth.year < LARGEST_YEAR else None


@lru_cache(maxsize=4096)
def _is_region(prefix: str) -> bool:
    """Ask whether a banner ever had this code: a number keeps the code it was issued under."""
    return any("county" in properties for _, properties in numdb.get("cn/loc").info(prefix))


def _region_state(number: str) -> IdState:
    if number.startswith(_PERMIT):
        return IdState.BY_HAND
    return IdState.GOOD if _is_region(number[:6]) else IdState.UNKNOWN_REGION
