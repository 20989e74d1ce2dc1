"""What a hand kept of an instalment: stated by one person, agreed to by another.

The hand owes it from then on (account KEPT), the gap fund bears it until it is paid. The child gets
that part alone, by a further match of the same due day (`kept_again`). The instalment itself stays
as its hand stated it, so that no hand reads of what was found (law 15).
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.kept import KeptSum
from models.pledges import Match
from models.stipends import Batch, Stipend
from models.write_offs import WriteOff
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.fund import standing_in
from services.giving import further
from services.handover import answering, handing
from services.handover.hand_lists import is_line
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import first_of_month, today
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    Evidence,
    FactKind,
    GiftOccasion,
    Route,
    Snag,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen

_KEPT = "kept"
_STANDS = KeptSum.status.in_((AmendmentStatus.ASKED, AmendmentStatus.DONE))


def is_short() -> tuple[ColumnElement[bool], ...]:
    """Say in SQL that a part did not arrive: its hand says so itself, or staff found it out."""
    return (
        Stipend.sent_on.is_not(None),
        or_(
            and_(Stipend.snag == Snag.PARTLY, Stipend.handed_over_on.is_(None)),
            answering.is_missing(),
        ),
        Stipend.confirmed_on.is_(None),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
    )


def ask(session: Session, by: Viewer, ref: str, *, fen: Fen, words: str, now: datetime) -> str:
    """Say, as the first person, how much was kept; return the request's ref.

    Raises BadInput(amount) for more than the instalment, BadInput(words), ActedBefore for the hand,
    WrongState where nothing is missing, AlreadyDecided where somebody's word stands.
    """
    require(by, Act.ASK_WRITE_OFF)
    stipend = gate.row(session, as_case_staff(by), Stipend, *is_line(ref))
    if not 0 < fen <= stipend.amount_fen - (stipend.handed_fen or 0):
        raise BadInput(field="amount", reason="not_a_part")
    plain = by_two.said(words)
    _check(session, stipend, by=by)
    if _stands(session, stipend) or _is_written_off(session, stipend):
        raise AlreadyDecided()
    asked = KeptSum(
        stipend_id=stipend.id,
        batch_id=stipend.batch_id,
        fen=fen,
        words=plain,
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(asked)
    session.flush()
    trace.record(session, by, "kept.ask", f"stipend:{ref}", now=now)
    return asked.ref


def _check(session: Session, stipend: Stipend, *, by: Viewer) -> None:
    """Refuse where nothing is missing, what a bank paid to a card, and the hand itself (law 8)."""
    short = select(Stipend.id).where(Stipend.id == stipend.id, *is_short())
    route = session.scalar(select(Batch.route).where(Batch.id == stipend.batch_id))
    if session.scalar(short) is None or route is Route.CARD:
        raise WrongState(from_state="whole", to_state=_KEPT)
    if by.actor in answering.hands_of(session, stipend):
        raise ActedBefore()


def _stands(session: Session, stipend: Stipend) -> bool:
    mine = (KeptSum.stipend_id == stipend.id, _STANDS, KeptSum.write_off_id.is_(None))
    return session.scalar(select(KeptSum.id).where(*mine)) is not None


def _is_written_off(session: Session, stipend: Stipend) -> bool:
    waits = (WriteOff.stipend_id == stipend.id, WriteOff.status == AmendmentStatus.ASKED)
    return session.scalar(select(WriteOff.id).where(*waits)) is not None


def refuse_if_kept(session: Session, stipend: Stipend) -> None:
    """Refuse to touch an instalment of which two people said what its hand kept, or one of them.

    Raises WrongState.
    """
    if _stands(session, stipend):
        raise WrongState(from_state=_KEPT, to_state=FactKind.WRITTEN_OFF.value)


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Agree as the second person: the hand owes it, and it goes to the child alone.

    Raises ActedBefore for the first and for the hand, AlreadyDecided, WrongState when it arrived or
    went again meanwhile: then it is to be turned down.
    """
    require(by, Act.AGREE_WRITE_OFF)
    asked = gate.row(session, as_case_staff(by), KeptSum, KeptSum.ref == ref)
    by_two.check_second(by, asked)
    stipend = session.get_one(Stipend, asked.stipend_id)
    _check(session, stipend, by=by)
    if stipend.batch_id != asked.batch_id:
        raise WrongState(from_state="sent_again", to_state=_KEPT)
    asked.match_id = _further(session, by, asked, stipend, now=now).id
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    _close(session, by, asked, stipend, now=now)
    owe(session, by, asked, now=now)
    trace.record(session, by, "kept.agree", f"kept_sum:{ref}", now=now)


