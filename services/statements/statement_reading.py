"""A bank's statement is read, and each line's place found; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateways.spreadsheets import SpreadsheetRefused, read
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.rosters.headers import ColumnMissing, HeaderNotFound
from services.statements import Line, open_statement, statement_layouts, whose
from services.statements.columns import STATEMENT
from services.statements.layouts import likely_labels
from services.statements.statement_judging import Verdict, judge, known, told_anew
from vocabulary.enums import LineState
from vocabulary.errors import BadInput

# Titles, headers said again and totals that a statement may have beside its lines.
AROUND = 100


@dataclass(frozen=True, slots=True)
class Read:
    """A statement that was read: its lines, and of each where it belongs."""

    lines: tuple[Line, ...]
    verdicts: list[Verdict]
    notes: tuple[str, ...]

    def count(self, *states: LineState) -> int:
        """Count the lines of some states."""
        return sum(1 for verdict in self.verdicts if verdict.state in states)

    def as_json(self) -> dict[str, object]:
        """Return what `import bank --json` prints; never who paid."""
        return {
            "lines": len(self.lines),
            "matched": self.count(LineState.MATCHED, LineState.SPLIT),
            "suggested": self.count(LineState.SUGGESTED),
            "unmatched": self.count(LineState.UNMATCHED),
            "outgoing": sum(1 for line in self.lines if line.fen < 0),
            "rows": list(self._rows()),
        }

    def _rows(self) -> Iterator[dict[str, object]]:
        """Yield the contract's four words of each line, and no more."""
        for line in self.lines:
            reference = " ".join(line.references)
            told = {"row": line.row, "kind": line.kind.value, "fen": line.fen}
            yield {**told, "reference": reference}


class UnknownLayout(SpreadsheetRefused):
    """The header's words say nothing to us; `labels` are what stands there, if anything does."""

    code = "statement_layout"
    sentence = "{said}"

    def __init__(self, labels: tuple[str, ...], refusal: SpreadsheetRefused) -> None:
        super().__init__(said=refusal.message)
        self.labels = labels


def to_explain(session: Session, by: Viewer, name: str, data: bytes) -> tuple[tuple[str, str], ...]:
    """Return a file's header for a person to explain anew: each label, and what it was said to be.

    Raises a SpreadsheetRefused for a file without one.
    """
    require(by, Act.IMPORT_STATEMENT)
    labels = likely_labels(read(name, data))
    if not labels:
        raise HeaderNotFound(columns="、".join(STATEMENT.examples))
    return tuple(zip(labels, statement_layouts.said_before(session, labels), strict=True))


def judged(
    session: Session | None,
    by: Viewer,
    name: str,
    data: bytes,
    *,
    own: str = "",
    most: int | None = None,
) -> Read:
    """Read a statement of our `own` account and find whose money each line is; writes nothing.

    Raises a SpreadsheetRefused when the file, a line or its sums are wrong, or it is another account's;
    BadInput(too_long), before any line is read, for more than `most` of them.
    """
    require(by, Act.IMPORT_STATEMENT)
    sheet = read(name, data)
    if most is not None and len(sheet.rows) > most + AROUND:
        raise BadInput(field="file", reason="too_long")
    try:
        layouts = statement_layouts.known(session) if session else None
        statement = open_statement(sheet, layouts)
    except (HeaderNotFound, ColumnMissing) as refusal:
        raise UnknownLayout(likely_labels(sheet), refusal) from refusal
    whose.refuse_foreign(sheet, statement.lines, own)
    books = known(session, statement.lines)
    lines = told_anew(statement.lines, books)
    return Read(lines, judge(lines, books), statement.notes)
