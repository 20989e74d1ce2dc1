"""Turn cells into plain values: texts, names, sexes, phones, consents, grades, lists."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta

from gateways.spreadsheets import Cell, as_text
from services.rosters.choices import day_of_signing, in_words, ticked, without_date
from vocabulary.enums import Sex

LONGEST_READ = 1_000
NOTHING = frozenset(
    {
        "",
        "无",
        "没有",
        "暂无",
        "空",
        "空白",
        "/",
        "\\",
        "—",
        "——",
        "-",
        "--",
        "---",
        "_",
        "―",
        "–",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "不详",
        "未知",
        "不知道",
        "不清楚",
        "待补",
        "待定",
        "未填",
        "?",
        "？",
    }
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u200e\u200f\u202a\u202c\u00ad"))
_ODD = re.compile("[\u200b\u2060\ufeff\u200e\u200f\u202a\u202c\u00ad\u00a0\u3000]")
_LONGEST_NOTHING = 20
_DOTS = re.compile(
    r"(?<=[^\x00-\x7f\s])\s*[•‧∙●・\uff0e･\u2024᛫]\s*(?=[^\x00-\x7f\s])|(?<=[\u4e00-\u9fff])\s*[·.]\s*(?=[\u4e00-\u9fff])"
)
_BETWEEN_HAN = re.compile(
    r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])"
)
_MOBILE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[-\s]*|0(?=1[3-9]))?(1[-\s]?[3-9][-\s]?\d(?:[-\s.—–_·]?\d){8})(?!\d)"
)
_SCIENTIFIC = re.compile(r"(1)\.(\d{10})e\+?10", re.IGNORECASE)
_LANDLINE = re.compile(r"(?<!\d)(010|02\d|0[3-9]\d{2})[-—–\s)）]*(\d{3,4})[-—–\s]?(\d{4})(?!\d)")
_ABROAD = re.compile(r"(?:\+|00)86[-\s]*0?(?=(?:10|2\d|[3-9]\d{2})[-\s]?\d{7,8}(?!\d))")
_TWO_IN_ONE = re.compile(r"(?<!\d)(1[3-9]\d{9})(1[3-9]\d{9})(?!\d)")
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)$", re.IGNORECASE)
_NAMELESS = re.compile(r"[\d.\s]+|(?:无|没有?|未|尚未|暂未)(?:姓名|名字?|[起取命]名)")
_SEPARATORS = re.compile(r"[、，,;；/／\s]+")
_IN_BRACKETS = re.compile(r"[、，,;；/／\s]+(?=[^（(]*[)）])")
_SPACES = re.compile(r"[ \t\r\n]+")
_BESIDE_SEX = re.compile(r"[性孩童生子\s]|[(].*?[)]|\.0+$")
_NO_LETTER = re.compile(r"[\d\W_]")
_DECIMALS = re.compile(r"\.0+$")
_AROUND_PHONES = " \t\r\n()（）/、,;；:：'-."
_PLAINLY_NO = re.compile(r"[×✗✘✕✖❌x否]|no?|f|false|0", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phone:
    """The first number of a cell, and whatever else stood there."""

    number: str | None
    others: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the cell says that the paper is signed, when, and whether it could be read."""

    is_given: bool
    on: date | None = None
    is_clear: bool = True


def plain(cell: Cell) -> str:
    """Return the cell's text without what the eye cannot see; whole numbers without '.0'."""
    text = cell if isinstance(cell, str) else as_text(cell)
    if not text.isascii() and _ODD.search(text):
        text = text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u3000", " ")
    return text.strip()


def folded(cell: Cell) -> str:
    """Return the text with full-width forms made narrow: for reading, never for keeping names."""
    text = plain(cell)[:LONGEST_READ]
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def is_nothing(text: str) -> bool:
    """Say whether a text only says that there is nothing: 无, —, 空, N/A."""
    if len(text) > _LONGEST_NOTHING:
        return False
    return text.strip(" 。.（）()").lower() in NOTHING or bool(_ERROR.match(text))


