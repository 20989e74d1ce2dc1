"""Which column is which in a bank's file whose header says it in words of its own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateways.spreadsheets import Row, Sheet
from services.rosters.headers import SEARCHED_ROWS, Header, header_of, normal
from services.rosters.values import plain
from services.statements.columns import REMARKS, STATEMENT
from services.statements.values import read_day

FEWEST_LABELS = 3
FIELDS = (
    "day", "time", "debit", "credit", "amount", "direction", "balance", "payer", "payer_account",
    *REMARKS, "number",
)  # fmt: skip

Columns = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Layouts:
    """The layouts that were learnt, by the digest of their header's labels."""

    by_digest: Mapping[str, Columns]

    def header(self, sheet: Sheet) -> Header | None:
        """Return the header that a person explained before; None when none of the rows is one."""
        for row in sheet.rows[:SEARCHED_ROWS]:
            fields = self.by_digest.get(digest_of(labels_of(row)))
            if fields is not None:
                return replace(header_of([row], sheet.merges, STATEMENT), fields=fields)
        return None


def digest_of(labels: Sequence[str]) -> str:
    """Return the name of a header: the same labels in the same order are the same bank's."""
    folded = json.dumps([normal(label) for label in labels], ensure_ascii=False)
    return hashlib.sha256(folded.encode()).hexdigest()[:40]


def labels_of(row: Row) -> tuple[str, ...]:
    """Return a row's cells as labels, without the empty ones at its end."""
    texts = [plain(cell)[:40] for cell in row.cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def likely_labels(sheet: Sheet) -> tuple[str, ...]:
    """Return what is most likely the header: the widest row of words above the first row of days."""
    found: tuple[str, ...] = ()
    for row in sheet.rows[:SEARCHED_ROWS]:
        if any(read_day(cell) for cell in row.cells):
            break
        labels = labels_of(row)
        if sum(map(bool, labels)) > sum(map(bool, found)):
            found = labels
    return found if sum(map(bool, found)) >= FEWEST_LABELS else ()


def is_enough(columns: Columns) -> bool:
    """Ask for a day, a column of sums that come or one of all sums, and where references stand."""
    has_sums = "credit" in columns or "amount" in columns
    return "day" in columns and has_sums and not columns.keys().isdisjoint(REMARKS)
