"""Which cells show year and month, or the year, alone: who types 2018-12 gets an unwritten 1st."""

import re
import struct
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from gateways.spreadsheets.archives import MOST_UNPACKED, column_index, inflate, sheet_parts
from gateways.spreadsheets.compounds import BOF, records, workbook_stream
from gateways.spreadsheets.sheets import Cell, FileBroken

Places = dict[tuple[int, int], str]  # how much of the day the cell shows
MONTH, YEAR = "%Y-%m", "%Y"
# Excel's own formats for year and month, the last five in Chinese ("2018年12月").
BUILT_IN = frozenset({17, 27, 36, 50, 52, 57})
DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 7_000, 73_000
FORMAT, STYLE, NUMBER, RK, MANY_RK = 0x041E, 0x00E0, 0x0203, 0x027E, 0x00BD
WORKSHEET = 0x0010

_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*")
_CODE = re.compile(r"\bformatCode=(?:\"([^\"]*)|'([^']*))")
_NUMBER = re.compile(r"\bnumFmtId=[\"'](\d{1,6})")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*?\bs=[\"'](\d+)[\"']")
_LITERAL = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.")


def shown_by(code: str) -> str | None:
    """Return what a number format shows where that is the year, or year and month, alone."""
    bare = _LITERAL.sub("", code.lower().split(";")[0])
    if "y" not in bare or re.search(r"[dhs]", bare):
        return None
    return MONTH if "m" in bare else YEAR


def in_archive(data: bytes) -> list[Places]:
    """Return the places per sheet of an .xlsx that check_archive found safe."""
    with ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
    by_name = {info.filename: info for info in infos}

    def text_of(name: str) -> bytes:
        found = by_name.get(name)
        return b"".join(inflate(data, found, room=MOST_UNPACKED)) if found else b""

    wanted = month_styles(text_of("xl/styles.xml").decode("utf-8", "replace"))
    parts = sheet_parts(data, infos) if wanted else []
    return [places(text_of(part), wanted) for part in parts]


def month_styles(text: str) -> dict[int, str]:
    """Return the numbers of the cell styles that show months or years, and which of the two."""
    formats = dict.fromkeys(BUILT_IN, MONTH)
    for tag in _FORMAT.findall(text):
        if shown := shown_by(code_of(tag)):
            formats[number_of(tag)] = shown
    block = _STYLES.search(text)
    tags = _STYLE.findall(block.group(0)) if block else []
    numbered = ((index, formats.get(number_of(tag))) for index, tag in enumerate(tags))
    return {index: shown for index, shown in numbered if shown}


def code_of(tag: str) -> str:
    """Return the format a tag declares."""
    found = _CODE.search(tag)
    return unescape(found.group(1) or found.group(2) or "") if found else ""


def number_of(tag: str) -> int:
    """Return the number of the format a tag names."""
    found = _NUMBER.search(tag)
    return int(found.group(1)) if found else 0


def places(text: bytes, wanted: dict[int, str]) -> Places:
    """Return where a sheet uses one of these styles."""
    return {
        (int(row), column_index(letters)): wanted[int(style)]
        for letters, row, style in _CELL.findall(text)
        if int(style) in wanted
    }


def in_compound(data: bytes) -> list[Places]:
    """Return the places per sheet of an .xls that check_compound found safe."""
    try:
        return places_in(workbook_stream(data))
    except (struct.error, IndexError) as error:
        raise FileBroken from error


def places_in(stream: bytes) -> list[Places]:
    """Return the places per sheet of a stream of records."""
    found: list[Places] = []
    formats, styles = dict.fromkeys(BUILT_IN, MONTH), list[int]()
    for kind, body in records(stream):
        if kind == BOF and struct.unpack_from("<H", body, 2)[0] == WORKSHEET:
            found.append({})
        elif kind == FORMAT and (shown := shown_by(format_text(body))):
            formats[struct.unpack_from("<H", body)[0]] = shown
        elif kind == STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif found and kind in {NUMBER, RK, MANY_RK}:
            at = {(row, column): style for row, column, style in numbers(kind, body)}
            known = {p: styles[s] for p, s in at.items() if s < len(styles)}
            found[-1] |= {p: formats[number] for p, number in known.items() if number in formats}
    return found


def format_text(body: bytes) -> str:
    """Return a number format's code."""
    is_wide = body[4] & 1
    return body[5:].decode("utf-16-le" if is_wide else "latin-1", "replace")


def numbers(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield row (from 1), column and style of the numbers in a record."""
    row, column, style = struct.unpack_from("<HHH", body)
    if kind != MANY_RK:
        yield row + 1, column, style
        return
    for at in range(4, len(body) - 6, 6):
        yield row + 1, column + (at - 4) // 6, struct.unpack_from("<H", body, at)[0]


def as_shown(cell: Cell, shown: str) -> Cell:
    """Return a date or a day's number as far as it is shown; anything else as it is."""
    if isinstance(cell, (date, datetime)):
        return cell.strftime(shown)
    if isinstance(cell, (int, float)) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        return (DAY_ZERO + timedelta(days=int(cell))).strftime(shown)
    return cell
