"""A child that moves to another banner (转出): handed over by the old one, accepted by the new."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_banners
from models.harm import cases_about
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import TransferStatus
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)


class Transfer(Base):
    """One hand-over between banners: until the new one accepts, all stays with the old one.

    The new banner stands near no child before it accepts; it reads the name and the words of the
    old one here, and nothing of the file.
    """

    __tablename__ = "child_transfers"
    __table_args__ = (
        Index(
            "uq_child_transfers_open",
            "child_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("child_transfer"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    from_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_STAFF))
    to_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_STAFF))
    name: Mapped[str] = mapped_column(Sealed("child_transfers.name"), info=seen_by(*_STAFF))
    words: Mapped[str] = mapped_column(Sealed("child_transfers.words"), info=seen_by(*_STAFF))
    answer: Mapped[str | None] = mapped_column(
        Sealed("child_transfers.answer"), info=seen_by(*_STAFF)
    )
    status: Mapped[TransferStatus] = mapped_column(
        default=TransferStatus.ASKED, info=seen_by(*_STAFF)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The case staff of both banners, but whom a report about the child names."""
        here = or_(in_banners(cls.from_code, viewer), in_banners(cls.to_code, viewer))
        near = here & cls.child_id.not_in(cases_about(viewer))
        return held(viewer, (Audience.CASE_STAFF, CASE, near))
