"""Writing off: money that left for a child and is lost on its way. One asks, an approver agrees.

Nobody owes it any more and no hand has it; what the donor gave stays told as it went.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Stipend
from models.write_offs import WriteOff
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import child_file, facts, gate, handing, trace
from services.facts import Basis
from services.gate import Card, Part
from services.hand_lists import is_line
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, Evidence, FactKind, Role, WriteOffReason
from vocabulary.errors import ActedBefore, AlreadyDecided, NotFound
from vocabulary.refs import stipend_ref
from vocabulary.stipends import check_fact

PAGE = 100
_WAITS = WriteOff.status == AmendmentStatus.ASKED
_ABOUT = {
    "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
    "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "class_label")),
    "batch": Part(Batch, Batch.id == Stipend.batch_id, ("memo", "month")),
    "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
}
_DATES = ("due_on", "amount_fen", "sent_on", "handed_over_on", "returned_on", "snag")


def lost(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one instalment that is on its way, for the page that asks. Raises NotFound."""
    require(viewer, Act.ASK_WRITE_OFF)
    on_its_way = (
        Stipend.sent_on.is_not(None),
        Stipend.handed_over_on.is_(None),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
    )
    staff, where = _as_staff(viewer), (*is_line(ref), *on_its_way)
    card = gate.card(session, staff, Stipend, *where, fields=_DATES, parts=_ABOUT)
    return card.and_also(ref=stipend_ref(card["match"]["child_ref"], card["due_on"]))


def ask(session: Session, by: Viewer, ref: str, *, reason: WriteOffReason, now: datetime) -> str:
    """Ask for an instalment on its way to be written off; return the request's ref.

    Raises WrongState where it was not sent, or is with the child or back with us; AlreadyDecided
    while somebody's request for it waits.
    """
    require(by, Act.ASK_WRITE_OFF)
    stipend = gate.row(session, _as_staff(by), Stipend, *is_line(ref))
    check_fact(FactKind.WRITTEN_OFF, facts.dates_of(stipend))
    waiting = select(WriteOff.id).where(WriteOff.stipend_id == stipend.id, _WAITS)
    if session.scalar(waiting) is not None:
        raise AlreadyDecided()
    asked = WriteOff(stipend_id=stipend.id, reason=reason, asked_by=by.actor, asked_on=today(now))
    session.add(asked)
    session.flush()
    trace.record(session, by, "write_off.ask", f"stipend:{ref}", now=now, why=reason.value)
    return asked.ref


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Write it off as the second person. Raises ActedBefore for the first, WrongState, AlreadyDecided.

    WrongState also when it arrived or came back meanwhile: then it is to be turned down.
    """
    require(by, Act.AGREE_WRITE_OFF)
    asked = gate.row(session, _as_staff(by), WriteOff, WriteOff.ref == ref)
    if asked.asked_by == by.actor:
        raise ActedBefore()
    _decide(session, by, asked, AmendmentStatus.DONE, now=now)
    stipend = session.get_one(Stipend, asked.stipend_id)
    basis = Basis(Evidence.LEDGER, detail=asked.reason.value)
    on = today(now)
    facts.record(session, FactKind.WRITTEN_OFF, [stipend], on=on, by=by, now=now, basis=basis)
    batch = session.get_one(Batch, stipend.batch_id)
    handing.close_or_reopen(session, batch, by=by, now=now)
    why = asked.reason.value
    trace.record(session, by, "write_off.agree", f"write_off:{ref}", now=now, why=why)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it as it is; whoever asked may take it back too."""
    require(by, Act.ASK_WRITE_OFF)
    asked = gate.row(session, _as_staff(by), WriteOff, WriteOff.ref == ref)
    _decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    trace.record(session, by, "write_off.turn_down", f"write_off:{ref}", now=now)


def _decide(
    session: Session, by: Viewer, asked: WriteOff, to: AmendmentStatus, *, now: datetime
) -> None:
    if asked.status is not AmendmentStatus.ASKED:
        raise AlreadyDecided()
    advance(session, asked, to, by=by, now=now)
    asked.decided_by, asked.decided_on = by.actor, today(now)
    session.flush()


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the requests of the viewer's children: those that wait first, then the newest."""
    require(viewer, Act.ASK_WRITE_OFF)
    return _cards(session, viewer)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one request, with whether the viewer may agree. Raises NotFound."""
    require(viewer, Act.ASK_WRITE_OFF)
    found = _cards(session, viewer, WriteOff.ref == ref)
    if not found:
        raise NotFound()
    return found[0]


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count what waits for this approver."""
    if not viewer.has(Role.APPROVER):
        return 0
    others = WriteOff.asked_by != viewer.actor
    return gate.count(session, _as_staff(viewer), WriteOff, _WAITS, others)


def _cards(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[Card]:
    parts = {"stipend": Part(Stipend, Stipend.id == WriteOff.stipend_id, _DATES), **_ABOUT}
    order = (_WAITS.desc(), WriteOff.id.desc())
    found = gate.cards(
        session,
        _as_staff(viewer),
        WriteOff,
        parts=parts,
        where=where,
        order_by=order,
        limit=PAGE,
    )
    return [_told(session, viewer, card) for card in found]


def _told(session: Session, viewer: Viewer, card: Card) -> Card:
    waits = card["status"] is AmendmentStatus.ASKED
    is_mine = card["asked_by"] == viewer.actor
    return card.and_also(
        stipend_ref=stipend_ref(card["match"]["child_ref"], card["stipend"]["due_on"]),
        asker=child_file.name_of(session, viewer, card["asked_by"]),
        decider=child_file.name_of(session, viewer, card["decided_by"]),
        waits=waits,
        is_mine=is_mine,
        may_agree=waits and not is_mine and viewer.has(Role.APPROVER),
    )


def _as_staff(viewer: Viewer) -> Viewer:
    return replace(viewer, roles=viewer.roles & CASE_STAFF)
