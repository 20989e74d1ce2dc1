"""Tells donors and families what became of an instalment; the vault keeps who the donors are."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import notices, vault
from services.notices import Recipient
from services.reminders import hands_of
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, RecipientKind
from vocabulary.errors import NotFound
from vocabulary.refs import stipend_ref


def handed_over(session: Session, stipends: Sequence[Stipend], *, now: datetime) -> None:
    """Queue the hand's word to each instalment's donor and to its family."""
    for stipend, match in _with_matches(session, stipends):
        _tell_donor(session, stipend, match, NoticeKind.HANDED_OVER, now=now)
        family = Recipient(RecipientKind.FAMILY, match.child_id)
        subject = f"stipend:{stipend_ref(match.child_ref, stipend.due_on)}"
        notices.queue(session, family, NoticeKind.HANDED_OVER, subject, now=now)


def confirmed(session: Session, stipend: Stipend, *, now: datetime) -> None:
    """Queue the family's word to the instalment's donor."""
    for one, match in _with_matches(session, [stipend]):
        _tell_donor(session, one, match, NoticeKind.CONFIRMED, now=now)


def batch_sent(session: Session, batch: Batch, *, now: datetime) -> None:
    """Tell whoever hands a batch over that its money is on the way."""
    for account_id in hands_of(session, batch, on=today(now)):
        to = Recipient(RecipientKind.ACCOUNT, account_id)
        notices.queue(session, to, NoticeKind.BATCH_SENT, f"batch:{batch.ref}", now=now)


def unpaid(session: Session, by: Viewer, *, run_id: int, now: datetime) -> int:
    """Tell each donor once whose instalments this run opened and no money covers; return how many.

    Safe to repeat: a further run opened none of them.
    """
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Pledge.id, Pledge.donor_ref, func.max(Stipend.due_on))
        .join(Match, Match.pledge_id == Pledge.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(
            Stipend.run_id == run_id,
            Stipend.received_on.is_(None),
            Stipend.cancelled_on.is_(None),
        )
        .group_by(Pledge.id, Pledge.donor_ref)
        .order_by(Pledge.id)
    ).all()
    return sum(
        _ask(session, pledge_id, f"pledge:{ref}", month=due_on, now=now)
        for pledge_id, ref, due_on in rows
    )


def _ask(session: Session, pledge_id: int, subject: str, *, month: date, now: datetime) -> bool:
    try:
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge_id))
    except NotFound:
        return False
    rung = month.year * 12 + month.month
    notices.queue(session, donor, NoticeKind.PAYMENT_DUE, subject, now=now, rung=rung)
    return True


def _with_matches(session: Session, stipends: Sequence[Stipend]) -> list[tuple[Stipend, Match]]:
    ids = {stipend.match_id for stipend in stipends}
    matches = {m.id: m for m in session.scalars(select(Match).where(Match.id.in_(ids)))}
    return [(stipend, matches[stipend.match_id]) for stipend in stipends]


def _tell_donor(
    session: Session, stipend: Stipend, match: Match, kind: NoticeKind, *, now: datetime
) -> None:
    """Queue one notice; money that no donor stands behind tells nobody."""
    try:
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, match.pledge_id))
    except NotFound:
        return
    subject = f"stipend:{stipend_ref(match.donor_ref, stipend.due_on)}"
    notices.queue(session, donor, kind, subject, now=now)
