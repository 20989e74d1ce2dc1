"""A row below a statement's header, by what its columns are called."""

import re
from dataclasses import dataclass
from datetime import date

from gateways.spreadsheets import Cell, Row
from services.rosters.headers import Header
from services.rosters.values import plain
from services.statements.columns import STATEMENT
from services.statements.values import read_day

_CLOSING = re.compile(
    r"^(?:合\s*计|总\s*计|小\s*计|本页|承前页|过次页|累计|本期|期初|期末|上期|制表|复核|打印|以下空白|第\s*\d+\s*页|共\s*\d+)"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A row below the header, by what its columns are called."""

    row: Row
    header: Header

    def cell(self, name: str) -> Cell:
        """Return the field's cell, blank where the statement has no such column."""
        index = self.header.fields.get(name)
        return "" if index is None or index >= len(self.row.cells) else self.row.cells[index]

    def text(self, name: str) -> str:
        """Return the field's cell as text."""
        return plain(self.cell(name))

    @property
    def filled(self) -> list[str]:
        """All that the row shows."""
        return [text for cell in self.row.cells if (text := plain(cell))]

    @property
    def is_empty(self) -> bool:
        """A remark below the list: no sum and no day."""
        return not any(self.text(name) for name in STATEMENT.telling)

    @property
    def day(self) -> date | None:
        """The day, which some banks write into the column of the time."""
        return read_day(self.cell("day")) or read_day(self.cell("time"))

    @property
    def is_closing(self) -> bool:
        """A line of totals, or what is printed below the list."""
        return self.day is None and any(_CLOSING.match(text) for text in self.filled[:2])

    @property
    def repeats_header(self) -> bool:
        """The header again, as at the top of each printed page."""
        own = [
            (plain(c), label) for c, label in zip(self.row.cells, self.header.labels, strict=False)
        ]
        same = sum(1 for text, label in own if text and text == label)
        return same > 1 and same >= len([t for t, _ in own if t]) // 2
