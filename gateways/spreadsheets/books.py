"""Read .xlsx and .xls with calamine, after archives.py or compounds.py found them safe."""

from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gateways.spreadsheets.months import Places, as_shown
from gateways.spreadsheets.sheets import (
    MOST_TEXT,
    Cell,
    FileBroken,
    FileEncrypted,
    FileTooWide,
    Merge,
    Row,
    is_blank,
)

Formulas = dict[tuple[int, int], str]
Grid = dict[int, list[Cell]]

MOST_MERGES = 20_000
TALLEST_MERGE = 500


class Page:
    """One worksheet of the file, read when asked."""

    def __init__(
        self, book: CalamineWorkbook, index: int, formulas: Formulas, months: Places
    ) -> None:
        meta = book.sheets_metadata[index]
        self.name = meta.name
        self.is_visible = meta.visible == SheetVisibleEnum.Visible
        self.merges: tuple[Merge, ...] = ()
        self.rows = self._read(book, index, formulas, months) if is_worksheet(book, index) else ()

    def _read(
        self, book: CalamineWorkbook, index: int, formulas: Formulas, months: Places
    ) -> tuple[Row, ...]:
        sheet = book.get_sheet_by_index(index)
        grid = grid_of(sheet)
        for (row, column), text in formulas.items():
            put(grid, row, column, text)
        for (row, column), shown in months.items():
            if row in grid and column < len(grid[row]):
                grid[row][column] = as_shown(grid[row][column], shown)
        self.merges = merges_of(sheet)
        fill_down(grid, self.merges)
        rows = (Row(number, tuple(grid[number])) for number in sorted(grid))
        return tuple(row for row in rows if not all(map(is_blank, row.cells)))


def is_worksheet(book: CalamineWorkbook, index: int) -> bool:
    """Leave charts and macro sheets aside."""
    return book.sheets_metadata[index].typ == SheetTypeEnum.WorkSheet


def pages_of(data: bytes, formulas: list[Formulas], months: list[Places]) -> list[Page]:
    """Read every worksheet; damage and passwords become refusals."""
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            per_page = [*formulas, *({} for _ in book.sheet_names)]
            shown = [*months, *(Places() for _ in book.sheet_names)]
            return [Page(book, i, per_page[i], shown[i]) for i in range(len(book.sheet_names))]
    except PasswordError as error:
        raise FileEncrypted from error
    except (CalamineError, ValueError, OSError) as error:
        raise FileBroken from error


def grid_of(sheet: CalamineSheet) -> Grid:
    """Lay out cells by the sheet's own row numbers, keeping one copy of equal texts."""
    if sheet.start is None:
        return {}
    texts: dict[str, str] = {}
    grid: Grid = {}
    length = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        grid[number] = [texts.setdefault(c, c) if isinstance(c, str) else c for c in cells]
        length += sum(len(c) for c in cells if isinstance(c, str))
        if length > MOST_TEXT:
            raise FileTooWide
    return grid


def merges_of(sheet: CalamineSheet) -> tuple[Merge, ...]:
    """Return the merged ranges, counted like the rows."""
    ranges = sheet.merged_cell_ranges or []
    return tuple(
        Merge(top + 1, bottom + 1, left, right)
        for (top, left), (bottom, right) in ranges[:MOST_MERGES]
    )


def fill_down(grid: Grid, merges: tuple[Merge, ...]) -> None:
    """Let a cell merged over several rows speak for each (one school, one guardian)."""
    for merge in merges:
        above = grid.get(merge.top, [])
        if merge.bottom == merge.top or len(above) <= merge.left or is_blank(above[merge.left]):
            continue
        for number in range(merge.top + 1, min(merge.bottom, merge.top + TALLEST_MERGE) + 1):
            if any(isinstance(cell, str) and not is_counted(cell) for cell in grid.get(number, ())):
                put(grid, number, merge.left, above[merge.left])


def is_counted(cell: str) -> bool:
    """Say whether a text is blank or a number printed beforehand for a row that stayed unused."""
    return not cell.strip(" .") or cell.strip(" .").isdigit()


def put(grid: Grid, row: int, column: int, value: Cell) -> None:
    """Set a cell that is blank so far."""
    cells = grid.setdefault(row, [])
    cells += [""] * (column + 1 - len(cells))
    if is_blank(cells[column]):
        cells[column] = value
