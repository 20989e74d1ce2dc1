"""Writing off: money that left for a child and is lost on its way. One asks, an approver agrees.

The gap fund bears the loss as soon as it can: the sending is taken back by a cancelling fact, the
loss is booked, and the same instalment goes out again with the next batch, never beside itself.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Stipend
from models.write_offs import WriteOff
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.batches import returns
from services.books import kept, ledger
from services.books.ledger import Event, Leg
from services.children import child_file
from services.gate import Card, Part
from services.handover import answering, handing
from services.handover.hand_lists import is_line
from services.pairing.market import MATCHABLE
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    Evidence,
    FactKind,
    Role,
    Snag,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import ActedBefore, WrongState
from vocabulary.money import Fen
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
_OF_REQUEST = {"stipend": Part(Stipend, Stipend.id == WriteOff.stipend_id, _DATES), **_ABOUT}


def lost(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one instalment that is on its way, for the page that asks. Raises NotFound."""
    require(viewer, Act.ASK_WRITE_OFF)
    on_its_way = (
        Stipend.sent_on.is_not(None),
        or_(Stipend.handed_over_on.is_(None), answering.is_missing()),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
    )
    staff, where = as_case_staff(viewer), (*is_line(ref), *on_its_way)
    card = gate.card(session, staff, Stipend, *where, fields=_DATES, parts=_ABOUT)
    return card.and_also(ref=stipend_ref(card["match"]["child_ref"], card["due_on"]))


def ask(session: Session, by: Viewer, ref: str, *, reason: WriteOffReason, now: datetime) -> str:
    """Ask for an instalment on its way to be written off; return the request's ref.

    Raises WrongState where it was not sent, or is with the child, in part even, or back with us:
    a hand's word counts unless staff found that it never came. ActedBefore for that hand,
    AlreadyDecided while somebody's request for it waits.
    """
    require(by, Act.ASK_WRITE_OFF)
    stipend = gate.row(session, as_case_staff(by), Stipend, *is_line(ref))
    _check(session, stipend, by=by)
    kept.refuse_if_kept(session, stipend)
    by_two.refuse_another(session, WriteOff, WriteOff.stipend_id == stipend.id)
    asked = WriteOff(stipend_id=stipend.id, reason=reason, asked_by=by.actor, asked_on=today(now))
    session.add(asked)
    session.flush()
    trace.record(session, by, "write_off.ask", f"stipend:{ref}", now=now, why=reason.value)
    return asked.ref


def _check(session: Session, stipend: Stipend, *, by: Viewer, asked_on: date | None = None) -> None:
    """Refuse what is no loss; of what was handed over in part, the child would get that part twice.

    A hand's word that it was given stands until others found that it was not; the hand itself says
    nothing here. A request was about the sending of its day: one that left since may still arrive.
    """
    dates = facts.dates_of(stipend)
    if _is_missing(session, stipend):
        if by.actor in answering.hands_of(session, stipend):
            raise ActedBefore()
        dates[FactKind.HANDED_OVER] = None
    check_fact(FactKind.WRITTEN_OFF, dates)
    if asked_on and stipend.sent_on and stipend.sent_on > asked_on:
        raise WrongState(from_state="sent_again", to_state=FactKind.WRITTEN_OFF.value)
    if stipend.handed_fen is not None:
        raise WrongState(from_state=Snag.PARTLY.value, to_state=FactKind.WRITTEN_OFF.value)


def _is_missing(session: Session, stipend: Stipend) -> bool:
    found = select(Stipend.id).where(Stipend.id == stipend.id, answering.is_missing())
    return session.scalar(found) is not None


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Write it off as the second person. Raises ActedBefore for the first, WrongState, AlreadyDecided.

    WrongState also when it arrived, came back or went again meanwhile: then it is to be turned down.
    """
    require(by, Act.AGREE_WRITE_OFF)
    asked = gate.row(session, as_case_staff(by), WriteOff, WriteOff.ref == ref)
    by_two.check_second(by, asked)
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    stipend = session.get_one(Stipend, asked.stipend_id)
    _check(session, stipend, by=by, asked_on=asked.asked_on)
    kept.of_whole(session, by, asked, now=now)
    basis = Basis(Evidence.LEDGER, detail=asked.reason.value)
    on = today(now)
    if stipend.handed_over_on is not None:
        # Found missing: the hand's word is taken back by a further row, and stays to be read.
        kind = FactKind.HANDED_OVER
        facts.take_back(session, kind, stipend, on=on, by=by, now=now, basis=basis)
    facts.record(session, FactKind.WRITTEN_OFF, [stipend], on=on, by=by, now=now, basis=basis)
    asked.batch_id = stipend.batch_id
    batch = session.get_one(Batch, stipend.batch_id)
    handing.close_or_reopen(session, batch, by=by, now=now)
    trace.record(
        session, by, "write_off.agree", f"write_off:{ref}", now=now, why=asked.reason.value
    )
    _make_good(session, asked, by=by, now=now)


def make_good_waiting(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let the gap fund bear what it could not bear before, the oldest first; return how many."""
    require(by, Act.RUN_STIPENDS)
    waiting = (
        WriteOff.status == AmendmentStatus.DONE,
        WriteOff.paid_again_on.is_(None),
        WriteOff.ended.is_(None),
    )
    found = session.scalars(select(WriteOff).where(*waiting).order_by(WriteOff.id)).all()
    return sum(_make_good(session, one, by=by, now=now) for one in found)


