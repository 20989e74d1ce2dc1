"""What a donor asks to change: each waits for the next due day and can be undone until then.

A newer wish replaces one that still waits. The steps of lifecycles are kept under a neutral actor:
a row that named the donor beside his pledge would join what only the vault may join.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Pledge, PledgeChange
from privacy.viewers import Viewer
from services import gate, trace
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
_LIVE = (PledgeStatus.OFFERED, PledgeStatus.CONFIRMED, PledgeStatus.PAUSED)


def pause(session: Session, viewer: Viewer, ref: str, *, months: int, now: datetime) -> str:
    """Ask for a pause of so many months from the next due day; return the change's ref.

    Months are whole steps of the rhythm: nobody skips half an instalment. Raises BadInput.
    """
    pledge = _own(session, viewer, ref)
    if pledge.status in (PledgeStatus.OFFERED, PledgeStatus.PAUSED):
        raise WrongState(from_state=pledge.status.value, to_state=PledgeStatus.PAUSED.value)
    if months % STEP_MONTHS[pledge.rhythm] or not 0 < months <= LONGEST_PAUSE_MONTHS:
        raise BadInput(field="months", reason="not_whole_steps")
    from_on = effective_on(pledge.rhythm, pledge.rhythm, now=now)
    change = PledgeChange(
        kind=ChangeKind.PAUSE, effective_on=from_on, until_on=add_months(from_on, months)
    )
    return _ask(session, viewer, pledge, change, now=now)


def resume(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> str:
    """Ask to go on before the pause is over, from the next due day."""
    pledge = _own(session, viewer, ref)
    if pledge.status is not PledgeStatus.PAUSED:
        raise WrongState(from_state=pledge.status.value, to_state=PledgeStatus.CONFIRMED.value)
    from_on = effective_on(pledge.rhythm, pledge.rhythm, now=now)
    change = PledgeChange(kind=ChangeKind.RESUME, effective_on=from_on)
    return _ask(session, viewer, pledge, change, now=now)


def change_terms(
    session: Session, viewer: Viewer, ref: str, *, to: tuple[Fen, Rhythm], now: datetime
) -> str:
    """Ask for another (sum, rhythm); BadInput unless a child would get a listed sum (law 6)."""
    (instalment, rhythm), pledge = to, _own(session, viewer, ref)
    least, most = amounts.bounds()
    is_listed = amounts.is_listed(instalment, rhythm)
    if pledge.kind is PledgeKind.CHILD and not is_listed:
        raise BadInput(field="amount", reason="not_listed")
    if not least <= instalment <= most:
        raise BadInput(field="amount", reason="out_of_range")
    if (instalment, rhythm) == (pledge.instalment_fen, pledge.rhythm):
        raise BadInput(field="amount", reason="unchanged")
    change = PledgeChange(
        kind=ChangeKind.TERMS,
        effective_on=effective_on(pledge.rhythm, rhythm, now=now),
        instalment_fen=instalment,
        rhythm=rhythm,
    )
    return _ask(session, viewer, pledge, change, now=now)


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
    after = max(today(now), paid_until or today(now))
    change = PledgeChange(
        kind=ChangeKind.STOP,
        effective_on=next_due(STANDARD[pledge.rhythm], after),
        stop_reason=reason or StopReason.NOT_SAID,
    )
    asked = _ask(session, viewer, pledge, change, now=now)
    if pledge.status is PledgeStatus.CONFIRMED:
        advance(session, pledge, PledgeStatus.ENDING, by=_neutral(viewer), now=now)
    return asked


def undo(session: Session, viewer: Viewer, change_ref: str, *, now: datetime) -> None:
    """Take a change back. Raises WrongState once its day has come."""
    change = gate.row(session, viewer, PledgeChange, PledgeChange.ref == change_ref)
    if change.status is ChangeStatus.UNDONE:
        return
    if change.effective_on <= today(now):
        raise WrongState(from_state=change.status.value, to_state=ChangeStatus.UNDONE.value)
    pledge = session.get_one(Pledge, change.pledge_id)
    _set_aside(session, viewer, pledge, change, now=now)
    subject = f"change:{change.ref}"
    trace.record(session, viewer, "pledge.undo", subject, now=now, chain=Chain.CUSTODIAN)


def effective_on(rhythm: Rhythm, to: Rhythm, *, now: datetime) -> date:
    """Return the next due day that both rhythms share, so that no month is paid twice or never."""
    longer = max(rhythm, to, key=lambda r: STEP_MONTHS[r])
    return next_due(STANDARD[longer], today(now))


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
    for old in waiting:
        _set_aside(session, viewer, pledge, old, now=now)
    change.pledge_id, change.asked_at = pledge.id, now
    session.add(change)
    session.flush()
    subject = f"pledge:{pledge.donor_ref}"
    act = f"pledge.{change.kind.value}"
    trace.record(session, viewer, act, subject, now=now, chain=Chain.CUSTODIAN)
    return change.ref


def _set_aside(
    session: Session, viewer: Viewer, pledge: Pledge, change: PledgeChange, *, now: datetime
) -> None:
    advance(session, change, ChangeStatus.UNDONE, by=_neutral(viewer), now=now)
    if change.kind is ChangeKind.STOP and pledge.status is PledgeStatus.ENDING:
        advance(session, pledge, PledgeStatus.CONFIRMED, by=_neutral(viewer), now=now)


def _neutral(viewer: Viewer) -> Viewer:
    return replace(viewer, actor="donor")