def read_name(cell: Cell) -> str:
    """Keep rare characters, emoji and Mongolian script; mend spaces and the middle dot."""
    text = plain(cell).removeprefix("'")
    if is_nothing(text) or _NAMELESS.fullmatch(text):
        return ""
    text = _DOTS.sub("·", text)
    return _SPACES.sub(" ", _BETWEEN_HAN.sub("", text)).strip()


_BESIDE_NAME = re.compile(r"\s*[(（\[【〔]([^()（）\[\]【】〔〕]*)[)）\]】〕]\s*$")


def split_name(cell: Cell) -> tuple[str, str]:
    """Separate a name from what stands in brackets behind it: 王小明（低保）, 塔娜（奶奶）."""
    text = plain(cell)
    found = _BESIDE_NAME.search(text)
    name = read_name(text[: found.start()]) if found else ""
    return (name, read_text(found.group(1))) if found and name else (read_name(text), "")


def read_text(cell: Cell) -> str:
    """Return what is written, or nothing where it says 无."""
    text = plain(cell)
    return "" if is_nothing(text) else text


def read_sex(cell: Cell) -> Sex | None:
    """Read 男/女, M/F, 1/2, with or without 性, 孩, 童 or 生; the standard's 0 is 未知."""
    text = _BESIDE_SEX.sub("", folded(cell)).lower()
    if text in {"男", "m", "male", "1", "♂", "boy"}:
        return Sex.MALE
    if text in {"女", "f", "female", "2", "♀", "girl"}:
        return Sex.FEMALE
    return {"男": Sex.MALE, "女": Sex.FEMALE}.get(_NO_LETTER.sub("", text))


def read_phone(cell: Cell) -> Phone:
    """Take the first whole number; keep further ones and the words beside them."""
    text = _SCIENTIFIC.sub(r"\1\2", _DECIMALS.sub("", folded(cell)))
    if not text:
        return Phone(None)
    text = _ABROAD.sub("0", _TWO_IN_ONE.sub(r"\1 \2", text))
    numbers = [re.sub(r"\D", "", n) for n in _MOBILE.findall(text)]
    rest = _MOBILE.sub(" ", text)
    numbers += [f"{area}-{head}{tail}" for area, head, tail in _LANDLINE.findall(rest)]
    remark = _LANDLINE.sub(" ", rest).strip(_AROUND_PHONES)
    first = numbers[0] if numbers else None
    return Phone(first, tuple(dict.fromkeys(n for n in numbers if n != first)), remark)


def read_consent(cell: Cell) -> Consent:
    """Read '有（2026.9.1）', 已签, √ or a date as given; anything in doubt as not given."""
    if isinstance(cell, (time, timedelta)) or len(plain(cell)) > LONGEST_READ:
        return Consent(is_given=False, is_clear=False)
    if isinstance(cell, date):
        on = day_of_signing(cell)
        return Consent(is_given=on is not None, on=on, is_clear=on is not None)
    text = folded(cell)
    if is_nothing(text) or _PLAINLY_NO.fullmatch(text):
        return Consent(is_given=False)
    told = without_date(text)
    try:
        chosen = ticked(told.words)
    except ValueError:
        chosen = in_words(told)
    if chosen and told.is_dated and told.on is None:
        # Of which year the paper is, nobody knows: it waits for a look, like any doubt.
        return Consent(is_given=False, is_clear=False)
    return Consent(bool(chosen), on=told.on if chosen else None, is_clear=chosen is not None)


def read_list(cell: Cell) -> tuple[str, ...]:
    """Split '蒙古语、汉语' at 、，；/ and spaces, never inside brackets."""
    text = _IN_BRACKETS.sub("·", plain(cell)[:LONGEST_READ])
    return tuple(dict.fromkeys(t for t in _SEPARATORS.split(text) if not is_nothing(t)))


_ETHNIC = re.compile(r"^[\u4e00-\u9fff]{1,5}$")


def read_ethnicity(cell: Cell) -> str:
    """Complete 汉 or 蒙 to 汉族 and 蒙古族."""
    text = read_text(cell).replace(" ", "")
    if text in {"蒙", "蒙族", "蒙古"}:
        return "蒙古族"
    return f"{text}族" if _ETHNIC.match(text) and not text.endswith(("族", "人", "他")) else text
