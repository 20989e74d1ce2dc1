"""Uploaded lists: judged row by row, shown, taken or put away. A row comes back or is taken.

Reading is services/importing/reading.py, taking services/importing/taking.py.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateways.spreadsheets import write
from models.imports import Import, ImportRow
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.importing import forgetting, judging, reading
from services.lifecycle import advance
from services.rosters import NOTE_TEXTS, Note, Outcome
from services.rosters.columns import REASON_LABEL, ROW_LABEL
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason

PAGE = 50
STALLED_AFTER = timedelta(seconds=20)
UNDER_WAY = frozenset({ImportStatus.READING, ImportStatus.TAKING})
RETURN_TEXTS = {
    ReturnReason.ALREADY_KNOWN: "系统里已经有这一条，不再导入。",
    ReturnReason.OTHER_BANNER: NOTE_TEXTS[Note.OTHER_BANNER],
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
    session: Session, by: Viewer, kind: ImportKind, name: str, data: bytes, *, now: datetime
) -> str:
    """Judge a file and keep its rows for the uploader alone; return the import's ref.

    Raises a SpreadsheetRefused when the file as a whole cannot be read.
    """
    judged = judging.start(session, by, kind, name, data).whole()
    return reading.keep(session, by, kind, name, judged, now=now)


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
    """Return one upload with its counts, what the file said besides, and how far it is.

    While it is read or taken: of `goal` rows `at` are dealt with, and whether it stalled.
    """
    card = _opened(gate.card(session, viewer, Import, Import.ref == ref))
    counts = {name: _count(session, viewer, ref, name) for name in _FILTERS}
    to_take = counts["ready"] + counts["held"]
    is_reading = card["status"] is ImportStatus.READING
    is_slow = now - card["touched_at"] > STALLED_AFTER
    return card.and_also(
        counts=counts,
        to_take=to_take,
        at=card["read"] if is_reading else card["done"],
        goal=card["total"] if is_reading else max(1, to_take),
        is_stalled=card["status"] in UNDER_WAY and is_slow,
    )


def _opened(card: Card) -> Card:
    header = json.loads(card["header"])
    read = card["ready"] + card["held"] + card["refused"]
    return card.and_also(
        read=read,
        total=header["rows"] if card["status"] is ImportStatus.READING else read,
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

    It can be corrected and uploaded again: the first two columns are not read. What names children
    leaves the house with whose copy it is, in its properties and at the foot of each printed page.
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
    code = f"{ref} {viewer.actor.removeprefix('account:')}"
    return write("需要更正", [*ours, *labels], lines, wide=[0], code=code)


def _reason(card: Card) -> str:
    if card["was_taken"]:
        return _HELD_TEXT.format(card["message"])
    reason = card["returned_because"]
    return RETURN_TEXTS[reason] if reason else str(card["message"])