def _make_good(session: Session, asked: WriteOff, *, by: Viewer, now: datetime) -> bool:
    """Book a loss to the gap fund and let the same instalment go out again; say whether it could.

    Not from restricted money, nor for a child that has left; who says that it came after all has it.
    """
    stipend, on = session.get_one(Stipend, asked.stipend_id), today(now)
    if not _can_go_again(session, stipend):
        return False
    free = (WriteOff.id == asked.id, WriteOff.paid_again_on.is_(None))
    claim = update(WriteOff).where(*free).values(paid_again_on=on)
    if session.execute(claim).rowcount != 1:  # type: ignore[attr-defined]
        return False
    basis = Basis(Evidence.LEDGER, detail=asked.reason.value)
    facts.take_back(session, FactKind.WRITTEN_OFF, stipend, on=on, by=by, now=now, basis=basis)
    returns.reopen(session, stipend, by=by, now=now)
    pledge_id = session.scalar(select(Match.pledge_id).where(Match.id == stipend.match_id))
    loss = Leg(AccountKind.GAP_FUND, stipend.amount_fen, pledge_id=pledge_id)
    paid = Leg(AccountKind.BANK, Fen(-stipend.amount_fen))
    event = Event(TransactionKind.LOST, on, stipend_id=stipend.id)
    ledger.post(session, event, [loss, paid], by=by)
    trace.record(session, by, "write_off.make_good", f"write_off:{asked.ref}", now=now)
    return True


def _can_go_again(session: Session, stipend: Stipend) -> bool:
    """Say whether a lost instalment is to be paid again, and the fund's free money reaches it."""
    if stipend.written_off_on is None or stipend.confirmed_on is not None:
        return False
    is_there = select(Child.id).join(Match, Match.child_id == Child.id)
    is_there = is_there.where(Match.id == stipend.match_id, Child.status.in_(MATCHABLE))
    if session.scalar(is_there) is None:
        return False
    return -ledger.balance(session, AccountKind.GAP_FUND) >= stipend.amount_fen


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it as it is; whoever asked may take it back too."""
    require(by, Act.ASK_WRITE_OFF)
    asked = gate.row(session, as_case_staff(by), WriteOff, WriteOff.ref == ref)
    by_two.decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    trace.record(session, by, "write_off.turn_down", f"write_off:{ref}", now=now)


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the requests of the viewer's children: those that wait first, then the newest."""
    require(viewer, Act.ASK_WRITE_OFF)
    order, staff = (_WAITS.desc(), WriteOff.id.desc()), as_case_staff(viewer)
    found = gate.cards(session, staff, WriteOff, parts=_OF_REQUEST, order_by=order, limit=PAGE)
    return _told(session, viewer, found)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one request, with whether the viewer may agree. Raises NotFound."""
    require(viewer, Act.ASK_WRITE_OFF)
    this, staff = WriteOff.ref == ref, as_case_staff(viewer)
    card = gate.card(session, staff, WriteOff, this, parts=_OF_REQUEST)
    return _told(session, viewer, [card])[0]


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count what waits for this approver."""
    if not viewer.has(Role.APPROVER):
        return 0
    others = WriteOff.asked_by != viewer.actor
    return gate.count(session, as_case_staff(viewer), WriteOff, _WAITS, others)


def _told(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    named = child_file.with_names(
        session, viewer, [by_two.told(viewer, card, Role.APPROVER) for card in cards]
    )
    return [
        card.and_also(
            stipend_ref=stipend_ref(card["match"]["child_ref"], card["stipend"]["due_on"])
        )
        for card in named
    ]
