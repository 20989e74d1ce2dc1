"""A donor's private link: sent to his contact, never shown on a page."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.notices import Notice
from services import limits
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
from vocabulary.enums import Limited, NoticeKind, NoticeStatus, RecipientKind
from vocabulary.errors import TooManyTries


def send(session: Session, donor_id: int, *, now: datetime) -> None:
    """Queue a fresh link to the donor's contact; one that still waits to leave is enough."""
    gone = select(func.count(Notice.id)).where(
        Notice.recipient_kind == RecipientKind.DONOR,
        Notice.recipient_id == donor_id,
        Notice.kind == NoticeKind.PRIVATE_LINK,
        Notice.status != NoticeStatus.WAITING,
    )
    # While one waits its rung is taken, and the outbox keeps no second one on it.
    asked = session.scalar(gone) or 0
    to = Recipient(RecipientKind.DONOR, donor_id)
    subject = f"donor:{vault.donor_ref_of(session, donor_id)}"
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, subject, now=now, rung=asked)


def renew(session: Session, contact: str, *, now: datetime) -> None:
    """Send a new link when the contact is known; the caller answers known and unknown alike.

    Raises BadInput for what is neither a phone nor a mail address.
    """
    donor_id = vault.find_donor_by_contact(session, contact)
    try:
        limits.take(session, Limited.RELINK, vault.read_contact(contact)[1], now=now)
    except TooManyTries:
        return  # the answer reads the same, and nobody's phone rings all day
    # A stranger is entered, answered and taken back: his request costs the same statements.
    trial = session.begin_nested()
    send(session, vault.register(session, contact, now=now), now=now)
    (trial.rollback if donor_id is None else trial.commit)()
