"""Lists taken out of the house: asked for with a reason, drawn through the gate at each download.

The sheet itself is kept nowhere. It names its columns one by one, carries the code of its asker in
its first row and its properties, is sorted by random refs, and dies after seven days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.exports import Export
from models.regions import Region
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.gate import Card, Part
from services.oversight.export_columns import DRAWN
from vocabulary.dates import first_of_month, today
from vocabulary.enums import ExportKind, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted

LIVES = timedelta(days=7)
SHORTEST_REASON = 4
ROLES: Mapping[ExportKind, frozenset[Role]] = {
    ExportKind.CHILDREN: CASE_STAFF,
    ExportKind.STIPENDS: CASE_STAFF,
    ExportKind.BATCHES: frozenset({Role.PAYING_DESK}),
    ExportKind.VOUCHERS: frozenset({Role.AUDITOR}),
}
MONTHLY = frozenset({ExportKind.STIPENDS, ExportKind.BATCHES, ExportKind.VOUCHERS})
Label = Callable[[StrEnum], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a gateway writes: text cells only, and the code that marks whose copy it is."""

    code: str
    mark: str
    header: tuple[str, ...]
    rows: list[list[str]]
    children: tuple[str, ...] = ()


def kinds_for(viewer: Viewer) -> list[ExportKind]:
    """Return the lists a viewer may take out."""
    return [kind for kind in ExportKind if viewer.has(*ROLES[kind])]


def ask(
    session: Session,
    by: Viewer,
    kind: ExportKind,
    *,
    region_code: str,
    month: date | None,
    reason: str,
    now: datetime,
) -> str:
    """Keep who takes out which list and why; return its code. Raises BadInput(field)."""
    _check_role(by, kind)
    if not works_in(by, region_code) or session.get(Region, region_code) is None:
        raise NotFound()
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput(field="reason", reason="too_short")
    if kind in MONTHLY and month is None:
        raise BadInput(field="month", reason="no_month")
    made = Export(
        account_id=by.account_id,
        made_by=by.actor,
        kind=kind,
        region_code=region_code,
        month=first_of_month(month) if month and kind in MONTHLY else None,
        reason=reason.strip(),
        made_at=now,
        expires_at=now + LIVES,
    )
    session.add(made)
    session.flush()
    detail = {"kind": kind.value, "region": region_code}
    subject = f"export:{made.ref}"
    trace.record(session, by, "export.make", subject, now=now, detail=detail)
    return made.ref


def listing(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List one's own exports, or all of them for the auditor, the latest first."""
    require(viewer, Act.SEE_EXPORTS)
    parts = {"place": Part(Region, Region.code == Export.region_code, ("name",))}
    found = gate.cards(
        session, viewer, Export, parts=parts, order_by=(Export.id.desc(),), limit=100
    )
    return [card.and_also(is_live=card["expires_at"] > now) for card in found]


def draw(session: Session, by: Viewer, code: str, *, label: Label, now: datetime) -> Sheet:
    """Draw one's own export anew, as it stands now and as far as its asker may see today.

    Raises NotFound for another's, an unknown and an old one alike.
    """
    require(by, Act.EXPORT)
    mine = (Export.account_id == by.account_id, Export.ref == code, Export.expires_at > now)
    export = gate.row(session, by, Export, *mine)
    _check_role(by, export.kind)
    columns, cards = DRAWN[export.kind](session, by, export)
    rows = [[_text(cell(card), label) for cell in columns.values()] for card in cards]
    ends = today(export.expires_at)
    mark = f"导出编号 {export.ref} · 只供工作使用，不外传 · {ends:%Y-%m-%d} 前用完就删"
    children = sorted({ref for card in cards if (ref := _child_of(card))})
    return Sheet(export.ref, mark, tuple(columns), rows, tuple(children))


def _child_of(card: Card) -> str:
    """Return the ref of the child a row names, if it names one."""
    named = card["child"] if card.has("child") else card
    return str(named["ref"]) if named.has("name") and named.has("ref") else ""


def note_taken(session: Session, by: Viewer, sheet: Sheet, *, now: datetime) -> None:
    """Count a download and keep in the trace whom it names; without that nothing is handed out."""
    require(by, Act.EXPORT)
    session.execute(
        update(Export)
        .where(Export.ref == sheet.code, Export.account_id == by.account_id)
        .values(taken=Export.taken + 1)
        .execution_options(synchronize_session=False)
    )
    subjects = [f"child:{ref}" for ref in sheet.children]
    subject, detail = f"export:{sheet.code}", {"rows": len(sheet.rows), "subjects": subjects}
    trace.record(session, by, "export.take", subject, now=now, detail=detail)


def _check_role(by: Viewer, kind: ExportKind) -> None:
    require(by, Act.EXPORT)
    if by.account_id is None or not by.has(*ROLES[kind]):
        raise NotPermitted()


def _text(value: object, label: Label) -> str:
    if isinstance(value, StrEnum):
        return label(value)
    return "" if value is None else str(value)  # a date as 2026-11-21
