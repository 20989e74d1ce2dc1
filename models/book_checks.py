"""What each nightly comparison of the books found: counts alone, kept for good."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role

_READ = (Audience.AUDIT, Audience.ADMINISTRATION)


class BookCheck(Base):
    """One comparison of everything; while the latest found what is not set apart, no money leaves."""

    __tablename__ = "book_checks"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    at: Mapped[datetime] = mapped_column(info=seen_by(*_READ))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_READ))
    findings: Mapped[int] = mapped_column(info=seen_by(*_READ))
    # How many of them are wholly about matches set apart: those alone stop nobody else's money.
    contained: Mapped[int] = mapped_column(default=0, info=seen_by(*_READ))
    # How many breaches of each invariant: {"postings_total": 0, ...}.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, info=seen_by(*_READ))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor and the administrators."""
        return held(
            viewer,
            (Audience.AUDIT, (Role.AUDITOR,), true()),
            (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), true()),
        )


append_only(BookCheck.__table__)  # type: ignore[arg-type]
