"""How a notice leaves the outbox: into the inbox at once, out of the house one claim at a time.

The caller commits after each claim and only then sends; what came of it is settled in a further
transaction (services/notices/settling.py). A notice that cannot be drawn stops no other.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from models.notices import Notice
from models.pledges import Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import leaps
from services.lifecycle import advance
from services.notices import addressing, notices
from services.notices.addressing import Address, Person
from services.notices.drawing import Drawn, draw
from services.notices.notice_texts import AT_ONCE, NEVER_HELD
from services.notices.settling import LOST_AFTER, tell_administrators
from vocabulary.dates import today
from vocabulary.enums import Channel, NoticeKind, NoticeStatus, RecipientKind, Role
from vocabulary.errors import AlreadyDecided, NotFound
from vocabulary.quiet import is_quiet, morning_after

_LOG = logging.getLogger("weiguang.notices")
LATE = timedelta(hours=36)
_WITH_INBOX = (RecipientKind.ACCOUNT, RecipientKind.DONOR)


@dataclass(frozen=True, slots=True)
class House:
    """What the words and ways out need to know of the installation.

    `staff_by` are the channels by which staff are written to beside their inbox.
    """

    public_url: str
    hotline: str
    staff_by: frozenset[Channel] = frozenset({Channel.MAIL, Channel.SMS})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed notice on its way out: for a gateway only."""

    ref: str
    channel: Channel
    to: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)


def to_inboxes(
    session: Session, by: Viewer, *, now: datetime, house: House, limit: int = 200
) -> int:
    """Draw the next notices into their recipients' inboxes; return how many were looked at.

    Notices without a way out are done with that; those with nothing to say are dropped.
    """
    require(by, Act.DELIVER_NOTICES)
    waiting = session.scalars(
        select(Notice)
        .where(
            Notice.status == NoticeStatus.WAITING,
            Notice.recipient_kind.in_(_WITH_INBOX),
            Notice.inbox_at.is_(None),
            *_but_apart(session),
        )
        .order_by(Notice.id)
        .limit(limit)
    ).all()
    for notice in waiting:
        try:
            with session.begin_nested():
                _put_into_inbox(session, by, notice, now=now, house=house)
        except Exception:
            _set_aside(session, by, notice, now=now)
    return len(waiting)


def _set_aside(session: Session, by: Viewer, notice: Notice, *, now: datetime) -> None:
    """Stop one that cannot be drawn, and only that one; the administrators hear of it."""
    _LOG.exception("notice %s cannot be drawn", notice.ref)
    advance(session, notice, NoticeStatus.FAILED, by=by, now=now, reason="cannot be drawn")
    tell_administrators(session, now=now)


def _put_into_inbox(
    session: Session, by: Viewer, notice: Notice, *, now: datetime, house: House
) -> None:
    found = _drawn(session, notice, now=now, house=house)
    if found is None:
        advance(session, notice, NoticeStatus.DROPPED, by=by, now=now)
        return
    person, drawn = found
    notice.text, notice.inbox_at = drawn.inbox, now
    if drawn.outside is None or person.address is None:
        notice.channel, notice.delivered_at = Channel.INBOX, now
        advance(session, notice, NoticeStatus.DELIVERED, by=by, now=now)


def _drawn(
    session: Session, notice: Notice, *, now: datetime, house: House
) -> tuple[Person, Drawn] | None:
    """Look the recipient up as they are now, and draw with their eyes."""
    try:
        person = addressing.find(session, notice, now=now, staff_by=house.staff_by)
    except NotFound:
        return None
    drawn = draw(session, person.viewer, notice, now=now, hotline=house.hotline)
    return (person, drawn) if drawn else None


def hold_late(session: Session, by: Viewer, *, now: datetime) -> int:
    """Stop everything that should have left more than 36 hours ago; one person releases it.

    While the day itself is in doubt, all that waits (services/leaps). One digest a day tells the
    paying desk. Returns how many are held now for the first time.
    """
    require(by, Act.DELIVER_NOTICES)
    stopped = session.execute(
        update(Notice)
        .where(
            Notice.status == NoticeStatus.WAITING,
            Notice.is_held.is_(False),
            Notice.released_at.is_(None),
            Notice.attempts == 0,
            *_too_late(session, now),
            Notice.kind.not_in(NEVER_HELD),
        )
        .values(is_held=True)
        .execution_options(synchronize_session=False)
    )
    count = int(stopped.rowcount)  # type: ignore[attr-defined]
    if count:
        subject = f"late:{today(now)}"
        notices.to_roles(
            session,
            (Role.PAYING_DESK, Role.ADMINISTRATOR),
            None,
            NoticeKind.LATE_RELEASE,
            subject,
            now=now,
        )
    return count