def _further(
    session: Session, by: Viewer, asked: KeptSum, stipend: Stipend, *, now: datetime
) -> Match:
    """Begin a match of that one due day for the part alone: nobody but the fund stands behind it."""
    match = Match(
        pledge_id=standing_in.own_pledge(session, now=now).id,
        child_id=session.get_one(Match, stipend.match_id).child_id,
        instalment_fen=asked.fen,
        occasion=GiftOccasion.SHORTFALL,
        code_name=standing_in.CODE_NAME,
        proposed_on=asked.asked_on,
        proposed_by=asked.asked_by,
        decided_by=by.actor,
        decided_on=today(now),
    )
    due_on = first_of_month(stipend.due_on)  # where every scheme has its due days
    return further.once(session, by, match, on=due_on, now=now, reason="shortfall")


def _close(
    session: Session, by: Viewer, asked: KeptSum, stipend: Stipend, *, now: datetime
) -> None:
    """End what its hand stated in part: the rest of it no hand has to hand over any more."""
    if stipend.handed_over_on is not None:
        return
    on, part = today(now), Fen(stipend.amount_fen - asked.fen)
    if stipend.not_handed_over_on is not None:
        kind, basis = FactKind.NOT_HANDED_OVER, Basis(Evidence.LEDGER, detail=Snag.PARTLY.value)
        facts.take_back(session, kind, stipend, on=on, by=by, now=now, basis=basis)
    stated = Basis(Evidence.LEDGER, detail=Snag.PARTLY.value, amount_fen=part)
    kind = FactKind.HANDED_OVER
    facts.record(session, kind, [stipend], on=on, by=by, now=now, basis=stated)
    batch = session.get_one(Batch, asked.batch_id)
    handing.close_or_reopen(session, batch, by=by, now=now)


def owe(session: Session, by: Viewer, asked: KeptSum, *, now: datetime) -> None:
    """Book what two people said: the hand owes it, and the fund bears it until then."""
    hand = session.scalar(select(Batch.organisation_id).where(Batch.id == asked.batch_id))
    legs = [
        Leg(AccountKind.KEPT, asked.fen, organisation_id=hand),
        Leg(AccountKind.KEPT_BORNE, Fen(-asked.fen)),
    ]
    event = Event(TransactionKind.KEPT, today(now), stipend_id=asked.stipend_id)
    ledger.post(session, event, legs, by=by)


def of_whole(session: Session, by: Viewer, lost: WriteOff, *, now: datetime) -> None:
    """Let the hand owe a whole instalment that two people wrote off, if it was because it kept it."""
    stipend = session.get_one(Stipend, lost.stipend_id)
    batch = session.get_one(Batch, stipend.batch_id)
    if lost.reason is not WriteOffReason.KEPT or batch.route is Route.CARD:
        return  # of a card no hand had it
    asked = KeptSum(
        stipend_id=stipend.id,
        batch_id=batch.id,
        fen=Fen(stipend.amount_fen),
        words=lost.reason.value,
        status=AmendmentStatus.ASKED,
        asked_by=lost.asked_by,
        asked_on=lost.asked_on,
        write_off_id=lost.id,
    )
    session.add(asked)
    session.flush()
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    owe(session, by, asked, now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it as it is; whoever asked may take it back too. Raises AlreadyDecided."""
    require(by, Act.ASK_WRITE_OFF)
    asked = gate.row(session, as_case_staff(by), KeptSum, KeptSum.ref == ref)
    by_two.decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    trace.record(session, by, "kept.turn_down", f"kept_sum:{ref}", now=now)
