"""Reads an uploaded list and judges every row, with what the database knows already. Writes nothing."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.spreadsheets import Sheet, read
from models.children import Child
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import newcomers, organisations, placing, volunteers
from services.rosters import Report, judge_children, judge_schools, judge_volunteers
from services.rosters.reports import Progress
from vocabulary.enums import ImportKind


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged list and the division of each of its rows."""

    report: Report[Any]
    codes: list[str]


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """Answers `in` for resident's numbers that the database has, without opening any."""

    indexes: Container[str]
    index_of: Callable[[str], str]

    def __contains__(self, number: object) -> bool:
        """Say whether a record has this number."""
        return isinstance(number, str) and self.index_of(number) in self.indexes


def judge(
    session: Session | None,
    by: Viewer,
    kind: ImportKind,
    name: str,
    data: bytes,
    *,
    progress: Progress | None = None,
) -> Judged:
    """Judge a file; without a session (no database yet) nothing is known beforehand.

    Raises a SpreadsheetRefused when the file as a whole cannot be read.
    """
    require(by, Act.IMPORT_ROSTER)
    report = _judge(session, by, kind, read(name, data), progress)
    return Judged(*placing.place(session, by, report))


def _judge(
    session: Session | None, by: Viewer, kind: ImportKind, sheet: Sheet, progress: Progress | None
) -> Report[Any]:
    schools = organisations.names_known(session, by) if session else set[str]()
    match kind:
        case ImportKind.CHILDREN:
            numbers = _numbers(session, Child.id_index, newcomers.id_index)
            return judge_children(
                sheet, known_schools=schools, known_ids=numbers, progress=progress
            )
        case ImportKind.VOLUNTEERS:
            numbers = _numbers(session, Volunteer.id_index, volunteers.id_index)
            return judge_volunteers(sheet, known_ids=numbers, progress=progress)
        case ImportKind.SCHOOLS:
            return judge_schools(sheet, known_schools=schools, progress=progress)


def _numbers(
    session: Session | None, column: Any, index_of: Callable[[str], str]
) -> Container[str]:
    if session is None:
        return ()
    found = set(session.scalars(select(column).where(column.is_not(None))))
    return KnownNumbers(found, index_of)
