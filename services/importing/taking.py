"""Takes a confirmed list into the records by slices: each is one act and one transaction.

A slice takes rows that no slice has taken yet, so it may be stopped, repeated or raced.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from models.imports import Import, ImportRow
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.care.around import banner_of
from services.importing import taking_children, taking_others
from services.lifecycle import advance
from services.rosters import Outcome
from services.rosters.reports import Progress
from services.runs import drafting
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason
from vocabulary.errors import WrongState

ROWS_A_SLICE = 500
Fields = dict[str, Any]
# Takes records that are the actor's; returns for each the new record's ref or why it comes back.
Taker = Callable[..., list[str | ReturnReason]]
_TAKERS: dict[ImportKind, Taker] = {
    ImportKind.CHILDREN: taking_children.take,
    ImportKind.VOLUNTEERS: taking_others.take_volunteers,
    ImportKind.SCHOOLS: taking_others.take_schools,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How far an import is: of `total` rows to take, `done` are dealt with, `taken` are in."""

    total: int
    done: int
    taken: int

    @property
    def is_finished(self) -> bool:
        """Say whether every row was looked at."""
        return self.done >= self.total


def begin(session: Session, by: Viewer, ref: str, *, now: datetime) -> Counts:
    """Confirm an upload: from here its slices may be taken. A second confirmation is refused.

    Raises WrongState, or AlreadyDecided when raced.
    """
    require(by, Act.IMPORT_ROSTER)
    record = gate.row(session, by, Import, Import.ref == ref)
    advance(session, record, ImportStatus.TAKING, by=by, now=now)
    record.touched_at = now
    trace.record(session, by, "import.confirm", f"import:{ref}", now=now)
    return _finish_if_done(session, by, record, now=now)


def take_slice(session: Session, by: Viewer, ref: str, *, now: datetime) -> Counts:
    """Take the next rows of a confirmed upload; the last slice closes it."""
    require(by, Act.IMPORT_ROSTER)
    record = gate.row(session, by, Import, Import.ref == ref)
    if record.status is not ImportStatus.TAKING:
        raise WrongState(from_state=record.status.value, to_state=ImportStatus.TAKEN.value)
    rows = session.scalars(
        select(ImportRow).where(*_waiting(record.id)).order_by(ImportRow.row).limit(ROWS_A_SLICE)
    ).all()
    verdicts = _verdicts(session, by, record, rows, now=now)
    taken = [v for v in verdicts if not isinstance(v, ReturnReason)]
    if record.kind is not ImportKind.SCHOOLS:
        for banner in sorted(_banners(rows, verdicts)):
            drafting.ask_after_list(session, by, banner, now=now)
    _mark(session, rows, verdicts)
    record.done += len(rows)
    record.taken += len(taken)
    record.touched_at = now
    digest = hashlib.sha256("\n".join(taken).encode()).hexdigest()
    detail = {"rows": len(rows), "taken": len(taken), "digest": digest}
    trace.record(session, by, "import.take", f"import:{ref}", now=now, detail=detail)
    return _finish_if_done(session, by, record, now=now)


def take(
    session: Session, by: Viewer, ref: str, *, now: datetime, progress: Progress | None = None
) -> Counts:
    """Confirm an upload and take all of it in the caller's one transaction."""
    counts = begin(session, by, ref, now=now)
    while not counts.is_finished:
        counts = take_slice(session, by, ref, now=now)
        if progress:
            progress(counts.done, counts.total)
    return counts


def _waiting(import_id: int) -> tuple[Any, ...]:
    return (
        ImportRow.import_id == import_id,
        ImportRow.outcome != Outcome.REFUSED.value,
        ImportRow.was_taken.is_(False),
        ImportRow.returned_because.is_(None),
    )


def _banners(rows: Sequence[ImportRow], verdicts: Sequence[str | ReturnReason]) -> set[str]:
    """Return the banners that have somebody new by these rows."""
    return {
        banner_of(json.loads(row.record or "{}")["region"])
        for row, verdict in zip(rows, verdicts, strict=True)
        if not isinstance(verdict, ReturnReason)
    }


def _finish_if_done(session: Session, by: Viewer, record: Import, *, now: datetime) -> Counts:
    session.flush()
    left = session.scalar(select(func.count(ImportRow.id)).where(*_waiting(record.id)))
    if not left:
        advance(session, record, ImportStatus.TAKEN, by=by, now=now)
    return Counts(record.done + (left or 0), record.done, record.taken)


def _verdicts(
    session: Session, by: Viewer, record: Import, rows: Sequence[ImportRow], *, now: datetime
) -> list[str | ReturnReason]:
    """Take what lies in the actor's regions; the rest comes back."""
    fields: list[Fields] = [json.loads(row.record or "{}") for row in rows]
    mine = [one for one in fields if works_in(by, one["region"])]
    taker = _TAKERS[record.kind]
    took = iter(taker(session, by, mine, now=now, under=f"import:{record.ref}"))
    return [
        next(took) if works_in(by, one["region"]) else ReturnReason.OTHER_BANNER for one in fields
    ]


def _mark(
    session: Session, rows: Sequence[ImportRow], verdicts: Sequence[str | ReturnReason]
) -> None:
    """Write on each row what became of it; the record itself is needed no more."""
    session.connection().execute(
        update(ImportRow.__table__)  # type: ignore[arg-type]
        .where(ImportRow.__table__.c.id == bindparam("key"))
        .values(
            was_taken=bindparam("was"),
            taken_ref=bindparam("new"),
            returned_because=bindparam("why"),
            record=None,
        ),
        [_marks(row.id, verdict) for row, verdict in zip(rows, verdicts, strict=True)],
    )
    session.expire_all()


def _marks(key: int, verdict: str | ReturnReason) -> dict[str, object]:
    is_back = isinstance(verdict, ReturnReason)
    return {
        "key": key,
        "was": not is_back,
        "new": None if is_back else verdict,
        "why": verdict if is_back else None,
    }
