"""Uploaded lists: judged row by row, shown, then taken or put away. Every row comes back or is taken.

Taking is services/taking.py.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from gateways.spreadsheets import as_text, write
from models.imports import Import, ImportRow
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import forgetting, gate, trace
from services.gate import Card
from services.judging import Judged, judge
from services.lifecycle import advance
from services.rosters import NOTE_TEXTS, Note, Outcome, RosterRow
from services.rosters.columns import REASON_LABEL, ROW_LABEL
from services.rosters.reports import Progress
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason
from vocabulary.refs import new_ref

PAGE = 50
STALLED_AFTER = timedelta(seconds=20)
RETURN_TEXTS = {
    ReturnReason.ALREADY_KNOWN: "系统里已经有这一条，不再导入。",
    ReturnReason.OTHER_BANNER: NOTE_TEXTS[Note.OTHER_BANNER],
}
# What is known beforehand of a row that will come back; taking looks again at all others.
_COMES_BACK = {
    Note.ALREADY_KNOWN.value: ReturnReason.ALREADY_KNOWN,
    Note.OTHER_BANNER.value: ReturnReason.OTHER_BANNER,
}
_HELD_TEXT = "已经导入，还要补：{}不用再上传，在系统里补上就行。"
_SHOWN = (
    "row",
    "outcome",
    "name",
    "notes",
    "message",
    "was_taken",
    "taken_ref",
    "returned_because",
)
_RETURNED = or_(
    ImportRow.outcome != Outcome.READY.value,
    ImportRow.returned_because.is_not(None),
)
_STAYS = ImportRow.returned_because.is_(None)
_FILTERS = {
    "ready": (ImportRow.outcome == Outcome.READY.value) & _STAYS,
    "held": (ImportRow.outcome == Outcome.HELD.value) & _STAYS,
    "taken": ImportRow.was_taken.is_(True),
    "returned": or_(
        ImportRow.outcome == Outcome.REFUSED.value, ImportRow.returned_because.is_not(None)
    ),
}
FILTERS = tuple(_FILTERS)


def preview(
    session: Session,
    by: Viewer,
    kind: ImportKind,
    name: str,
    data: bytes,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> str:
    """Judge a file and keep its rows for the uploader alone; return the import's ref.

    Raises a SpreadsheetRefused when the file as a whole cannot be read.
    """
    return keep(
        session, by, kind, name, judge(session, by, kind, name, data, progress=progress), now=now
    )


def keep(
    session: Session, by: Viewer, kind: ImportKind, name: str, judged: Judged, *, now: datetime
) -> str:
    """Keep a judged file for confirmation; return the import's ref."""
    require(by, Act.IMPORT_ROSTER)
    report = judged.report
    header = {
        "file": name[-120:],
        "labels": report.labels,
        "notes": report.notes,
        "skipped": [{"row": s.row, "text": s.text} for s in report.skipped],
    }
    record = Import(
        ref=new_ref("import"),
        kind=kind,
        by=by.actor,
        region_code=by.regions[0],
        created_at=now,
        touched_at=now,
        ready=report.count(Outcome.READY),
        held=report.count(Outcome.HELD),
        refused=report.count(Outcome.REFUSED),
        header=_json(header),
    )
    session.add(record)
    session.flush()
    rows = [_row(record, r, c) for r, c in zip(report.rows, judged.codes, strict=True)]
    if rows:
        session.execute(insert(ImportRow), rows)
    detail = {"kind": kind.value, "rows": len(rows)}
    trace.record(session, by, "import.preview", f"import:{record.ref}", now=now, detail=detail)
    return record.ref


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


def listing(session: Session, viewer: Viewer, *, limit: int = 20) -> list[Card]:
    """List the viewer's own uploads, the latest first."""
    found = gate.cards(
        session,
        viewer,
        Import,
        where=(Import.status != ImportStatus.DISCARDED,),
        order_by=(Import.id.desc(),),
        limit=limit,
    )
    return [_opened(card) for card in found]


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one upload with its counts, what the file said besides, and whether taking stalled."""
    card = _opened(gate.card(session, viewer, Import, Import.ref == ref))
    counts = {name: _count(session, viewer, ref, name) for name in _FILTERS}
    is_slow = now - card["touched_at"] > STALLED_AFTER
    return card.and_also(
        counts=counts,
        to_take=counts["ready"] + counts["held"],
        goal=max(1, counts["ready"] + counts["held"]),
        is_stalled=card["status"] is ImportStatus.TAKING and is_slow,
    )


def _opened(card: Card) -> Card:
    header = json.loads(card["header"])
    return card.and_also(
        total=card["ready"] + card["held"] + card["refused"],
        file=header["file"],
        file_notes=header["notes"],
        skipped=header["skipped"],
    )


def _count(session: Session, viewer: Viewer, ref: str, show: str) -> int:
    return gate.count(session, viewer, ImportRow, _of(ref), _FILTERS[show])


def _of(ref: str) -> Any:
    return ImportRow.import_id.in_(select(Import.id).where(Import.ref == ref))


def rows(
    session: Session, viewer: Viewer, ref: str, *, show: str | None = None, page: int = 1
) -> list[Card]:
    """Return one page of an upload's rows in the file's order, each with what to say about it."""
    where = [_of(ref), *([_FILTERS[show]] if show else [])]
    found = gate.cards(
        session,
        viewer,
        ImportRow,
        fields=_SHOWN,
        where=where,
        order_by=(ImportRow.row,),
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    return [card.and_also(said=said(card)) for card in found]


def said(card: Card) -> list[str]:
    """Return the sentences beside a row: what keeps it back, or what it lacks, then the hints."""
    reason = card["returned_because"]
    if reason:
        return [RETURN_TEXTS[reason]]
    if card["outcome"] == Outcome.REFUSED.value:
        return [card["message"]]
    hints = [NOTE_TEXTS[Note(code)] for code in card["notes"]]
    return [*([card["message"]] if card["message"] else []), *hints]


def discard(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put an upload away untaken; its rows are deleted, the act is kept."""
    require(by, Act.IMPORT_ROSTER)
    record = gate.row(session, by, Import, Import.ref == ref)
    advance(session, record, ImportStatus.DISCARDED, by=by, now=now)
    forgetting.empty(session, record, now=now)
    trace.record(session, by, "import.discard", f"import:{ref}", now=now)


def returned_file(session: Session, viewer: Viewer, ref: str) -> bytes:
    """Return a spreadsheet of the rows not taken and of those held, each with its reason.

    It can be corrected and uploaded again: the first two columns are not read.
    """
    header = json.loads(gate.card(session, viewer, Import, Import.ref == ref)["header"])
    cards = gate.cards(
        session, viewer, ImportRow, where=(_of(ref), _RETURNED), order_by=(ImportRow.row,)
    )
    cells = [json.loads(card["raw"]) for card in cards]
    beyond = (label for raw in cells for label in raw)
    ours = (REASON_LABEL, ROW_LABEL)
    labels = [x for x in dict.fromkeys([*header["labels"], *beyond]) if x not in ours]
    lines = (
        [_reason(card), str(card["row"]), *(raw.get(label, "") for label in labels)]
        for card, raw in zip(cards, cells, strict=True)
    )
    return write("需要更正", [*ours, *labels], lines, wide=[0])


def _reason(card: Card) -> str:
    if card["was_taken"]:
        return _HELD_TEXT.format(card["message"])
    reason = card["returned_because"]
    return RETURN_TEXTS[reason] if reason else str(card["message"])
