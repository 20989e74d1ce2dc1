"""Read text tables: which encoding, which separator, and where either fails."""

import csv
import io
import re
from collections.abc import Iterator

from gateways.spreadsheets.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    FileBroken,
    FileTooManyRows,
    FileTooWide,
    FileWrongType,
    QuoteUnclosed,
    Row,
    TextUndecodable,
)

SEPARATORS = (",", "\t", ";", "|", "，")
SAMPLE = 65_536
MOST_BREAKS_IN_CELL = 30
TELLING_BYTES = 9
LINE_MARKS = dict.fromkeys(map(ord, "\t\r\n\u3000\u00a0\u200b"))
NON_ASCII = re.compile(rb"[\x80-\xff]")
DECLARED = re.compile(r'\A"?sep=(.)"?\r?\n', re.IGNORECASE)


def read_delimited(data: bytes) -> Iterator[Row]:
    """Yield the rows that hold anything, numbered as a spreadsheet program would."""
    text = decode(data)
    try:
        yield from rows_of(text, separator_of(text))
    except csv.Error as error:
        raise FileBroken from error


def rows_of(text: str, separator: str) -> Iterator[Row]:
    """Cut the text into rows within the limits."""
    csv.field_size_limit(1 << 20)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number, cells in enumerate(lines, 1):
        check_line(number, cells)
        if any(cell.strip() for cell in cells) and not DECLARED.match(f"{cells[0]}\n"):
            row: tuple[Cell, ...] = tuple(cells)
            yield Row(number, row)


def check_line(number: int, cells: list[str]) -> None:
    """Refuse too many rows or columns, and a quotation mark left open."""
    if number > MOST_ROWS:
        raise FileTooManyRows(limit=f"{MOST_ROWS:,}")
    if any(cell.count("\n") > MOST_BREAKS_IN_CELL for cell in cells):
        raise QuoteUnclosed(row=number)
    if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
        raise FileTooWide


def decode(data: bytes) -> str:
    """Decode as UTF-16 with BOM, UTF-8 or GB18030; a mix of the last two is refused by row."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(data, "utf-16")
    if b"\x00" in data:
        return unmarked(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = error
    utf8, other = lines_by_encoding(data)
    if utf8 and len(utf8) >= len(other):
        raise TextUndecodable(row=row_at(data, broken.start, "utf-8"))
    if utf8:
        raise TextUndecodable(row=row_at(data, utf8[0], "gb18030"))
    return decoded(data, "gb18030")


def unmarked(data: bytes) -> str:
    """Decode UTF-16 that lost its mark: commas and line ends tell which byte comes first."""
    order = "le" if data[1::2].count(0) > data[::2].count(0) else "be"
    text = data.decode(f"utf-16-{order}", "replace")
    shown = text[:SAMPLE].translate(LINE_MARKS)
    if len(data) % 2 or not shown.isprintable() or "\ufffd" in text:
        raise FileWrongType(found="二进制文件")
    return text


def decoded(data: bytes, encoding: str) -> str:
    """Decode, or refuse naming the row."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextUndecodable(row=row_at(data, error.start, encoding)) from error


def lines_by_encoding(data: bytes) -> tuple[list[int], list[int]]:
    """Return where lines begin that are surely UTF-8, and those that surely are not."""
    utf8: list[int] = []
    other: list[int] = []
    start = 0
    for line in data.split(b"\n"):
        telling = len(NON_ASCII.findall(line))
        if telling and not is_utf8(line):
            other.append(start)
        elif telling >= TELLING_BYTES:
            utf8.append(start)
        start += len(line) + 1
    return utf8, other


def is_utf8(line: bytes) -> bool:
    """Say whether these bytes could be UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def row_at(data: bytes, position: int, encoding: str) -> int:
    """Count rows, not lines: a quoted cell may hold line breaks."""
    before = data[:position].decode(encoding, "ignore") + "x"
    separator = separator_of(before)
    try:
        return max(
            1, sum(1 for _ in csv.reader(io.StringIO(before, newline=""), delimiter=separator))
        )
    except csv.Error:
        return before.count("\n") + 1


def separator_of(text: str) -> str:
    """Choose what cuts the first rows into the most cells; the comma wins a tie."""
    declared = DECLARED.match(text)
    if declared:
        return declared.group(1)
    sample = text[:SAMPLE]
    return max(SEPARATORS, key=lambda separator: cells_in(sample, separator))


def cells_in(sample: str, separator: str) -> int:
    """Count the cells this separator makes of the sample."""
    try:
        return sum(
            len(row) - 1 for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        )
    except csv.Error:
        return 0
