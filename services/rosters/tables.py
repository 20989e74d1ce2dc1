"""From a sheet to its data rows; footers, repeated headers, section titles are set aside."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateways.spreadsheets import Cell, Row, Sheet
from services.rosters.births import read_birth
from services.rosters.columns import SERIAL, Columns
from services.rosters.headers import Header, find_header, header_of
from services.rosters.values import is_nothing, plain

WIDE_MERGE = 3
SENTENCE = 24
LONGEST_READ = 120
SAME_SHARE = 0.6
FEWEST_LABELS = 3


class Aside(StrEnum):
    """Why a row below the header is no record."""

    FOOTER = "footer"
    HEADER = "header"
    SECTION = "section"
    NUMBER_ONLY = "number_only"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that holds something but no record, so that a preview can show it."""

    row: int
    why: Aside
    text: str


@dataclass(frozen=True, slots=True)
class DataRow:
    """One record's cells: by field for reading, by label as they stood."""

    number: int
    cells: Mapping[str, Cell]
    raw: Mapping[str, Cell]

    def get(self, field: str) -> Cell:
        """Return the field's cell, blank where the list has no such column."""
        return self.cells.get(field, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A list as its author meant it."""

    header: Header
    rows: tuple[DataRow, ...]
    skipped: tuple[Skipped, ...]


_FOOTER = re.compile(
    r"^[\s(（*※]*(?:填\s*表|填\s*报|制\s*表|编\s*制|审\s*核|审\s*批|复\s*核|核\s*对|负\s*责\s*人|经\s*办|主管|分管|单\s*位|盖\s*章|签\s*字"
    r"|注\s*[:：\d]|注$|备\s*注\s*[:：]|说\s*明\s*[:：]|附\s*[:：]|联\s*系\s*(?:人|电\s*话)\s*[:：]|日\s*期\s*[:：]|时\s*间\s*[:：]"
    r"|报\s*送|上\s*报|合\s*计|总\s*计|小\s*计|本\s*页|本\s*表|以\s*上|此\s*表|共\s*(?:计)?\s*\d|总\s*(?:人)?\s*数|第\s*\d+\s*页|—\s*\d+\s*—|以下空白|空白以下)"
)
_EXAMPLE = re.compile(r"^[\s(（]*(?:示\s*例|样\s*例|填写示例|范\s*例|例\s*[:：]|例如|例$|举例)")
_TO_FILL_IN = re.compile(r"^[*（(]?(?:必填|选填|非必填|按需填|请填|填写|如[:：\d]|例[:：])")
_NUMBERED = (["甲", "乙"], ["1", "2", "3", "4"], ["(1)", "(2)", "(3)"], ["A", "B", "C", "D"])
_ID_LIKE = re.compile(r"\d{14}")
_TITLE = re.compile(
    r"(?:花名册|名单|登记表|统计表|汇总表|信息表|报名表|一览表|台账|明细表)(?:[（(].*)?$"
)
_SECTION = re.compile(r"^[一二三四五六七八九十]+[、.\uff0e]|^[（(][一二三四五六七八九十]+[)）]")
_PLACE_ALONE = re.compile(r"^\S{2,}(?:苏木|街道|嘎查|镇|乡)(?:[（(].*)?$")
_NAME_LABEL = re.compile(r"姓\s*名|学校名称")
_SERIAL_TEXT = re.compile(r"^[\d.\s]*$")


def read_table(sheet: Sheet, columns: Columns) -> Table:
    """Find the header and sort the rows below it into records and others."""
    header = find_header(sheet, columns)
    wide = {m.top for m in sheet.merges if m.right - m.left >= WIDE_MERGE - 1}
    rows: list[DataRow] = []
    skipped: list[Skipped] = []
    for row in sheet.rows:
        if row.number <= header.bottom:
            continue
        texts = [plain(cell)[:LONGEST_READ] for cell in row.cells]
        header = header_again(row, texts, sheet, columns) or header
        data = data_row(row, header)
        why = aside(texts, data, header, columns, is_wide=row.number in wide)
        if why:
            text = " ".join(plain(c) for c in row.cells if plain(c))
            skipped.append(Skipped(row.number, why, text[:200]))
        else:
            rows.append(data)
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


def data_row(row: Row, header: Header) -> DataRow:
    """Put the cells under their fields and under their labels."""
    width = len(row.cells)
    cells = {f: row.cells[i] for f, i in header.fields.items() if i < width}
    raw: dict[str, Cell] = {
        label: row.cells[i] if i < width else "" for i, label in enumerate(header.labels)
    }
    for index in range(len(header.labels), width):
        if plain(row.cells[index]):
            raw[f"第{index + 1}列"] = row.cells[index]
    return DataRow(row.number, {**cells, **from_spares(cells, row, header)}, raw)


def from_spares(cells: Mapping[str, Cell], row: Row, header: Header) -> dict[str, Cell]:
    """Read a mother's columns where the father's are blank, a second telephone for a blank first.

    A guardian who is named keeps a blank telephone: another's is not his.
    """
    if "guardian" in header.spares and not is_nothing(plain(cells.get("guardian", ""))):
        return {}
    found: dict[str, Cell] = {}
    for field, columns in header.spares.items():
        told = [row.cells[i] for i in columns if i < len(row.cells)]
        if is_nothing(plain(cells.get(field, ""))):
            found[field] = next((cell for cell in told if not is_nothing(plain(cell))), "")
    return found


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
    if any(_FOOTER.match(text) for text in filled[:2]):
        return Aside.FOOTER
    if len(filled) == 1 and is_section(filled[0], is_alone=is_alone):
        return Aside.SECTION
    name = plain(data.get("name"))
    if all(not is_filled(cell) for cell in data.cells.values()):
        return under_no_field(filled, data, header)
    if len(filled) == 1 and (len(filled[0]) > SENTENCE or (name and re.search(r"[:：。]", name))):
        return Aside.FOOTER
    return None


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
