"""Requests to join the two halves for one pledge: asked by one custodian, agreed by another."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, and_
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.pledges import pledges_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AskedFor, CustodyReason, CustodyStatus, Role
from vocabulary.refs import new_ref

_DESK = (Audience.CUSTODY,)
_AND_DONOR = (Audience.CUSTODY, Audience.OWNING_DONOR)


class CustodyRequest(Base):
    """Who asked, why, who agreed, and on which day the identity was shown; never the identity."""

    __tablename__ = "custody_requests"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("custody"), info=seen_by(*_DESK)
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    handle: Mapped[str] = mapped_column(Sealed("custody_requests.handle"), info=seen_by(*_DESK))
    asked_for: Mapped[AskedFor] = mapped_column(info=seen_by(*_DESK))
    reason: Mapped[CustodyReason] = mapped_column(info=seen_by(*_AND_DONOR))
    words: Mapped[str] = mapped_column(Sealed("custody_requests.words"), info=seen_by(*_DESK))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"), info=NOBODY)
    status: Mapped[CustodyStatus] = mapped_column(
        default=CustodyStatus.ASKED, index=True, info=seen_by(*_DESK)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    asked_at: Mapped[datetime] = mapped_column(info=seen_by(*_DESK))
    # Until then it may be decided, and, once agreed, looked at.
    until_at: Mapped[datetime] = mapped_column(info=seen_by(*_DESK))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))
    decided_because: Mapped[str | None] = mapped_column(
        Sealed("custody_requests.decided_because"), info=seen_by(*_DESK)
    )
    shown_on: Mapped[date | None] = mapped_column(info=seen_by(*_AND_DONOR))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The custodians; and the donor himself, from the day on which he was looked at."""
        mine = and_(cls.pledge_id.in_(pledges_of_donor(viewer)), cls.shown_on.is_not(None))
        return held(
            viewer,
            (Audience.CUSTODY, (Role.CUSTODIAN,), cls.id.is_not(None)),
            (Audience.OWNING_DONOR, (Role.DONOR,), mine),
        )
