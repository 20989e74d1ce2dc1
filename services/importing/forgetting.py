"""What is read out of uploaded lists is kept for a while and then forgotten; records stay."""

import json
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.imports import Import, ImportRow
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import ImportStatus

_ENDS = {
    ImportStatus.READING: ImportStatus.DISCARDED,
    ImportStatus.PREVIEWED: ImportStatus.DISCARDED,
    ImportStatus.TAKING: ImportStatus.TAKEN,
}


def forget_imports(session: Session, by: Viewer, *, before: datetime, now: datetime) -> int:
    """Delete the rows of lists untouched since then, and close those left open; return how many.

    Counts, the file's name and who sent it remain; so do the records that were taken.
    """
    require(by, Act.CARRY_OUT_RETENTION)
    old = session.scalars(
        select(Import).where(
            Import.forgotten_on.is_(None),
            Import.touched_at < before,
        )
    ).all()
    for record in old:
        if record.status in _ENDS:
            advance(session, record, _ENDS[record.status], by=by, now=now)
        empty(session, record, now=now)
        trace.record(session, by, "import.forget", f"import:{record.ref}", now=now)
    return len(old)


def empty(session: Session, record: Import, *, now: datetime) -> None:
    """Delete what was read out of a file: its rows, and the remarks and footers beside them."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == record.id))
    bare = {"file": json.loads(record.header)["file"], "labels": [], "notes": [], "skipped": []}
    record.header = json.dumps(bare, ensure_ascii=False)
    record.forgotten_on = today(now)
