"""The file as it stood, for whom a report names: the gate asks here what he reads (models/stood.py).

Elsewhere what a change replaces is kept here first, while a report about the child names anybody.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import replacement_traverse

from models.base import Base
from models.children import Child, Consent, Kin
from models.harm import HarmAccused, HarmReport
from models.somebody import Kind, stand_in
from models.stipends import Batch
from models.stood import (
    ALIKE,
    READERS,
    ConsentEnd,
    PlaceBefore,
    WorkBefore,
    beside_instalments,
    instead,
    moved_since,
    worked_since,
)
from privacy.viewers import Viewer
from services import workplaces
from vocabulary.dates import today

_NAMES = {"class_name": "in_class"}


@lru_cache(maxsize=256)
def _instead(kind: Kind) -> Mapping[Any, Any]:
    return {str(column): read for column, read in instead(stand_in(kind))}


@lru_cache(maxsize=256)
def _joined(kind: Kind) -> Mapping[Any, Any]:
    lists = {str(column): read for column, read in beside_instalments(stand_in(kind))}
    return {**_instead(kind), **lists}


def seen_as(kind: Kind, clause: Any) -> Any:
    """Return a column, condition or order with what a viewer of a kind reads in its columns' places."""
    return _read(_instead(kind), clause)


def joined_as(kind: Kind, table: type[Base], on: Any) -> Any:
    """Do so with the condition by which a table is joined."""
    return _read(_joined(kind) if table is Batch else _instead(kind), on)


def _read(swapped: Mapping[Any, Any], clause: Any) -> Any:
    if not swapped:
        return clause
    plain = clause.__clause_element__() if hasattr(clause, "__clause_element__") else clause
    if not _mentions(plain, swapped):
        return clause
    return replacement_traverse(plain, {}, partial(_swap, swapped))


def _mentions(clause: Any, swapped: Mapping[str, Any]) -> bool:
    """Say whether a clause asks for such a column itself; a question inside it has eyes of its own."""
    if isinstance(clause, SelectBase):
        return False
    return _key(clause) in swapped or any(_mentions(o, swapped) for o in clause.get_children())


def _swap(swapped: Mapping[str, Any], element: Any, **_given: Any) -> Any:
    """Return what stands in an element's place; None to look inside it."""
    return element if isinstance(element, SelectBase) else swapped.get(_key(element))


def _key(element: Any) -> str:
    """Name a table's own column; an alias has a table of another name."""
    is_column = element.__visit_name__ == "column" and element.table is not None
    return f"{element.table.name}.{element.name}" if is_column else ""


def write_place(
    session: Session, by: Viewer, child: Child, values: Mapping[str, Any], *, now: datetime
) -> bool:
    """Write a child's place or school, and keep what stood; return whether the child's own row changed.

    Whom a report names writes where he reads: into what stood before, so that he neither finds out
    nor puts back what was changed since.
    """
    kept = _read_by(session, by, child)
    if kept is None:
        if any(getattr(child, name) != value for name, value in values.items()):
            keep_place(session, by, child, now=now)
        for name, value in values.items():
            setattr(child, name, value)
        return True
    for name, value in values.items():
        setattr(kept, _NAMES.get(name, name), value)
    return False


def write_work(session: Session, by: Viewer, kin: Kin, name: str, *, now: datetime) -> bool:
    """Do the same with where a guardian works."""
    kept, values = _work_read_by(session, by, kin), workplaces.kept(name)
    if kept is not None:
        kept.workplace = values["workplace"]
        return False
    if kin.workplace != values["workplace"] and _names_anybody(session, kin.child_id):
        stood = WorkBefore(child_id=kin.child_id, kin_id=kin.id, workplace=kin.workplace)
        stood.changed_by, stood.changed_at = by.actor, now
        session.add(stood)
    for column, value in values.items():
        setattr(kin, column, value)
    session.flush()
    return True


def _work_read_by(session: Session, by: Viewer, kin: Kin) -> WorkBefore | None:
    if not by.has(*READERS):
        return None
    own = (WorkBefore.kin_id == kin.id, worked_since(by))
    return session.scalar(select(WorkBefore).where(*own).order_by(WorkBefore.id).limit(1))


def _read_by(session: Session, by: Viewer, child: Child) -> PlaceBefore | None:
    """Return the row whose values a viewer reads instead of the child's."""
    if not by.has(*READERS):
        return None
    own = (PlaceBefore.child_id == child.id, moved_since(by))
    return session.scalar(select(PlaceBefore).where(*own).order_by(PlaceBefore.id).limit(1))


def keep_place(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    """Keep where a child is before somebody writes down another place or school."""
    if not _names_anybody(session, child.id):
        return
    stands = {name: getattr(child, name) for name in ALIKE}
    stood = PlaceBefore(child_id=child.id, changed_by=by.actor, changed_at=now, **stands)
    stood.in_class = child.class_name
    session.add(stood)
    session.flush()


def keep_end(session: Session, by: Viewer, consent: Consent, *, now: datetime) -> None:
    """Keep who takes a consent back."""
    if not _names_anybody(session, consent.child_id):
        return
    end = ConsentEnd(consent_id=consent.id, child_id=consent.child_id, ended_by=by.actor)
    end.behind, end.ended_on, end.ended_at = by.behind, today(now), now
    session.add(end)


def _names_anybody(session: Session, child_id: int) -> bool:
    named = (
        select(HarmAccused.id)
        .join(HarmReport, HarmReport.id == HarmAccused.report_id)
        .where(HarmReport.child_id == child_id)
    )
    return bool(session.scalar(select(exists(named))))
