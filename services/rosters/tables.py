"""From a sheet to its data rows; footers, repeated headers, section titles are set aside."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateways.spreadsheets import Cell, Row, Sheet
from services.rosters.births import read_birth
from services.rosters.columns import SERIAL, Columns
from services.rosters.headers import Header, find_header, header_of
from services.rosters.rows import (
    Aside,
    DataRow,
    Skipped,
    as_above,
    continues,
    data_row,
    under_merges,
)
from services.rosters.values import is_nothing, plain

WIDE_MERGE = 3
SENTENCE = 24
LONGEST_READ = 120
SAME_SHARE = 0.6
FEWEST_LABELS = 3


@dataclass(frozen=True, slots=True)
class Table:
    """A list as its author meant it."""

    header: Header
    rows: tuple[DataRow, ...]
    skipped: tuple[Skipped, ...]


_FOOTER = re.compile(
    r"^[\s(（*※]*(?:填\s*表|填\s*报|制\s*表|编\s*制|审\s*核|审\s*批|复\s*核|核\s*对|负\s*责\s*人|经\s*办|主管|分管|单\s*位|盖\s*章|签\s*字"
    r"|注\s*[:：\d]|注$|备\s*注\s*[:：]|说\s*明\s*[:：]|附\s*[:：]|联\s*系\s*(?:人|电\s*话)\s*[:：]|日\s*期\s*[:：]|时\s*间\s*[:：]"
    r"|其\s*中\s*[:：]|班\s*主\s*任|校\s*长|领\s*导|联\s*系\s*(?:人|电\s*话)$|[^:：]{0,12}意\s*见\s*[:：]"
    r"|[^\d:：]{1,16}(?:小\s*计|合\s*计|总\s*计|共\s*计)\s*[:：]?\s*(?:\d+\s*[人名]?)?$"
    r"|报\s*送|上\s*报|合\s*计|总\s*计|小\s*计|本\s*页|本\s*表|以\s*上|此\s*表|共\s*(?:计)?\s*\d|总\s*(?:人)?\s*数|第\s*\d+\s*页|—\s*\d+\s*—|以下空白|空白以下)"
)
_SEAL = re.compile(r"[(（]?(?:盖\s*章|公\s*章|签\s*章)[)）]?\s*$")
_EXAMPLE = re.compile(r"^[\s(（]*(?:示\s*例|样\s*例|填写示例|范\s*例|例\s*[:：]|例如|例$|举例)")
_TO_FILL_IN = re.compile(r"^[*（(]?(?:必填|选填|非必填|按需填|请填|填写|如[:：\d]|例[:：])")
_NUMBERED = (["甲", "乙"], ["1", "2", "3", "4"], ["(1)", "(2)", "(3)"], ["A", "B", "C", "D"])
_ID_LIKE = re.compile(r"\d{14}")
_NUMERAL = r"[\d一二三四五六七八九十\u3007○零\s]"
_CLOSING_DAY = re.compile(rf"{_NUMERAL}{{4,8}}年{_NUMERAL}+月{_NUMERAL}+[日号]?")
_TITLE = re.compile(
    r"(?:花名册|名单|登记表|统计表|汇总表|信息表|报名表|一览表|台账|明细表)(?:[（(].*)?$"
)
_SECTION = re.compile(r"^[一二三四五六七八九十]+[、.\uff0e]|^[（(][一二三四五六七八九十]+[)）]")
_PLACE_ALONE = re.compile(r"^\S{2,}(?:苏木|街道|嘎查|镇|乡)(?:[（(].*)?$")
_NAME_LABEL = re.compile(r"姓\s*名|学校名称")
_SERIAL_TEXT = re.compile(r"^[\d.\s]*$")
_SERIAL_SHORT = re.compile(r"^\d{1,4}(?:\.0)?$")


def read_table(sheet: Sheet, columns: Columns) -> Table:
    """Find the header and sort the rows below it into records and others."""
    header = find_header(sheet, columns)
    wide = {m.top for m in sheet.merges if m.right - m.left >= WIDE_MERGE - 1}
    under = under_merges(sheet)
    rows: list[DataRow] = []
    skipped: list[Skipped] = []
    for row in sheet.rows:
        if row.number <= header.bottom:
            continue
        texts = [plain(cell)[:LONGEST_READ] for cell in row.cells]
        header = header_again(row, texts, sheet, columns) or header
        data = data_row(row, header)
        why = aside(texts, data, header, columns, is_wide=row.number in wide)
        if rows and continues(data, rows[-1], header, under):
            why = Aside.CONTINUED
        if why:
            text = " ".join(plain(c) for c in row.cells if plain(c))
            skipped.append(Skipped(row.number, why, text[:200]))
        else:
            rows.append(as_above(data, rows[-1], header) if rows else data)
    return Table(header, tuple(rows), tuple(skipped))


def header_again(row: Row, texts: Sequence[str], sheet: Sheet, columns: Columns) -> Header | None:
    """Return a further header in mid-sheet: the next list may have its columns in another order."""
    if not any(_NAME_LABEL.search(text) for text in texts):
        return None
    again = header_of([row], sheet.merges, columns)
    filled = sum(1 for text in texts if text)
    is_header = "name" in again.fields and len(again.fields) >= max(
        FEWEST_LABELS, SAME_SHARE * filled
    )
    return again if is_header else None


def aside(
    texts: list[str], data: DataRow, header: Header, columns: Columns, *, is_wide: bool
) -> Aside | None:
    """Say why a row is no record, or None for a record. A row with any telling cell is one."""
    filled = [text for text in texts if text]
    if not filled or repeats(texts, header) or is_numbering(filled):
        return Aside.HEADER
    telling = sum(1 for f in columns.telling if not is_nothing(plain(data.get(f))))
    if is_example(filled):
        return Aside.EXAMPLE
    if telling > 1:
        return Aside.FOOTER if is_closing(filled, data) else None
    return of_few(filled, data, header, is_alone=is_wide and len(filled) == 1)


def is_numbering(filled: list[str]) -> bool:
    """Say whether the columns are counted here, as below the header of many a form."""
    return any(filled[: len(start)] == start for start in _NUMBERED)


def is_example(filled: list[str]) -> bool:
    """Say whether the row shows how to fill in the others."""
    hints = sum(1 for text in filled if _TO_FILL_IN.match(text))
    return bool(_EXAMPLE.match(filled[0])) or hints > 1


def is_closing(filled: list[str], data: DataRow) -> bool:
    """Tell totals and signatures, which may reach over many columns, from a person."""
    is_person = _ID_LIKE.search(plain(data.get("id_number"))) or read_birth(data.get("birth"))
    return any(_FOOTER.match(text) for text in filled[:2]) and not is_person


def of_few(filled: list[str], data: DataRow, header: Header, *, is_alone: bool) -> Aside | None:
    """Judge a row in which hardly anything tells of a person or a school."""
    if any(_FOOTER.match(text) for text in filled[:2]) or is_signature(filled, data):
        return Aside.FOOTER
    if all(is_nothing(text) or _SERIAL_SHORT.match(text) for text in filled):
        return Aside.NUMBER_ONLY
    if len(filled) == 1 and is_section(filled[0], is_alone=is_alone):
        return Aside.SECTION
    name = plain(data.get("name"))
    if all(not is_filled(cell) for cell in data.cells.values()):
        return under_no_field(filled, data, header)
    if len(filled) == 1 and (len(filled[0]) > SENTENCE or (name and re.search(r"[:：。]", name))):
        return Aside.FOOTER
    return None


def is_signature(filled: list[str], data: DataRow) -> bool:
    """Tell a day or a seal alone, or counts of boys and girls, from a child with little told."""
    if len(filled) == 1 and (_SEAL.search(filled[0]) or _CLOSING_DAY.fullmatch(filled[0])):
        return True
    name = plain(data.get("name"))
    return name.isdigit() and not _ID_LIKE.search("".join(filled))


def is_section(text: str, *, is_alone: bool) -> bool:
    """Say whether the only text of a row is the title of those below it."""
    patterns = (_TITLE, _SECTION, _PLACE_ALONE)
    return is_alone or any(pattern.search(text) for pattern in patterns)


def is_filled(cell: Cell) -> bool:
    """Say whether a cell shows anything."""
    return bool(plain(cell))


def under_no_field(filled: list[str], data: DataRow, header: Header) -> Aside:
    """Tell a number printed for a row never used from a section's title or a closing remark."""
    serials = [
        plain(cell)
        for cell, f in zip(data.raw.values(), header.own_fields, strict=False)
        if f == SERIAL
    ]
    if all(_SERIAL_TEXT.match(text) for text in filled) or filled == [
        s for s in serials if s and s.isdigit()
    ]:
        return Aside.NUMBER_ONLY
    return Aside.SECTION if len(filled) == 1 else Aside.FOOTER


def repeats(texts: list[str], header: Header) -> bool:
    """Say whether a row is one of the header's own lines again, as at the top of each page."""
    for line in header.lines:
        own = [(text, label) for text, label in zip(texts, line, strict=False) if text]
        same = sum(1 for text, label in own if text == label)
        if same > 1 and same >= SAME_SHARE * len(own):
            return True
    return False
