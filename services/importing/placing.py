"""Which division each row of a list belongs to, as far as the actor's part of the tree goes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.regions import Region
from privacy.viewers import Viewer, works_in
from services.children.readiness import is_above_banner
from services.rosters import Note, RegionIndex, RosterRow, index_regions, resolve
from services.rosters.schools import SchoolRecord

Placed = tuple[RosterRow[Any], str]
_indexes: dict[tuple[object, ...], RegionIndex] = {}


def index_of(session: Session) -> RegionIndex:
    """Return all divisions by name, built once for each state of the tree."""
    stamp = session.execute(
        select(func.count(), func.max(Region.code), func.sum(func.length(Region.name)))
    ).one()
    if tuple(stamp) not in _indexes:
        rows = session.execute(
            select(Region.code, Region.name, Region.level, Region.parent_code)
        ).all()
        _indexes.clear()
        _indexes[tuple(stamp)] = index_regions((c, n, level, p or "") for c, n, level, p in rows)
    return _indexes[tuple(stamp)]


def placer(session: Session | None, viewer: Viewer) -> Callable[[RosterRow[Any]], Placed]:
    """Return what places a row: a note when the place is in doubt or not the actor's, its code."""
    own = viewer.regions[0]
    if session is None:
        return lambda row: (row, own)
    find = _finder(index_of(session), viewer, own)

    def place(row: RosterRow[Any]) -> Placed:
        code, is_known = find(row.record)
        note = None if is_known else Note.PLACE_UNKNOWN
        if not works_in(viewer, code):
            note = Note.OTHER_BANNER
        return (replace(row, notes=(*row.notes, note.value)) if note else row), code

    return place


def _finder(index: RegionIndex, viewer: Viewer, own: str) -> Callable[[Any], tuple[str, bool]]:
    """Return a question: which code has a record, and is it known or assumed."""
    known: dict[str, str | None] = {}
    here = "" if is_above_banner(own) else index.by_code[own[:6].ljust(12, "0")].name

    def by_text(text: str) -> str | None:
        if text not in known:
            found = resolve(text, index) or _deeper(resolve(here + text, index) if here else None)
            known[text] = found if found and not is_above_banner(found) else None
        return known[text]

    def find(record: Any) -> tuple[str, bool]:
        text = _text_of(record)
        found = by_text(text) if text else None
        if found:
            return found, True
        issued = _issued_in(record, index)
        return (issued if issued and works_in(viewer, issued) else own), False

    return find


def _deeper(code: str | None) -> str | None:
    """Keep a place inside the actor's banner; the banner alone is what was put before the text."""
    return None if code is None or code.endswith("000000") else code


def _text_of(record: Any) -> str:
    if isinstance(record, SchoolRecord):
        return f"{record.banner}{record.township}{record.place}"
    return str(record.place)


def _issued_in(record: Any, index: RegionIndex) -> str | None:
    """Return the banner where a resident's number was first issued: a guess, noted as one."""
    number = getattr(record, "id_number", None) or ""
    code = number[:6].ljust(12, "0")
    return code if code in index.by_code and not is_above_banner(code) else None
