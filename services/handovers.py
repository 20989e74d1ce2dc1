"""Handing over: a school's, class teacher's or village director's word about the sums sent to them.

Every word is a fact with its day; a wrong tap is taken back by a cancelling fact until midnight.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, gate, news, trace
from services.facts import Basis
from services.hand_lists import as_hand, batch, batch_of, is_line, line, list_for, past
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import BatchStatus, Evidence, FactKind, Snag
from vocabulary.errors import AlreadyDecided, BadInput, TooLate, WrongState
from vocabulary.money import Fen

__all__ = [
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

LONGEST_RELATION = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a hand says of one line that did not go as listed.

    `relation` says who took it (代领), `handed` how much was handed so far (部分).
    """

    snag: Snag
    relation: str = ""
    handed: Fen | None = None


Exceptions = Mapping[str, Snag | Said]


def confirm_all(
    session: Session,
    by: Viewer,
    batch_ref: str,
    except_for: Exceptions | None = None,
    *,
    now: datetime,
    evidence: Evidence = Evidence.WORD,
) -> int:
    """State the exceptions first, then that every other open line was handed over.

    Returns how many were handed over. Raises AlreadyDecided when somebody else was first.
    """
    hand, found = _hand(by), _batch_row(session, by, Batch.ref == batch_ref)
    said = {ref: _said(one) for ref, one in (except_for or {}).items()}
    open_lines = _open_lines(session, hand, found)
    excepted = {_one(session, hand, ref).id: one for ref, one in said.items()}
    if not open_lines or not excepted.keys() <= open_lines.keys():
        raise AlreadyDecided()
    for key, one in excepted.items():
        _state(session, open_lines[key], one, by=by, now=now, basis=Basis(evidence))
    rest = [stipend for key, stipend in open_lines.items() if key not in excepted]
    _hand_over(session, rest, by=by, now=now, basis=Basis(evidence))
    trace.record(
        session,
        by,
        "batch.hand_over",
        f"batch:{batch_ref}",
        now=now,
        detail={
            "handed_over": len(rest),
            "except": {ref: one.snag.value for ref, one in said.items()},
        },
    )
    _close_or_reopen(session, found, by=by, now=now)
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
    _hand_over(session, [stipend], by=by, now=now, basis=Basis(evidence, upload_id=upload_id))
    _after(session, stipend, ref, "stipend.hand_over", by=by, now=now)


def note_snag(session: Session, by: Viewer, ref: str, said: Said | Snag, *, now: datetime) -> None:
    """State why one line was not handed over as listed; a later word replaces an earlier one."""
    stipend = _one(session, _hand(by), ref)
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    one = _said(said)
    _lift(session, stipend, by=by, now=now)
    _state(session, stipend, one, by=by, now=now, basis=Basis(Evidence.WORD))
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


def _open_lines(session: Session, hand: Viewer, found: Batch) -> dict[int, Stipend]:
    rows = gate.rows(
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
    return {stipend.id: stipend for stipend in rows}


def _said(one: Snag | Said) -> Said:
    said = Said(one) if isinstance(one, Snag) else one
    if len(said.relation) > LONGEST_RELATION:
        raise BadInput(field="relation", reason="too_long")
    return said


def _state(
    session: Session, stipend: Stipend, said: Said, *, by: Viewer, now: datetime, basis: Basis
) -> None:
    """State one exception: somebody else took it, or it did not go as listed."""
    if said.snag is Snag.SOMEONE_ELSE:
        taken = Basis(basis.evidence, detail=said.relation.strip() or None)
        _hand_over(session, [stipend], by=by, now=now, basis=taken)
    else:
        handed = _part_of(stipend, said)
        held = Basis(Evidence.WORD, detail=said.snag.value, amount_fen=handed)
        facts.record(
            session, FactKind.NOT_HANDED_OVER, [stipend], on=today(now), by=by, now=now, basis=held
        )
        stipend.handed_fen = handed
    stipend.snag = said.snag


def _part_of(stipend: Stipend, said: Said) -> Fen | None:
    """Return the sum handed so far of a part, which is less than the whole. Raises BadInput."""
    if said.snag is not Snag.PARTLY:
        return None
    if said.handed is None or not 0 < said.handed < stipend.amount_fen:
        raise BadInput(field="handed", reason="not_a_part")
    return said.handed


def _hand_over(
    session: Session, stipends: Sequence[Stipend], *, by: Viewer, now: datetime, basis: Basis
) -> None:
    facts.record(
        session, FactKind.HANDED_OVER, stipends, on=today(now), by=by, now=now, basis=basis
    )
    news.handed_over(session, stipends, now=now)


def _lift(session: Session, stipend: Stipend, *, by: Viewer, now: datetime) -> None:
    """Cancel what was in the way of a line, if anything was."""
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
    _close_or_reopen(session, session.get_one(Batch, stipend.batch_id), by=by, now=now)


def _close_or_reopen(session: Session, found: Batch, *, by: Viewer, now: datetime) -> None:
    """Close a batch whose lines are all stated; a part handed over is no statement yet."""
    session.flush()
    unstated = session.scalar(
        select(func.count(Stipend.id)).where(
            Stipend.batch_id == found.id,
            Stipend.handed_over_on.is_(None),
            Stipend.returned_on.is_(None),
            Stipend.cancelled_on.is_(None),
            or_(Stipend.not_handed_over_on.is_(None), Stipend.snag == Snag.PARTLY),
        )
    )
    wanted = BatchStatus.SENT if unstated else BatchStatus.CLOSED
    if found.status is not wanted:
        advance(session, found, wanted, by=by, now=now)
