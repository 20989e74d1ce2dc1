"""What each matching run proved: its certificate, kept so that anybody may check it later."""

from datetime import date

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role

_WHO = (Audience.CASE_STAFF, Audience.AUDIT, Audience.STATISTICS)


class MatchingRun(Base):
    """One run: points made and at most possible, and the packed `matching.Certificate`.

    The certificate joins pledge codes and needs of the whole region, so no page is given it; the
    digest of its bytes stands in the trace as well.
    """

    __tablename__ = "matching_runs"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(*_WHO))
    # Which of the engine's kinds was paired: pledges or volunteers.
    kind: Mapped[str] = mapped_column(
        String(12), default="pledges", server_default="pledges", info=seen_by(*_WHO)
    )
    ran_on: Mapped[date] = mapped_column(index=True, info=seen_by(*_WHO))
    made: Mapped[int] = mapped_column(info=seen_by(*_WHO))
    total: Mapped[int] = mapped_column(info=seen_by(*_WHO))
    bound: Mapped[int] = mapped_column(info=seen_by(*_WHO))
    proof: Mapped[str] = mapped_column(String(8), info=seen_by(*_WHO))
    digest: Mapped[str] = mapped_column(String(64), info=seen_by(*_WHO))
    certificate: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff, statistics and the auditor see that a run was, and how well it was proved."""
        every = cls.id.is_not(None)
        return held(
            viewer,
            (Audience.CASE_STAFF, (Role.CASE_WORKER, Role.APPROVER), every),
            (Audience.AUDIT, (Role.AUDITOR,), every),
            (Audience.STATISTICS, (Role.STATISTICS,), every),
        )
