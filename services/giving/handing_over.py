"""The day on which another payer begins: a due day that the money of the one before does not reach.

Once his first money is there, the pledge before gets a stop on that day (coded), which ends its
matches and begins the new payer's for the same children, under the decision once made: no month is
paid twice, none is left out.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge, PledgeChange
from models.vault import PayerMove
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.children.code_names import new_code_name
from services.donors import donors
from services.giving import further, moving
from services.lifecycle import advance
from services.pairing.market import IS_GIVEN
from services.pledges import changes
from services.vault import vault
from vocabulary.enums import (
    Chain,
    ChangeStatus,
    MatchStatus,
    MoveStatus,
    PledgeEnd,
    PledgeStatus,
    Role,
    StopReason,
)
from vocabulary.schedule import STANDARD, due_days

FIRST_MONEY_WITHIN = timedelta(days=60)
_GIVES = (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED, PledgeStatus.ENDING)


def settle(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Let askings lapse that nobody answered or paid for, and set the day of those that are paid.

    Safe to repeat; returns how many moved.
    """
    require(by, Act.RUN_STIPENDS)
    open_ones = select(PayerMove).where(PayerMove.status.in_(moving.OPEN)).order_by(PayerMove.id)
    moved = sum(_settle(session, by, one, on=on, now=now) for one in session.scalars(open_ones))
    if moved:
        detail, chain = {"count": moved}, Chain.CUSTODIAN
        trace.record(session, by, "pledges.move", f"day:{on}", now=now, detail=detail, chain=chain)
    return moved


def _settle(session: Session, by: Viewer, move: PayerMove, *, on: date, now: datetime) -> bool:
    old = session.get_one(Pledge, move.pledge_id)
    new = session.get(Pledge, move.new_pledge_id) if move.new_pledge_id else None
    begins = max(move.answer_by, move.from_on or move.answer_by)
    is_late = on > (begins + FIRST_MONEY_WITHIN if new is not None else move.answer_by)
    if old.status not in _GIVES or (new is not None and _is_off(old, new)):
        return _lapse(session, by, move, new, now=now)
    if new is None or new.status is PledgeStatus.OFFERED:
        return is_late and _lapse(session, by, move, new, now=now)
    has_day = session.scalar(select(exists().where(*_its_day(old))))
    return not has_day and _set_day(session, by, old, move.from_on, now=now)


def _is_off(old: Pledge, new: Pledge) -> bool:
    """Say whether nothing comes of a yes: it was taken back, or it was given to other terms."""
    said = (new.instalment_fen, new.rhythm)
    return new.status is PledgeStatus.ENDED or said != (old.instalment_fen, old.rhythm)


def _lapse(
    session: Session, by: Viewer, move: PayerMove, new: Pledge | None, *, now: datetime
) -> bool:
    """Leave things as they were; what the other has paid already finds a child of its own.

    He is told, unless it was he who took his yes back.
    """
    old = session.get_one(Pledge, move.pledge_id)
    for stop in session.scalars(select(PledgeChange).where(*_its_day(old))).all():
        advance(session, stop, ChangeStatus.UNDONE, by=by, now=now)
        if old.status is PledgeStatus.ENDING:
            advance(session, old, PledgeStatus.CONFIRMED, by=by, now=now)
    is_taken_back = new is not None and new.status is PledgeStatus.ENDED
    if new is not None:
        new.follows_id = None
        if new.status is PledgeStatus.OFFERED:
            advance(session, new, PledgeStatus.ENDED, by=by, now=now, reason="never paid")
    moving.close(session, by, move, MoveStatus.LAPSED, now=now)
    if new is not None and not is_taken_back:
        moving.tell_off(session, move, now=now)
    return True


def _its_day(old: Pledge) -> tuple[ColumnElement[bool], ...]:
    return (
        PledgeChange.pledge_id == old.id,
        PledgeChange.status == ChangeStatus.WAITING,
        PledgeChange.stop_reason == StopReason.HANDED_ON,
    )


def _set_day(
    session: Session, by: Viewer, old: Pledge, from_on: date | None, *, now: datetime
) -> bool:
    """Stop the pledge before on the day agreed, or the first after it that its money does not reach.

    Until that day he pays as ever; what he has paid beyond it is used first.
    """
    donor_id = vault.donor_of_pledge(session, old.id)
    his = Viewer(frozenset({Role.DONOR}), actor=by.actor, donor_id=donor_id)
    card = donors.pledge(session, his, old.donor_ref, now=now)
    paid_until = max((day for _, day in card["runway"].covered), default=None)
    if from_on is not None:
        before = from_on - timedelta(days=1)
        paid_until = before if paid_until is None else max(paid_until, before)
    changes.stop(
        session,
        his,
        old.donor_ref,
        reason=StopReason.HANDED_ON,
        now=now,
        paid_until=paid_until,
    )
    return True


def take_over(session: Session, by: Viewer, old: Pledge, *, on: date, now: datetime) -> None:
    """Begin the new payer's matches in the place of the old one's, on the very day."""
    move = session.scalars(
        select(PayerMove).where(
            PayerMove.pledge_id == old.id, PayerMove.status == MoveStatus.ACCEPTED
        )
    ).one()
    new = session.get_one(Pledge, move.new_pledge_id)
    live = (Match.pledge_id == old.id, Match.status == MatchStatus.ACTIVE, IS_GIVEN)
    for match in session.scalars(select(Match).where(*live).order_by(Match.id)).all():
        if match.ends_on is None or match.ends_on > on:
            _begin(session, by, match, new, on=on, now=now)
    new.follows_id = None
    advance(session, move, MoveStatus.DONE, by=by, now=now)
    move.done_on = on
    session.flush()
    moving.tell_done(session, move, now=now)


def _begin(
    session: Session, by: Viewer, match: Match, new: Pledge, *, on: date, now: datetime
) -> None:
    # A month that somebody else has paid already is not his either (services/fund/handing_on.py).
    begins = max(on, match.starts_on or on)
    if new.until is PledgeEnd.COUNT and match.ends_on is not None:
        last = match.ends_on - timedelta(days=1)
        left = due_days(STANDARD[match.rhythm], start=begins, until=last)
        new.until_count = max(1, len(list(left)))
    name = new_code_name(session, new.id)
    further.follow(
        session, by, match, now=now, reason="another payer",
        pledge_id=new.id, code_name=name, starts_on=begins,
    )  # fmt: skip
