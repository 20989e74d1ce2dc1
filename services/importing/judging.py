"""Reads a list and judges every row, with what the database knows already. Writes nothing."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.spreadsheets import Sheet, read
from models.children import Child
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import organisations
from services.children import newcomers
from services.importing import placing
from services.importing.placing import Placed
from services.pairing import volunteers
from services.rosters import (
    Opened,
    Report,
    RosterRow,
    open_children,
    open_schools,
    open_volunteers,
)
from services.rosters.reports import Progress, watched
from vocabulary.enums import ImportKind


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged list, or the next part of one, and the division of each of its rows."""

    report: Report[Any]
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A list that could be opened, with what the database knew then. It asks nothing further."""

    opened: Opened[Any]
    place: Callable[[RosterRow[Any]], Placed]

    @property
    def total(self) -> int:
        """How many rows there are to judge."""
        return self.opened.total

    @property
    def heading(self) -> Report[Any]:
        """What the file says besides its rows."""
        return self.opened.about()

    def whole(self, progress: Progress | None = None) -> Judged:
        """Judge all of it."""
        return self._judged(watched(self._placed(), self.total, progress))

    def parts(self, size: int) -> Iterator[Judged]:
        """Judge so many rows whenever asked for the next part; each row once."""
        rows = self._placed()
        while part := list(islice(rows, size)):
            yield self._judged(part)

    def _placed(self) -> Iterator[Placed]:
        return map(self.place, self.opened.judged())

    def _judged(self, placed: Iterable[Placed]) -> Judged:
        pairs = list(placed)
        return Judged(self.opened.about(row for row, _ in pairs), [code for _, code in pairs])


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """Answers `in` for resident's numbers that the database has, without opening any."""

    indexes: Container[str]
    index_of: Callable[[str], str]

    def __contains__(self, number: object) -> bool:
        """Say whether a record has this number."""
        return isinstance(number, str) and self.index_of(number) in self.indexes


def start(session: Session | None, by: Viewer, kind: ImportKind, name: str, data: bytes) -> Reading:
    """Open a file; without a session (no database yet) nothing is known beforehand.

    Raises a SpreadsheetRefused when the file as a whole cannot be read.
    """
    require(by, Act.IMPORT_ROSTER)
    opened = _opened(session, by, kind, read(name, data))
    return Reading(opened, placing.placer(session, by))


def _opened(session: Session | None, by: Viewer, kind: ImportKind, sheet: Sheet) -> Opened[Any]:
    schools = organisations.names_known(session, by) if session else set[str]()
    match kind:
        case ImportKind.CHILDREN:
            numbers = _numbers(session, Child.id_index, newcomers.id_index)
            return open_children(sheet, known_schools=schools, known_ids=numbers)
        case ImportKind.VOLUNTEERS:
            numbers = _numbers(session, Volunteer.id_index, volunteers.id_index)
            return open_volunteers(sheet, known_ids=numbers)
        case ImportKind.SCHOOLS:
            return open_schools(sheet, known_schools=schools)


def _numbers(
    session: Session | None, column: Any, index_of: Callable[[str], str]
) -> Container[str]:
    if session is None:
        return ()
    found = set(session.scalars(select(column).where(column.is_not(None))))
    return KnownNumbers(found, index_of)
