"""What a donor asks to change: each waits for the next due day and can be undone until then.

A newer wish replaces one that still waits. The steps of lifecycles are kept under a neutral actor:
a row that named the donor beside his pledge would join what only the vault may join.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate, trace
from services.giving import room
from services.giving.room import Terms
from services.lifecycle import advance
from vocabulary import amounts
from vocabulary.dates import add_months, today
from vocabulary.enums import (
    Chain,
    ChangeKind,
    ChangeStatus,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    StopReason,
)
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, STEP_MONTHS, next_due

LONGEST_PAUSE_MONTHS = 12
_STAFF = "account:"
_LIVE = (PledgeStatus.OFFERED, PledgeStatus.CONFIRMED, PledgeStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change would do: from which due day on, until when, and the terms before and after."""

    from_on: date
    until_on: date | None
    before: Terms
    after: Terms


def pause(session: Session, viewer: Viewer, ref: str, *, months: int, now: datetime) -> str:
    """Ask for a pause of so many months from the next due day; return the change's ref.

    Months are whole steps of the rhythm: nobody skips half an instalment. Raises BadInput.
    """
    pledge = _own(session, viewer, ref)
    seen = _foresee_pause(session, pledge, months, now=now)
    change = PledgeChange(kind=ChangeKind.PAUSE, effective_on=seen.from_on, until_on=seen.until_on)
    return _ask(session, viewer, pledge, change, now=now)


def foresee_pause(
    session: Session, viewer: Viewer, ref: str, *, months: int, now: datetime
) -> Foreseen:
    """Say what such a pause would do; refuses what `pause` refuses, and changes nothing."""
    return _foresee_pause(session, _own(session, viewer, ref), months, now=now)


def _foresee_pause(session: Session, pledge: Pledge, months: int, *, now: datetime) -> Foreseen:
    if pledge.status in (PledgeStatus.OFFERED, PledgeStatus.PAUSED):
        raise WrongState(from_state=pledge.status.value, to_state=PledgeStatus.PAUSED.value)
    if months % STEP_MONTHS[pledge.rhythm] or not 0 < months <= LONGEST_PAUSE_MONTHS:
        raise BadInput(field="months", reason="not_whole_steps")
    from_on, as_now = _first_day(session, pledge, now=now), _terms_of(pledge)
    return Foreseen(from_on, add_months(from_on, months), as_now, as_now)


