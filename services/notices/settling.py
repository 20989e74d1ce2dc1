"""What became of a notice that was on its way out, also of one whose sender was killed.

A crash between a gateway's acceptance and this mark never sends an SMS twice: its fate is unknown
until the provider says, asked under the same key, that it has it or never had it. Where it cannot
be asked, or does not know for three days, it stays unknown for good and is never tried again (at
most once); the administrators were told. A mail is, under the same Message-ID (at least once, so
that the recipient's mail box may show it once).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Notice
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.lifecycle import advance
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import Channel, NoticeKind, NoticeStatus, Role
from vocabulary.errors import AlreadyDecided

LOST_AFTER = timedelta(minutes=15)
ASKED_AGAIN = timedelta(minutes=30)
ASKED_FOR = timedelta(days=3)
ASKED_AT_ONCE = 50
BACKOFF = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)


def settle(session: Session, by: Viewer, ref: str, became: NoticeStatus, *, now: datetime) -> None:
    """Keep what became of a claimed notice; what did not arrive is told to the administrators.

    DELIVERED, FAILED (for good), WAITING (try again later) or UNCLEAR (it may have left).
    """
    require(by, Act.DELIVER_NOTICES)
    notice = session.scalars(select(Notice).where(Notice.ref == ref)).one()
    to = _after(notice, became)
    if to is NoticeStatus.DELIVERED:
        notice.delivered_at = now
    if to is NoticeStatus.WAITING:
        notice.not_before = now + BACKOFF[notice.attempts - 1]
    advance(session, notice, to, by=by, now=now)
    if to in (NoticeStatus.FAILED, NoticeStatus.UNCLEAR):
        tell_administrators(session, now=now)


def tell_administrators(session: Session, *, now: datetime) -> None:
    """Say once a day that something was not delivered."""
    subject = f"job:outbox:{today(now)}:undelivered"
    notices.to_roles(session, (Role.ADMINISTRATOR,), None, NoticeKind.JOB_ALARM, subject, now=now)


def _after(notice: Notice, became: NoticeStatus) -> NoticeStatus:
    """Only a mail may be tried again when its fate is unclear: it bears the same Message-ID."""
    may_repeat = notice.attempts <= len(BACKOFF)
    match became:
        case NoticeStatus.UNCLEAR if notice.channel is Channel.MAIL and may_repeat:
            return NoticeStatus.WAITING
        case NoticeStatus.WAITING if not may_repeat:
            return NoticeStatus.FAILED
        case _:
            return became


def settle_lost(session: Session, by: Viewer, *, now: datetime) -> int:
    """Settle as UNCLEAR what was claimed by a sender that was killed; return how many."""
    require(by, Act.DELIVER_NOTICES)
    lost = session.scalars(
        select(Notice.ref).where(
            Notice.status == NoticeStatus.SENDING, Notice.claimed_at < now - LOST_AFTER
        )
    ).all()
    for ref in lost:
        settle(session, by, ref, NoticeStatus.UNCLEAR, now=now)
    return len(lost)


def to_ask(session: Session, by: Viewer, *, now: datetime) -> list[tuple[str, Channel]]:
    """Return the refs whose fate the way out is to be asked about now, and which way it is."""
    require(by, Act.DELIVER_NOTICES)
    rows = session.execute(
        select(Notice.ref, Notice.channel)
        .where(
            Notice.status == NoticeStatus.UNCLEAR,
            Notice.not_before <= now,
            Notice.claimed_at > now - ASKED_FOR,
        )
        .order_by(Notice.id)
        .limit(ASKED_AT_ONCE)
    )
    return [(ref, channel) for ref, channel in rows if channel is not None]


def answered(
    session: Session, by: Viewer, ref: str, became: NoticeStatus | None, *, now: datetime
) -> None:
    """Keep what the way out says of one: DELIVERED, or WAITING where it never had it; None: later."""
    require(by, Act.DELIVER_NOTICES)
    notice = session.scalars(select(Notice).where(Notice.ref == ref)).one()
    if notice.status is not NoticeStatus.UNCLEAR:
        raise AlreadyDecided()
    if became is None:
        notice.not_before = now + ASKED_AGAIN
        return
    if became is NoticeStatus.DELIVERED:
        notice.delivered_at = now
    advance(session, notice, became, by=by, now=now, reason="asked")