def _too_late(session: Session, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return () if leaps.waiting(session) else (Notice.not_before < now - LATE,)


def mind_the_night(session: Session, by: Viewer, *, now: datetime) -> int:
    """In quiet hours, move what may wait to the morning; return how many were moved."""
    require(by, Act.DELIVER_NOTICES)
    if not is_quiet(now):
        return 0
    morning = morning_after(now)
    moved = session.execute(
        update(Notice)
        .where(_may_leave(now), Notice.kind.not_in(AT_ONCE), Notice.not_before < morning)
        .values(not_before=morning)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _but_apart(session: Session) -> list[ColumnElement[bool]]:
    """Let wait what is about a match, or its pledge, that was set apart as damaged: it may say a lie."""
    refs = session.execute(
        select(Match.child_ref, Match.donor_ref, Pledge.donor_ref, Pledge.code)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(Match.apart_on.is_not(None))
    )
    return [Notice.subject.not_like(f"%:{ref}%") for row in refs for ref in row]


def _may_leave(now: datetime) -> ColumnElement[bool]:
    is_in_inbox = or_(Notice.inbox_at.is_not(None), Notice.recipient_kind.not_in(_WITH_INBOX))
    waits = and_(Notice.status == NoticeStatus.WAITING, Notice.is_held.is_(False))
    return and_(waits, is_in_inbox, Notice.not_before <= now)


def claim(session: Session, by: Viewer, *, now: datetime, house: House) -> Parcel | None:
    """Claim the next notice that may leave now, with its words as of now; None when none is left.

    Raises AlreadyDecided when another was first. Tokens are made here; the kept copy lacks them.
    """
    require(by, Act.DELIVER_NOTICES)
    here = and_(_may_leave(now), *_but_apart(session))
    if is_quiet(now):
        here = and_(here, Notice.kind.in_(AT_ONCE))
    next_one = select(Notice).where(here).order_by(Notice.not_before, Notice.id).limit(1)
    while (notice := session.scalar(next_one)) is not None:
        try:
            with session.begin_nested():
                parcel = _packed(session, by, notice, now=now, house=house)
        except AlreadyDecided:
            raise
        except Exception:
            _set_aside(session, by, notice, now=now)
            continue
        if parcel is not None:
            return parcel
    return None


def _packed(
    session: Session, by: Viewer, notice: Notice, *, now: datetime, house: House
) -> Parcel | None:
    found = _drawn(session, notice, now=now, house=house)
    if found is None or found[0].address is None or found[1].outside is None:
        _end_inside(session, by, notice, now=now)
        return None
    person, drawn = found
    address: Address = person.address  # type: ignore[assignment]  # looked at above
    live, kept = addressing.with_token(
        session, by, notice, drawn.outside or "", now=now, public_url=house.public_url
    )
    notice.channel, notice.claimed_at, notice.sent_text = address.channel, now, kept
    notice.attempts += 1
    advance(session, notice, NoticeStatus.SENDING, by=by, now=now)
    return Parcel(notice.ref, address.channel, address.to, drawn.title, live)


def _end_inside(session: Session, by: Viewer, notice: Notice, *, now: datetime) -> None:
    """Nothing goes out: it stays in the inbox, or there is nothing left of it."""
    if notice.text is not None:
        notice.channel, notice.delivered_at = Channel.INBOX, now
        advance(session, notice, NoticeStatus.DELIVERED, by=by, now=now)
    else:
        advance(session, notice, NoticeStatus.DROPPED, by=by, now=now)


def is_idle(session: Session, by: Viewer, *, now: datetime) -> bool:
    """Say whether a delivery would find nothing to do."""
    require(by, Act.DELIVER_NOTICES)
    told = _but_apart(session)
    for_inbox = and_(
        Notice.status == NoticeStatus.WAITING,
        Notice.recipient_kind.in_(_WITH_INBOX),
        Notice.inbox_at.is_(None),
        *told,
    )
    lost = and_(Notice.status == NoticeStatus.SENDING, Notice.claimed_at < now - LOST_AFTER)
    work = or_(for_inbox, and_(_may_leave(now), *told), lost)
    return session.scalar(select(Notice.id).where(work).limit(1)) is None
