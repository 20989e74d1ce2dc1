"""What takes a donor out of the live database: links, words written to him, contact, names, payer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.notices import AccessLink, Notice
from models.pledges import Pledge
from models.vault import (
    Donor,
    ReceiptWish,
    VaultContact,
    VaultDeath,
    VaultGiver,
    VaultKey,
    VaultMember,
    VaultName,
    VaultPledge,
    VaultReceipt,
)
from models.work_units import Colleague
from privacy.viewers import Viewer
from services.donors import naming
from services.lifecycle import advance_all
from vocabulary.dates import today
from vocabulary.enums import Naming, NoticeStatus, RecipientKind


def erase(session: Session, by: Viewer, donor: Donor, *, now: datetime) -> None:
    """Take everything that tells who he is, or was written to him, out of the database."""
    mine = session.scalars(
        select(VaultPledge.pledge_id).where(VaultPledge.donor_id == donor.id)
    ).all()
    silence(session, by, donor, now=now)
    naming.forget_aliases(session, list(mine))
    _set(session, update(Pledge).where(Pledge.id.in_(mine)).values(naming=Naming.SEALED))
    together = select(VaultMember.donor_id).where(VaultMember.pledge_id.in_(mine))
    forget_members(session, session.scalars(together).all(), now=now)
    for table in (VaultName, VaultGiver, VaultMember, ReceiptWish, VaultContact, VaultKey):
        session.execute(delete(table).where(table.donor_id == donor.id))
    his = Notice.recipient_kind == RecipientKind.DONOR, Notice.recipient_id == donor.id
    _set(session, update(Notice).where(*his).values(text=None, sent_text=None))
    _forget_payer(session, donor.id, mine)
    donor.password_hash = None
    _set(session, update(VaultDeath).where(VaultDeath.donor_id == donor.id).values(because=None))
    session.flush()


def forget_members(session: Session, donor_ids: Sequence[int], *, now: datetime) -> None:
    """Take the names and keys of people who give together out; what they gave stays under codes."""
    ended = (AccessLink.donor_id.in_(donor_ids), AccessLink.revoked_at.is_(None))
    _set(session, update(AccessLink).where(*ended).values(revoked_at=now))
    for table in (VaultMember, VaultKey):
        session.execute(delete(table).where(table.donor_id.in_(donor_ids)))
    _set(session, update(Donor).where(Donor.id.in_(donor_ids)).values(forgotten_on=today(now)))


def _forget_payer(session: Session, donor_id: int, pledge_ids: Sequence[int]) -> None:
    """Take the payer out of his receipts; a remark as it was typed gives way to the code.

    What came before he became a group's contact is the one's who was it then.
    """
    reference = (
        select(VaultPledge.payment_reference)
        .join(VaultReceipt, VaultReceipt.pledge_id == VaultPledge.pledge_id)
        .where(VaultReceipt.receipt_id == Receipt.id)
        .scalar_subquery()
    )
    still = and_(VaultReceipt.donor_id.is_(None), VaultReceipt.pledge_id.in_(pledge_ids))
    his = select(VaultReceipt.receipt_id).where(or_(VaultReceipt.donor_id == donor_id, still))
    _set(
        session,
        update(Receipt)
        .where(Receipt.id.in_(his))
        .values(payer_name=None, remark=None, payment_reference=reference),
    )


def silence(session: Session, by: Viewer, donor: Donor, *, now: datetime) -> None:
    """Kill his links, drop what waits to be written to him, and let nobody collect from him."""
    his_pledges = select(VaultPledge.pledge_id).where(VaultPledge.donor_id == donor.id)
    _set(
        session,
        update(AccessLink)
        .where(
            or_(AccessLink.donor_id == donor.id, AccessLink.pledge_id.in_(his_pledges)),
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now),
    )
    his_codes = select(VaultPledge.payment_reference).where(VaultPledge.donor_id == donor.id)
    _set(
        session,
        update(Colleague)
        .where(Colleague.payment_reference.in_(his_codes), Colleague.left_on.is_(None))
        .values(left_on=today(now)),
    )
    waiting = select(Notice.id).where(
        Notice.recipient_kind == RecipientKind.DONOR,
        Notice.recipient_id == donor.id,
        Notice.status.in_((NoticeStatus.WAITING, NoticeStatus.FAILED)),
    )
    neutral = replace(by, actor="donor")
    advance_all(session, Notice, waiting, NoticeStatus.DROPPED, by=neutral, now=now)


def _set(session: Session, statement: Any) -> None:
    session.flush()
    session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
