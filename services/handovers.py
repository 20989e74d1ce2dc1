"""Handing over: a school's, class teacher's or village director's word about the sums sent to them.

Every word is a fact with its day; a wrong tap is taken back by a cancelling fact until midnight.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, gate, handing, trace
from services.facts import Basis
from services.hand_lists import as_hand, batch, batch_of, is_line, line, list_for
from services.handing import LONGEST_RELATION, Said
from services.past_batches import past
from services.sides import sides_of
from vocabulary.dates import today
from vocabulary.enums import Evidence, FactKind, Snag
from vocabulary.errors import AlreadyDecided, TooLate, WrongState
from vocabulary.refs import stipend_ref

__all__ = [
    "LONGEST_RELATION",
    "Said",
    "batch",
    "clear_snag",
    "confirm_all",
    "hand_over_one",
    "line",
    "list_for",
    "note_snag",
    "past",
    "take_back",
]

Exceptions = Mapping[str, Snag | Said]


def confirm_all(
    session: Session,
    by: Viewer,
    batch_ref: str,
    except_for: Exceptions | None = None,
    *,
    now: datetime,
    evidence: Evidence = Evidence.WORD,
    shown: Collection[str] | None = None,
) -> int:
    """State the exceptions first, then that every other open line was handed over.

    `shown` are the lines that the hand had before it: no other is touched, so that an old page
    confirms nothing that stood not on it. Returns how many were handed over. Raises AlreadyDecided
    when somebody else was first. As many statements for 300 lines as for one.
    """
    hand, found = _hand(by), _batch_row(session, by, Batch.ref == batch_ref)
    said = {ref: handing.read(one) for ref, one in (except_for or {}).items()}
    rows = _open_rows(session, hand, found)
    sides = sides_of(session, rows)
    lines = {stipend_ref(sides[one.id].child_ref, one.due_on): one for one in rows}
    if shown is not None:
        lines = {ref: stipend for ref, stipend in lines.items() if ref in shown}
    if not lines or not said.keys() <= lines.keys():
        _check_are_lines(session, hand, said.keys() - lines.keys())
        raise AlreadyDecided()
    snags = [(lines[ref], one) for ref, one in said.items()]
    rest = [stipend for ref, stipend in lines.items() if ref not in said]
    handing.state_all(session, snags, rest, by=by, now=now, evidence=evidence, sides=sides)
    trace.record(
        session,
        by,
        "batch.hand_over",
        f"batch:{batch_ref}",
        now=now,
        detail={
            "handed_over": len(rest),
            "digest": _digest(lines.keys() - said.keys()),
            "except": {ref: one.snag.value for ref, one in said.items()},
        },
    )
    handing.close_or_reopen(session, found, by=by, now=now)
    return len(rest)


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
    stipend = _one(session, _hand(by), ref)
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    _lift(session, stipend, by=by, now=now)
    handing.hand_over(session, [(stipend, Basis(evidence, upload_id=upload_id))], by=by, now=now)
    _after(session, stipend, ref, "stipend.hand_over", by=by, now=now)


def note_snag(session: Session, by: Viewer, ref: str, said: Said | Snag, *, now: datetime) -> None:
    """State why one line was not handed over as listed; a later word replaces an earlier one."""
    stipend = _one(session, _hand(by), ref)
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    one = handing.read(said)
    _lift(session, stipend, by=by, now=now)
    handing.state_all(session, [(stipend, one)], [], by=by, now=now, evidence=Evidence.WORD)
    _after(session, stipend, ref, "stipend.snag", by=by, now=now, why=one.snag.value)


def clear_snag(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put a line back among those to hand over. Raises WrongState when nothing is in the way."""
    stipend = _one(session, _hand(by), ref)
    if stipend.not_handed_over_on is None:
        raise WrongState(from_state="open", to_state="open")
    _lift(session, stipend, by=by, now=now)
    _after(session, stipend, ref, "stipend.clear_snag", by=by, now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Cancel a hand-over by a further fact. Raises TooLate after the midnight of its day."""
    stipend = _one(session, _hand(by), ref)
    noted_at = session.scalar(
        select(func.max(Fact.noted_at)).where(
            Fact.stipend_id == stipend.id,
            Fact.kind == FactKind.HANDED_OVER,
            Fact.cancels_id.is_(None),
        )
    )
    if stipend.handed_over_on is None or noted_at is None:
        raise WrongState(from_state="open", to_state="open")
    if today(noted_at) != today(now):
        raise TooLate()
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


def _hand(by: Viewer) -> Viewer:
    require(by, Act.HAND_OVER)
    return as_hand(by)


def _batch_row(session: Session, by: Viewer, which: object) -> Batch:
    return gate.row(session, as_hand(by), Batch, which)  # type: ignore[arg-type]


def _one(session: Session, hand: Viewer, ref: str) -> Stipend:
    """Return the row of one line, in a batch of this hand. Raises NotFound."""
    _batch_row(session, hand, Batch.id == batch_of(ref))
    return gate.row(session, hand, Stipend, *is_line(ref))


def _open_rows(session: Session, hand: Viewer, found: Batch) -> Sequence[Stipend]:
    return gate.rows(
        session,
        hand,
        Stipend,
        Stipend.batch_id == found.id,
        Stipend.sent_on.is_not(None),
        Stipend.handed_over_on.is_(None),
        Stipend.not_handed_over_on.is_(None),
        Stipend.returned_on.is_(None),
        order_by=(Stipend.id,),
    )


def _check_are_lines(session: Session, hand: Viewer, refs: Collection[str]) -> None:
    """Raise NotFound for a ref that is no line of this hand's at all."""
    for ref in sorted(refs):
        _one(session, hand, ref)


def _digest(refs: Collection[str]) -> str:
    """Return what shows later which lines one act was about."""
    return hashlib.sha256("\n".join(sorted(refs)).encode()).hexdigest()


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
