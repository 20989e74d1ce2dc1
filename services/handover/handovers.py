"""Handing over: a school's, class teacher's or village director's word about the sums sent to them.

Every word is a fact with its day; a wrong tap is taken back by a cancelling fact until midnight.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Fact, Stipend
from privacy.viewers import Viewer
from services import trace
from services.batches.past_batches import past
from services.handover import handing
from services.handover.hand_lists import batch, line, list_for
from services.handover.handing import LONGEST_RELATION, Said
from services.handover.whole_lists import Word, confirm_all, confirm_each, hand_of, line_row
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import Evidence, FactKind, Snag
from vocabulary.errors import AlreadyDecided, TooLate, WrongState

__all__ = [
    "LONGEST_RELATION",
    "Said",
    "Word",
    "batch",
    "clear_snag",
    "confirm_all",
    "confirm_each",
    "hand_over_one",
    "line",
    "list_for",
    "note_snag",
    "past",
    "take_back",
]


def hand_over_one(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    now: datetime,
    evidence: Evidence = Evidence.WORD,
    upload_id: int | None = None,
) -> None:
    """State that one line was handed over in full; what was in the way before is cleared.

    Raises AlreadyDecided when it was stated already.
    """
    stipend = line_row(session, hand_of(by), ref)
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    _lift(session, stipend, by=by, now=now)
    handing.hand_over(session, [(stipend, Basis(evidence, upload_id=upload_id))], by=by, now=now)
    _after(session, stipend, ref, "stipend.hand_over", by=by, now=now)


def note_snag(session: Session, by: Viewer, ref: str, said: Said | Snag, *, now: datetime) -> None:
    """State why one line was not handed over as listed; a later word replaces an earlier one."""
    stipend = line_row(session, hand_of(by), ref)
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    one = handing.read(said)
    _lift(session, stipend, by=by, now=now)
    handing.state_all(session, [(stipend, one)], [], by=by, now=now, evidence=Evidence.WORD)
    _after(session, stipend, ref, "stipend.snag", by=by, now=now, why=one.snag.value)


def clear_snag(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put a line back among those to hand over. Raises WrongState when nothing is in the way."""
    stipend = line_row(session, hand_of(by), ref)
    if stipend.not_handed_over_on is None:
        raise WrongState(from_state="open", to_state="open")
    _lift(session, stipend, by=by, now=now)
    _after(session, stipend, ref, "stipend.clear_snag", by=by, now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Cancel a hand-over by a further fact. Raises TooLate after the midnight of its day."""
    stipend = line_row(session, hand_of(by), ref)
    noted_at = session.scalar(
        select(func.max(Fact.noted_at)).where(
            Fact.stipend_id == stipend.id,
            Fact.kind == FactKind.HANDED_OVER,
            Fact.cancels_id.is_(None),
        )
    )
    if stipend.handed_over_on is None or noted_at is None:
        raise WrongState(from_state="open", to_state="open")
    if today(noted_at) != today(now) or stipend.snag is Snag.PARTLY:
        raise TooLate()  # of a part, staff said it: the rest goes another way
    facts.take_back(
        session,
        FactKind.HANDED_OVER,
        stipend,
        on=today(now),
        by=by,
        now=now,
        basis=Basis(Evidence.WORD),
    )
    stipend.snag = None
    _after(session, stipend, ref, "stipend.take_back", by=by, now=now)


def _lift(session: Session, stipend: Stipend, *, by: Viewer, now: datetime) -> None:
    """Cancel what was in the way of a line, if anything was; what came back is beyond a hand."""
    if stipend.returned_on is not None:
        raise WrongState(from_state=FactKind.RETURNED.value, to_state=FactKind.SENT.value)
    if stipend.not_handed_over_on is not None:
        facts.take_back(
            session,
            FactKind.NOT_HANDED_OVER,
            stipend,
            on=today(now),
            by=by,
            now=now,
            basis=Basis(Evidence.WORD),
        )
    stipend.snag = stipend.handed_fen = None


def _after(
    session: Session,
    stipend: Stipend,
    ref: str,
    act: str,
    *,
    by: Viewer,
    now: datetime,
    why: str = "",
) -> None:
    trace.record(session, by, act, f"stipend:{ref}", now=now, why=why)
    handing.close_or_reopen(session, session.get_one(Batch, stipend.batch_id), by=by, now=now)
