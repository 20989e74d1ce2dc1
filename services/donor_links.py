"""A donor's private link: sent to his contact, never shown on a page."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.notices import Notice
from services import notices, vault
from services.notices import Recipient
from vocabulary.enums import NoticeKind, NoticeStatus, RecipientKind


def send(session: Session, donor_id: int, *, now: datetime) -> None:
    """Queue a fresh link to the donor's contact; one that still waits to leave is enough."""
    mine = (
        Notice.recipient_kind == RecipientKind.DONOR,
        Notice.recipient_id == donor_id,
        Notice.kind == NoticeKind.PRIVATE_LINK,
    )
    waiting = select(Notice.id).where(*mine, Notice.status == NoticeStatus.WAITING)
    if session.scalar(waiting.limit(1)) is not None:
        return
    asked = session.scalar(select(func.count()).select_from(Notice).where(*mine)) or 0
    to = Recipient(RecipientKind.DONOR, donor_id)
    subject = f"donor:{vault.donor_ref_of(session, donor_id)}"
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, subject, now=now, rung=asked)


def renew(session: Session, contact: str, *, now: datetime) -> None:
    """Send a new link when the contact is known; the caller answers known and unknown alike.

    Raises BadInput for what is neither a phone nor a mail address.
    """
    donor_id = vault.find_donor_by_contact(session, contact)
    if donor_id is not None:
        send(session, donor_id, now=now)
