"""One row of a list: its cells by field and by label, and what it owes to the row above."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateways.spreadsheets import Cell, Row, Sheet
from gateways.spreadsheets.books import TALLEST_MERGE
from services.rosters.headers import Header
from services.rosters.values import is_nothing, plain

_DITTO = re.compile(r"同\s*上|[〃″〞\"“”]+|'{2}|,,")
_NOT_DITTO = frozenset({"name", "id_number", "consent", "checked", "trained", "account_number"})


class Aside(StrEnum):
    """Why a row below the header is no record."""

    FOOTER = "footer"
    HEADER = "header"
    SECTION = "section"
    NUMBER_ONLY = "number_only"
    EXAMPLE = "example"
    CONTINUED = "continued"


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


def under_merges(sheet: Sheet) -> set[tuple[int, int]]:
    """Return row and column of each cell that lies under the first of a merged range."""
    return {
        (number, merge.left)
        for merge in sheet.merges
        for number in range(merge.top + 1, min(merge.bottom, merge.top + TALLEST_MERGE) + 1)
    }


def continues(data: DataRow, above: DataRow, header: Header, under: set[tuple[int, int]]) -> bool:
    """Say whether a row is the second line of one person: one name merged over both."""
    is_merged = (data.number, header.fields.get("name", -1)) in under
    return is_merged and all(
        plain(data.get(field)) in {"", plain(above.get(field))} for field in ("id_number", "birth")
    )


def as_above(data: DataRow, above: DataRow, header: Header) -> DataRow:
    """Write out what 同上 or 〃 refers to: alone, the row would no longer say it."""
    told = {
        field: above.cells[field]
        for field, cell in data.cells.items()
        if field in above.cells and field not in _NOT_DITTO and _DITTO.fullmatch(plain(cell))
    }
    if not told:
        return data
    raw = {header.labels[header.fields[f]]: cell for f, cell in told.items() if f in header.fields}
    return DataRow(data.number, {**data.cells, **told}, {**data.raw, **raw})


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
