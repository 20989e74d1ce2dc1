"""The spreadsheet that goes back: rows not taken, as they came, each with its reason."""

from collections.abc import Container

from gateways.spreadsheets import Cell, write
from services.rosters.columns import REASON_LABEL, ROW_LABEL
from services.rosters.reports import Outcome, Record, Report, RosterRow

REFUSED_ONLY = frozenset({Outcome.REFUSED})
OURS = frozenset({REASON_LABEL, ROW_LABEL})


def returned_rows(report: Report[Record], *, outcomes: Container[Outcome] = REFUSED_ONLY) -> bytes:
    """Return an .xlsx to correct and upload again; its first two columns are ignored then."""
    rows = [row for row in report.rows if row.outcome in outcomes]
    labels = [label for label in labels_of(report, rows) if label not in OURS]
    cells = ([row.message, str(row.row), *cells_of(row, labels)] for row in rows)
    return write("需要更正", [REASON_LABEL, ROW_LABEL, *labels], cells, wide=[0])


def labels_of(report: Report[Record], rows: list[RosterRow[Record]]) -> list[str]:
    """Return the header's labels, then those of cells that stood beyond the header."""
    beyond = (label for row in rows for label in row.raw)
    return list(dict.fromkeys([*report.labels, *beyond]))


def cells_of(row: RosterRow[Record], labels: list[str]) -> list[Cell]:
    """Return the original cells in the order of the labels."""
    return [row.raw.get(label, "") for label in labels]
