"""Tells donors and families what became of an instalment; the vault keeps who the donors are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.handover.reminders import hands_of_all
from services.notices import notices
from services.notices.notices import Recipient
from services.stipends.sides import Side, Sides
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, RecipientKind
from vocabulary.errors import NotFound
from vocabulary.refs import stipend_ref


def handed_over(
    session: Session, stipends: Sequence[Stipend], *, now: datetime, sides: Sides
) -> None:
    """Queue the hand's word to each instalment's donor and to its family."""
    addressed = [
        to
        for told in _told_by(session, stipends, sides)
        for to in (*told.donor, (told.family, told.child_side))
    ]
    notices.queue_all(session, NoticeKind.HANDED_OVER, addressed, now=now)


def confirmed(
    session: Session, stipends: Sequence[Stipend], *, now: datetime, sides: Sides
) -> None:
    """Queue the family's word to each instalment's donor."""
    donors = [to for told in _told_by(session, stipends, sides) for to in told.donor]
    notices.queue_all(session, NoticeKind.CONFIRMED, donors, now=now)


def batches_sent(session: Session, batches: Sequence[Batch], *, now: datetime) -> None:
    """Tell whoever hands a batch over that its money is on the way."""
    _tell_hands(session, NoticeKind.BATCH_SENT, batches, now=now)


def batch_bounced(session: Session, batch: Batch, *, now: datetime) -> None:
    """Tell whoever waits for a batch that the bank sent its money back to us."""
    _tell_hands(session, NoticeKind.BATCH_BOUNCED, [batch], now=now)


def _tell_hands(
    session: Session, kind: NoticeKind, batches: Sequence[Batch], *, now: datetime
) -> None:
    hands = hands_of_all(session, batches, on=today(now))
    addressed = [
        (Recipient(RecipientKind.ACCOUNT, key), f"batch:{batch.ref}")
        for batch in batches
        for key in hands.get(batch.id, ())
    ]
    notices.queue_all(session, kind, addressed, now=now)


def unpaid(session: Session, by: Viewer, *, run_id: int, now: datetime) -> int:
    """Tell each donor once whose instalments this run opened and no money covers; return how many.

    What was opened before a holiday is asked for on its due day, like every other. Safe to repeat:
    a further run opened none of them, and nobody is told twice of one month.
    """
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Pledge.id, Pledge.donor_ref, func.max(Stipend.due_on))
        .join(Match, Match.pledge_id == Pledge.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(
            or_(Stipend.run_id == run_id, Stipend.due_on == today(now)),
            Stipend.due_on <= today(now),
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


@dataclass(frozen=True, slots=True)
class _Told:
    """Who hears of one instalment: its donor if one stands behind the money, and its family."""

    donor: Sequence[tuple[Recipient, str]]
    family: Recipient
    child_side: str


def _told_by(session: Session, stipends: Sequence[Stipend], sides: Sides) -> list[_Told]:
    pledges = {sides[stipend.id].pledge_id for stipend in stipends}
    donors = vault.donors_of_pledges(session, pledges)
    return [_told(one, sides[one.id], donors) for one in stipends]


def _told(stipend: Stipend, side: Side, donors: Mapping[int, int]) -> _Told:
    donor_id = donors.get(side.pledge_id)
    his = f"stipend:{stipend_ref(side.donor_ref, stipend.due_on)}"
    return _Told(
        donor=[] if donor_id is None else [(Recipient(RecipientKind.DONOR, donor_id), his)],
        family=Recipient(RecipientKind.FAMILY, side.child_id),
        child_side=f"stipend:{stipend_ref(side.child_ref, stipend.due_on)}",
    )
