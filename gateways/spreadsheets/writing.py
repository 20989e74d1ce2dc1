"""Write a spreadsheet that holds text only: no formula, no link, no name of a person."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gateways.spreadsheets.sheets import Cell

LONGEST_CELL = 32_767
WHOLE_NUMBER_BELOW = 1e15
FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 a constant for the file's properties, no moment
NARROW, WIDE = 14, 48


def write(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    wide: Sequence[int] = (),
    mark: str = "",
    code: str = "",
) -> bytes:
    """Return an .xlsx of one sheet. Columns whose index is in `wide` get room for a sentence.

    `mark` stands in a first row of its own, `code` in the properties and on every printed page.
    """
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        book.set_properties({"author": "", "comments": code, "created": FIXED_DAY})
        sheet = book.add_worksheet(name[:31])
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"num_format": "@", "bold": True, "text_wrap": True, "bottom": 1})
        sheet.set_column(0, max(len(header) - 1, 0), NARROW, text)
        for index in wide:
            sheet.set_column(index, index, WIDE, text)
        first = 1 if mark else 0
        if mark:
            sheet.write_string(0, 0, mark, book.add_format({"num_format": "@", "italic": True}))
        if code:
            sheet.set_footer(f"&L{code}")
        sheet.freeze_panes(first + 1, 0)
        put_row(sheet, first, header, bold)
        for number, cells in enumerate(rows, first + 1):
            put_row(sheet, number, cells, text)
    return target.getvalue()


def put_row(sheet: Worksheet, number: int, cells: Sequence[Cell], style: object) -> None:
    """Write one row of text cells."""
    for column, cell in enumerate(cells):
        shown = as_text(cell)
        if shown:
            sheet.write_string(number, column, shown[:LONGEST_CELL], style)


def as_text(cell: Cell) -> str:
    """Show a cell as whoever typed it saw it; digits Excel lost stay visibly lost (1.5e+17)."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float)):
        whole = abs(cell) < WHOLE_NUMBER_BELOW and float(cell).is_integer()
        return str(int(cell)) if whole else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M") if (cell.hour or cell.minute) else f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