def resume(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> str:
    """Ask to go on before the pause is over, from the next due day."""
    pledge = _own(session, viewer, ref)
    if pledge.status is not PledgeStatus.PAUSED:
        raise WrongState(from_state=pledge.status.value, to_state=PledgeStatus.CONFIRMED.value)
    from_on = _first_day(session, pledge, now=now)
    change = PledgeChange(kind=ChangeKind.RESUME, effective_on=from_on)
    return _ask(session, viewer, pledge, change, now=now)


def change_terms(
    session: Session, viewer: Viewer, ref: str, *, to: tuple[Fen, Rhythm], now: datetime
) -> str:
    """Ask for another (sum, rhythm).

    BadInput unless a child would get a listed sum (law 6) that its need has room for.
    """
    pledge = _own(session, viewer, ref)
    seen = _foresee_terms(session, pledge, Terms(*to), now=now)
    change = PledgeChange(
        kind=ChangeKind.TERMS,
        effective_on=seen.from_on,
        instalment_fen=seen.after.instalment,
        rhythm=seen.after.rhythm,
    )
    return _ask(session, viewer, pledge, change, now=now)


def foresee_terms(
    session: Session, viewer: Viewer, ref: str, *, to: tuple[Fen, Rhythm], now: datetime
) -> Foreseen:
    """Say what such terms would do; refuses what `change_terms` refuses, and changes nothing."""
    return _foresee_terms(session, _own(session, viewer, ref), Terms(*to), now=now)


def _foresee_terms(session: Session, pledge: Pledge, to: Terms, *, now: datetime) -> Foreseen:
    least, most = amounts.bounds()
    if pledge.kind is PledgeKind.CHILD and not amounts.is_listed(*to):
        raise BadInput(field="amount", reason="not_listed")
    if not least <= to.instalment * pledge.children_wanted <= most:
        raise BadInput(field="amount", reason="out_of_range")
    if to == _terms_of(pledge):
        raise BadInput(field="amount", reason="unchanged")
    if not room.fits(session, pledge, to):
        raise BadInput(field="amount", reason="beyond_need")
    return Foreseen(new_terms_on(session, pledge, to.rhythm, now=now), None, _terms_of(pledge), to)


def new_terms_on(session: Session, pledge: Pledge, to: Rhythm, *, now: datetime) -> date:
    """Return the first due day of both rhythms that no pause covers: its span would be left out."""
    until = session.scalar(
        select(func.max(PledgeChange.until_on)).where(
            PledgeChange.pledge_id == pledge.id,
            PledgeChange.kind == ChangeKind.PAUSE,
            PledgeChange.status == ChangeStatus.APPLIED,
        )
    )
    opened = _opened_until(session, pledge, now=now)
    after = opened if until is None else max(opened, until - timedelta(days=1))
    return _shared_due(pledge.rhythm, to, after)


def _terms_of(pledge: Pledge) -> Terms:
    return Terms(pledge.instalment_fen, pledge.rhythm)


def days_for_terms(
    session: Session, viewer: Viewer, ref: str, *, now: datetime
) -> dict[Rhythm, date]:
    """Return for each rhythm from which day new terms would hold."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    return {rhythm: new_terms_on(session, pledge, rhythm, now=now) for rhythm in Rhythm}


def stop(
    session: Session,
    viewer: Viewer,
    ref: str,
    *,
    reason: StopReason | None,
    now: datetime,
    paid_until: date | None = None,
) -> str:
    """Ask to stop from the next due day, or the first after `paid_until`; no reason is needed."""
    pledge = _own(session, viewer, ref)
    after = max(_opened_until(session, pledge, now=now), paid_until or today(now))
    change = PledgeChange(
        kind=ChangeKind.STOP,
        effective_on=next_due(STANDARD[pledge.rhythm], after),
        stop_reason=reason or StopReason.NOT_SAID,
    )
    asked = _ask(session, viewer, pledge, change, now=now)
    if pledge.status is PledgeStatus.CONFIRMED:
        advance(session, pledge, PledgeStatus.ENDING, by=neutral(viewer), now=now)
    return asked


def undo(session: Session, viewer: Viewer, change_ref: str, *, now: datetime) -> None:
    """Take a change back. Raises WrongState once its day has come."""
    change = gate.row(session, viewer, PledgeChange, PledgeChange.ref == change_ref)
    if change.status is ChangeStatus.UNDONE:
        return
    if change.effective_on <= today(now):
        raise WrongState(from_state=change.status.value, to_state=ChangeStatus.UNDONE.value)
    if change.stop_reason is StopReason.HANDED_ON:
        raise AlreadyDecided()
    pledge = session.get_one(Pledge, change.pledge_id)
    _set_aside(session, viewer, pledge, change, now=now)
    _note(session, viewer, "pledge.undo", f"change:{change.ref}", now=now)


def effective_on(rhythm: Rhythm, to: Rhythm, *, now: datetime) -> date:
    """Return the next due day that both rhythms share, so that no month is paid twice or never."""
    return _shared_due(rhythm, to, today(now))


def first_day(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> date:
    """Return the first due day that a change of a pledge can still be about."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    return _first_day(session, pledge, now=now)


def _first_day(session: Session, pledge: Pledge, *, now: datetime) -> date:
    return _shared_due(pledge.rhythm, pledge.rhythm, _opened_until(session, pledge, now=now))


def _opened_until(session: Session, pledge: Pledge, *, now: datetime) -> date:
    """Return today, or the last due day opened already: before a school holiday it may lie ahead.

    What was handed out for a month cannot be paused: the fund would pay that month a second time.
    What the fund handed out in his place is its own.
    """
    needs = select(Match.need_id).where(Match.pledge_id == pledge.id)
    stands_in = and_(Match.stands_in_for_id.is_not(None), Match.need_id.in_(needs))
    last = session.scalar(
        select(func.max(Stipend.due_on))
        .join(Match, Match.id == Stipend.match_id)
        .where(or_(Match.pledge_id == pledge.id, stands_in), Stipend.cancelled_on.is_(None))
    )
    return today(now) if last is None else max(today(now), last)


def _shared_due(rhythm: Rhythm, to: Rhythm, after: date) -> date:
    longer = max(rhythm, to, key=lambda r: STEP_MONTHS[r])
    return next_due(STANDARD[longer], after)


def _own(session: Session, viewer: Viewer, ref: str) -> Pledge:
    """Return the donor's pledge as it will be once a wish that still waits is replaced."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    if pledge.status not in (*_LIVE, PledgeStatus.ENDING):
        raise AlreadyDecided()
    return pledge


def _ask(
    session: Session, viewer: Viewer, pledge: Pledge, change: PledgeChange, *, now: datetime
) -> str:
    waiting = session.scalars(
        select(PledgeChange).where(
            PledgeChange.pledge_id == pledge.id, PledgeChange.status == ChangeStatus.WAITING
        )
    ).all()
    if any(old.stop_reason is StopReason.HANDED_ON for old in waiting):
        raise AlreadyDecided()
    for old in waiting:
        _set_aside(session, viewer, pledge, old, now=now)
    change.pledge_id, change.asked_at = pledge.id, now
    session.add(change)
    session.flush()
    _note(session, viewer, f"pledge.{change.kind.value}", f"pledge:{pledge.donor_ref}", now=now)
    return change.ref


def _note(session: Session, viewer: Viewer, act: str, subject: str, *, now: datetime) -> None:
    """Trace what a donor did. A custodian in the place of one who died notes it under his own entry.

    By a pledge's ref, or by how many there are, two entries would be known for one donor's (law 7).
    """
    if not viewer.actor.startswith(_STAFF):
        trace.record(session, viewer, act, subject, now=now, chain=Chain.CUSTODIAN)


def _set_aside(
    session: Session, viewer: Viewer, pledge: Pledge, change: PledgeChange, *, now: datetime
) -> None:
    advance(session, change, ChangeStatus.UNDONE, by=neutral(viewer), now=now)
    if change.kind is ChangeKind.STOP and pledge.status is PledgeStatus.ENDING:
        advance(session, pledge, PledgeStatus.CONFIRMED, by=neutral(viewer), now=now)


def neutral(viewer: Viewer) -> Viewer:
    """Let a step be kept without the donor's name: it stands beside his pledge."""
    return replace(viewer, actor="donor")
