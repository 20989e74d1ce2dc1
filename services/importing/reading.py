"""Keeps what was read out of an uploaded list, part by part, until all of it can be looked at.

Parts come from one process that holds the file; where it ends early, the list is uploaded again.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from gateways.spreadsheets import as_text
from models.imports import Import, ImportRow
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.importing.judging import Judged
from services.lifecycle import advance
from services.rosters import Note, Outcome, Report, RosterRow
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason
from vocabulary.errors import WrongState
from vocabulary.refs import new_ref

# What is known beforehand of a row that will come back; taking looks again at all others.
_COMES_BACK = {
    Note.ALREADY_KNOWN.value: ReturnReason.ALREADY_KNOWN,
    Note.OTHER_BANNER.value: ReturnReason.OTHER_BANNER,
}


def keep(
    session: Session, by: Viewer, kind: ImportKind, name: str, judged: Judged, *, now: datetime
) -> str:
    """Keep a list judged whole for confirmation; return the import's ref."""
    total = len(judged.report.rows)
    ref = begin(session, by, kind, name, judged.report, total=total, now=now)
    keep_part(session, by, ref, judged, now=now)
    return ref


def begin(
    session: Session,
    by: Viewer,
    kind: ImportKind,
    name: str,
    heading: Report[Any],
    *,
    total: int,
    now: datetime,
) -> str:
    """Keep what a file says besides its rows, of which `total` will follow; return the ref."""
    require(by, Act.IMPORT_ROSTER)
    record = Import(
        ref=new_ref("import"),
        kind=kind,
        by=by.actor,
        region_code=by.regions[0],
        created_at=now,
        touched_at=now,
        header=_json(_header(name, heading, total)),
    )
    session.add(record)
    session.flush()
    detail = {"kind": kind.value, "rows": total}
    trace.record(session, by, "import.preview", f"import:{record.ref}", now=now, detail=detail)
    return record.ref


def _header(name: str, heading: Report[Any], total: int) -> dict[str, object]:
    return {
        "file": name[-120:],
        "labels": heading.labels,
        "notes": heading.notes,
        "skipped": [{"row": s.row, "text": s.text} for s in heading.skipped],
        "rows": total,
    }


def keep_part(session: Session, by: Viewer, ref: str, part: Judged, *, now: datetime) -> bool:
    """Keep the next rows, and open the list for a look after the last; say whether more follow.

    Raises WrongState for a list that was put away meanwhile.
    """
    require(by, Act.IMPORT_ROSTER)
    record = gate.row(session, by, Import, Import.ref == ref)
    if record.status is not ImportStatus.READING:
        raise WrongState(from_state=record.status.value, to_state=ImportStatus.PREVIEWED.value)
    report = part.report
    rows = [_row(record, r, c) for r, c in zip(report.rows, part.codes, strict=True)]
    if rows:
        session.execute(insert(ImportRow), rows)
    record.ready += report.count(Outcome.READY)
    record.held += report.count(Outcome.HELD)
    record.refused += report.count(Outcome.REFUSED)
    record.touched_at = now
    is_more: bool = record.ready + record.held + record.refused < json.loads(record.header)["rows"]
    if not is_more:
        advance(session, record, ImportStatus.PREVIEWED, by=by, now=now)
    return is_more


def _row(record: Import, row: RosterRow[Any], code: str) -> dict[str, Any]:
    stated: Any = row.record
    return {
        "import_id": record.id,
        "row": row.row,
        "outcome": row.outcome.value,
        "problems": list(row.problems),
        "notes": list(row.notes),
        "name": stated.name,
        "message": row.message,
        "raw": _json({label: as_text(cell) for label, cell in row.raw.items()}),
        "record": _json({"region": code, **_fields(stated)}),
        "was_taken": False,
        "returned_because": _comes_back(record.kind, row),
    }


def _comes_back(kind: ImportKind, row: RosterRow[Any]) -> ReturnReason | None:
    """Return why a sound row will not be taken; a school's name alone does not say that yet."""
    if row.outcome is Outcome.REFUSED:
        return None
    notes = set(row.notes) - ({Note.ALREADY_KNOWN.value} if kind is ImportKind.SCHOOLS else set())
    return next((reason for note, reason in _COMES_BACK.items() if note in notes), None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return _fields(value) if is_dataclass(value) else str(value)


def _fields(stated: Any) -> dict[str, object]:
    """Return a record's fields as they are: asdict would copy each value of ten thousand rows."""
    return {field.name: getattr(stated, field.name) for field in fields(stated)}
