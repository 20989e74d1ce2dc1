"""The outbox, and the private links that notices carry."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, is_own, own_roles
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import (
    Channel,
    LinkPurpose,
    NoticeKind,
    NoticeStatus,
    RecipientKind,
)
from vocabulary.refs import new_ref

_SELF = (Audience.SELF,)


class Notice(Base):
    """One message to one recipient. The row keeps refs; its texts are drawn at delivery and kept.

    `text` is what the inbox shows from `inbox_at` on, `sent_text` what left the house (its live
    token left out). `not_before` is when it should leave: quiet hours and retries move it.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint(
            "recipient_kind", "recipient_id", "kind", "subject", "rung", name="uq_notices_once"
        ),
        Index("ix_notices_status_not_before", "status", "not_before"),
        Index("ix_notices_recipient_inbox_at", "recipient_kind", "recipient_id", "inbox_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("notice"), info=seen_by(*_SELF)
    )
    recipient_kind: Mapped[RecipientKind] = mapped_column(info=NOBODY)
    recipient_id: Mapped[int] = mapped_column(info=NOBODY)
    kind: Mapped[NoticeKind] = mapped_column(info=seen_by(*_SELF))
    subject: Mapped[str] = mapped_column(String(40), info=seen_by(*_SELF))
    rung: Mapped[int] = mapped_column(default=0, info=seen_by(*_SELF))
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.WAITING, info=seen_by(*_SELF))
    channel: Mapped[Channel | None] = mapped_column(info=seen_by(*_SELF))
    created_at: Mapped[datetime] = mapped_column(info=NOBODY)
    not_before: Mapped[datetime] = mapped_column(info=NOBODY)
    claimed_at: Mapped[datetime | None] = mapped_column(info=NOBODY)
    inbox_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_SELF))
    delivered_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_SELF))
    read_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_SELF))
    attempts: Mapped[int] = mapped_column(default=0, info=NOBODY)
    is_held: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    released_at: Mapped[datetime | None] = mapped_column(info=NOBODY)
    text: Mapped[str | None] = mapped_column(Sealed("notices.text"), info=seen_by(*_SELF))
    sent_text: Mapped[str | None] = mapped_column(Sealed("notices.sent_text"), info=seen_by(*_SELF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The recipient alone."""
        to_account = (cls.recipient_kind == RecipientKind.ACCOUNT) & (
            is_own(cls.recipient_id, viewer.account_id)
        )
        to_donor = (cls.recipient_kind == RecipientKind.DONOR) & (
            is_own(cls.recipient_id, viewer.donor_id if viewer.pledge_id is None else None)
        )
        mine = to_donor if viewer.donor_id is not None else to_account
        return held(viewer, (Audience.SELF, own_roles(viewer), mine))


class AccessLink(Base):
    """A private link: only the token's hash is kept."""

    __tablename__ = "access_links"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=NOBODY)
    purpose: Mapped[LinkPurpose] = mapped_column(info=NOBODY)
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("vault_donors.id"), info=NOBODY)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), info=NOBODY)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), info=NOBODY)
    class_grade: Mapped[int | None] = mapped_column(info=NOBODY)
    class_name: Mapped[str | None] = mapped_column(String(20), info=NOBODY)
    stipend_id: Mapped[int | None] = mapped_column(
        ForeignKey("stipends.id"), index=True, info=NOBODY
    )
    reveal_id: Mapped[int | None] = mapped_column(ForeignKey("reveals.id"), info=NOBODY)
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"), info=NOBODY)
    made_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    created_at: Mapped[datetime] = mapped_column(info=NOBODY)
    expires_at: Mapped[datetime] = mapped_column(info=NOBODY)
    # Where a class list's six digits are sent: typed by the officer, never shown again.
    phone: Mapped[str | None] = mapped_column(Sealed("access_links.phone"), info=NOBODY)
    code_hash: Mapped[str | None] = mapped_column(String(64), info=NOBODY)
    code_until: Mapped[datetime | None] = mapped_column(info=NOBODY)
    device_hash: Mapped[str | None] = mapped_column(String(64), info=NOBODY)
    revoked_at: Mapped[datetime | None] = mapped_column(info=NOBODY)
    wrong_codes: Mapped[int] = mapped_column(default=0, info=NOBODY)
