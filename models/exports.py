"""Which lists were taken out of the house, by whom and why. The sheet itself is kept nowhere."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, is_own, own_roles
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ExportKind, Role
from vocabulary.refs import new_ref

_BOTH = (Audience.SELF, Audience.AUDIT)


class Export(Base):
    """One export: its ref is the code that stands on the sheet, another one for each asker."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("export"), info=seen_by(*_BOTH)
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True, info=NOBODY)
    made_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_BOTH))
    kind: Mapped[ExportKind] = mapped_column(info=seen_by(*_BOTH))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_BOTH))
    month: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    reason: Mapped[str] = mapped_column(Sealed("exports.reason"), info=seen_by(*_BOTH))
    made_at: Mapped[datetime] = mapped_column(info=seen_by(*_BOTH))
    expires_at: Mapped[datetime] = mapped_column(info=seen_by(*_BOTH))
    taken: Mapped[int] = mapped_column(default=0, info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever made it, and the auditor."""
        return held(
            viewer,
            (Audience.SELF, own_roles(viewer), is_own(cls.account_id, viewer.account_id)),
            (Audience.AUDIT, (Role.AUDITOR,), true()),
        )
