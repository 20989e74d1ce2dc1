"""What each matching run proved: its certificate, kept so that anybody may check it later."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role, RunStatus, TrialStatus
from vocabulary.refs import new_ref

_WHO = (Audience.CASE_STAFF, Audience.AUDIT, Audience.STATISTICS)


class MatchingRun(Base):
    """One run: points made and at most possible, and the packed `matching.Certificate`.

    Its pairs lie in the certificate alone until somebody releases the run: a draft holds no child
    and starts no clock. The certificate joins pledge codes and needs of the whole region, so no
    page is given it; the digest of its bytes stands in the trace as well.
    """

    __tablename__ = "matching_runs"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(*_WHO))
    # Which of the engine's kinds was paired: pledges or volunteers.
    kind: Mapped[str] = mapped_column(
        String(12), default="pledges", server_default="pledges", info=seen_by(*_WHO)
    )
    # The one banner that was matched anew; none for the whole region.
    banner: Mapped[str | None] = mapped_column(String(12), info=seen_by(*_WHO))
    status: Mapped[RunStatus] = mapped_column(index=True, info=seen_by(*_WHO))
    ran_on: Mapped[date] = mapped_column(index=True, info=seen_by(*_WHO))
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_WHO))
    begun_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_WHO))
    # Which process is at it, so that a killed one's run is known as such.
    holder: Mapped[str] = mapped_column(String(80), default="", info=NOBODY)
    # How far it is: phase, done, of, and per banner [needs, settled, met].
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=seen_by(*_WHO))
    stop_asked_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_WHO))
    # Who released or discarded it: "engine" where it was small and nothing was flagged.
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_WHO))
    decided_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_WHO))
    # Of `made`, how many became proposals: what broke a rule meanwhile stays out.
    proposed: Mapped[int] = mapped_column(default=0, info=seen_by(*_WHO))
    made: Mapped[int] = mapped_column(default=0, info=seen_by(*_WHO))
    total: Mapped[int] = mapped_column(default=0, info=seen_by(*_WHO))
    bound: Mapped[int] = mapped_column(default=0, info=seen_by(*_WHO))
    proof: Mapped[str] = mapped_column(String(8), default="", info=seen_by(*_WHO))
    # Under which policy: the digest of its weights.
    policy: Mapped[str] = mapped_column(String(64), default="", info=seen_by(*_WHO))
    digest: Mapped[str] = mapped_column(String(64), default="", info=seen_by(*_WHO))
    certificate: Mapped[bytes] = mapped_column(LargeBinary, default=b"", info=NOBODY)

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


class MatchingPolicy(Base):
    """One version of the policy file that somebody kept, whole; the newest is in force.

    Before the first the file that comes with the engine is (`matching/policy.toml`).
    """

    __tablename__ = "matching_policies"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    version: Mapped[str] = mapped_column(String(24), unique=True, info=seen_by(*_WHO))
    text: Mapped[str] = mapped_column(Text, info=seen_by(*_WHO))
    digest: Mapped[str] = mapped_column(String(64), info=seen_by(*_WHO))
    kept_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_WHO))
    kept_at: Mapped[datetime] = mapped_column(info=seen_by(*_WHO))
    why: Mapped[str] = mapped_column(String(200), info=seen_by(*_WHO))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever sees the runs sees by which weights they were made."""
        every = cls.id.is_not(None)
        return held(
            viewer,
            (Audience.CASE_STAFF, (Role.CASE_WORKER, Role.APPROVER), every),
            (Audience.AUDIT, (Role.AUDITOR,), every),
            (Audience.STATISTICS, (Role.STATISTICS,), every),
        )


class PolicyTrial(Base):
    """Weights that somebody asked to try over a run's records: worked out by the clock, then read.

    `outcome` holds codes of needs and offers of the whole region, so no page is given it; what a
    page shows is cut to the viewer's own part (services/runs/trying.py).
    """

    __tablename__ = "policy_trials"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("policy_trial"), info=seen_by(*_WHO)
    )
    kind: Mapped[str] = mapped_column(String(12), info=seen_by(*_WHO))
    run_ref: Mapped[str] = mapped_column(String(16), info=seen_by(*_WHO))
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON, info=seen_by(*_WHO))
    # The policy in force that they are held against: its digest.
    against: Mapped[str] = mapped_column(String(64), info=seen_by(*_WHO))
    status: Mapped[TrialStatus] = mapped_column(
        default=TrialStatus.ASKED, index=True, info=seen_by(*_WHO)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_WHO))
    asked_on: Mapped[date] = mapped_column(index=True, info=seen_by(*_WHO))
    begun_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_WHO))
    holder: Mapped[str] = mapped_column(String(80), default="", info=NOBODY)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=seen_by(*_WHO))
    stop_asked_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_WHO))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever sees the runs."""
        every = cls.id.is_not(None)
        return held(
            viewer,
            (Audience.CASE_STAFF, (Role.CASE_WORKER, Role.APPROVER), every),
            (Audience.AUDIT, (Role.AUDITOR,), every),
            (Audience.STATISTICS, (Role.STATISTICS,), every),
        )
