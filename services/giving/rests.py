"""The rest of a stopped pledge: set apart in the books, until its donor says what becomes of it.

He is asked once, by link, with three kind reminders and then none. Who has died or is forgotten is
not asked: his money stays where it is, for the children it was given for.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.ledger import Posting
from models.pledges import Match, Pledge
from models.rests import Rest
from models.stipends import Stipend
from models.vault import Donor, VaultPledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.books.covering import WAITS
from services.books.ledger import Event, Leg
from services.giving.late import STEPS
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    MatchStatus,
    NoticeKind,
    PledgeKind,
    PledgeStatus,
    RecipientKind,
    RestStatus,
    TransactionKind,
)
from vocabulary.money import Fen

_OPEN = Rest.status.in_((RestStatus.WAITING, RestStatus.PAYING))


def set_apart(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Set apart what stopped pledges have left, and ask each donor who can be asked.

    Safe to repeat. How many there were tells of who has paid: the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    found = session.execute(_left_over()).all()
    for pledge_id, fen in found:
        rest = _open(session, pledge_id, on=on)
        _post(session, by, TransactionKind.RESTED, rest, Fen(-fen), on=on)
    session.flush()
    asked = _ask(session, now=now)
    if found or asked:
        detail = {"count": len(found), "asked": asked}
        trace.record(
            session, by, "rests.set_apart", "rests", now=now, detail=detail, chain=Chain.CUSTODIAN
        )


def _left_over() -> Select[int, Fen]:
    """Select stopped pledges with money that no match and no instalment it reaches waits for.

    Less than an instalment that still waits is a rest as well: it would lie there for ever.
    """
    left = -func.sum(Posting.amount)
    live = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)
    least = (
        select(func.min(Stipend.amount_fen))
        .join(Match, Match.id == Stipend.match_id)
        .where(Match.pledge_id == Pledge.id, WAITS)
        .scalar_subquery()
    )
    return (
        select(Pledge.id, left)
        .join(Posting, and_(Posting.pledge_id == Pledge.id, Posting.account == AccountKind.PREPAID))
        .where(
            Pledge.status == PledgeStatus.ENDED,
            Pledge.kind == PledgeKind.CHILD,
            ~exists().where(Match.pledge_id == Pledge.id, Match.status.in_(live)),
            ~exists().where(Match.pledge_id == Pledge.id, Match.apart_on.is_not(None)),
            ~exists().where(Rest.pledge_id == Pledge.id, Rest.status == RestStatus.PAYING),
        )
        .group_by(Pledge.id)
        .having(and_(left > 0, or_(least.is_(None), left < least)))
        .order_by(Pledge.id)
    )


def _open(session: Session, pledge_id: int, *, on: date) -> Rest:
    """Return the pledge's rest that waits, made anew if there is none."""
    found = session.scalar(select(Rest).where(Rest.pledge_id == pledge_id, _OPEN))
    if found is None:
        found = Rest(pledge_id=pledge_id, since_on=on)
        session.add(found)
        session.flush()
    return found


def _ask(session: Session, *, now: datetime) -> int:
    """Ask every donor who was not asked and can be; return how many."""
    rows = session.execute(_askable().where(Rest.asked_on.is_(None))).all()
    for rest, donor_id in rows:
        rest.asked_on = today(now)
        _tell(session, donor_id, rest, rung=0, now=now)
    return len(rows)


def _askable() -> Select[Rest, int]:
    return (
        select(Rest, VaultPledge.donor_id)
        .join(VaultPledge, VaultPledge.pledge_id == Rest.pledge_id)
        .join(Donor, Donor.id == VaultPledge.donor_id)
        .where(
            Rest.status == RestStatus.WAITING,
            Donor.died_on.is_(None),
            Donor.forgotten_on.is_(None),
        )
        .order_by(Rest.id)
    )


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Remind who was asked and has not answered: each step of the ladder once, then no more."""
    require(by, Act.RUN_STIPENDS)
    for rest, donor_id in session.execute(_askable().where(Rest.asked_on.is_not(None))).all():
        waited = (on - (rest.asked_on or on)).days
        step = max((n for n, days in enumerate(STEPS, 1) if waited >= days), default=0)
        if step:
            _tell(session, donor_id, rest, rung=step, now=now)


def _tell(session: Session, donor_id: int, rest: Rest, *, rung: int, now: datetime) -> None:
    to, subject = Recipient(RecipientKind.DONOR, donor_id), f"rest:{rest.ref}"
    notices.queue(session, to, NoticeKind.REST_ASKED, subject, now=now, rung=rung)


def withdraw(session: Session, by: Viewer, pledge_id: int, *, now: datetime) -> None:
    """Put a rest of which nothing was said back under its pledge: its booking is to be corrected."""
    rest = session.scalar(
        select(Rest).where(Rest.pledge_id == pledge_id, Rest.status == RestStatus.WAITING)
    )
    if rest is None:
        return
    fen = balance(session, rest)
    if fen > 0:
        _post(session, by, TransactionKind.UNRESTED, rest, fen, on=today(now))
    advance(session, rest, RestStatus.WITHDRAWN, by=by, now=now, reason="corrected")


def balance(session: Session, rest: Rest) -> Fen:
    """Return what lies there."""
    return Fen(-ledger.balance(session, AccountKind.REST, pledge_id=rest.pledge_id))


def _post(
    session: Session, by: Viewer, kind: TransactionKind, rest: Rest, fen: Fen, *, on: date
) -> None:
    """Move a sum out of a rest under its pledge; below zero, into it."""
    give(session, by, kind, rest, AccountKind.PREPAID, fen=fen, on=on)


def give(
    session: Session,
    by: Viewer,
    kind: TransactionKind,
    rest: Rest,
    to: AccountKind,
    *,
    fen: Fen,
    on: date,
) -> None:
    """Post a sum from a rest to an account, or back when it is below zero."""
    whose = rest.pledge_id if to in {AccountKind.PREPAID, AccountKind.EARMARKED} else None
    legs: Sequence[Leg] = (
        Leg(AccountKind.REST, fen, pledge_id=rest.pledge_id),
        Leg(to, Fen(-fen), pledge_id=whose),
    )
    ledger.post(session, Event(kind, on, rest_id=rest.id), legs, by=by)
