"""Two hash chains of acts, with separate sequences (law 11), and the history of states."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Chain, Role

_READERS = (Audience.CHAIN_READER,)


class _Entry:
    """One act. `digest` covers every other column and the digest before."""

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True, info=seen_by(*_READERS))
    at: Mapped[datetime] = mapped_column(info=seen_by(*_READERS))
    actor: Mapped[str] = mapped_column(String(40), index=True, info=seen_by(*_READERS))
    act: Mapped[str] = mapped_column(String(40), info=seen_by(*_READERS))
    subject: Mapped[str] = mapped_column(String(60), index=True, info=seen_by(*_READERS))
    why: Mapped[str] = mapped_column(String(200), default="", info=seen_by(*_READERS))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=seen_by(*_READERS))
    previous: Mapped[str] = mapped_column(String(64), info=NOBODY)
    digest: Mapped[str] = mapped_column(String(64), unique=True, info=seen_by(*_READERS))


class OrdinaryEntry(_Entry, Base):
    """Acts of staff, schools, families and jobs: nothing here comes from a donor's identity."""

    __tablename__ = "trace_ordinary"

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor."""
        return held(viewer, (Audience.CHAIN_READER, (Role.AUDITOR,), cls.seq.is_not(None)))


class CustodianEntry(_Entry, Base):
    """What a donor does alone, and what the custodian does."""

    __tablename__ = "trace_custodian"

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The custodian."""
        return held(viewer, (Audience.CHAIN_READER, (Role.CUSTODIAN,), cls.seq.is_not(None)))


class ChainHead(Base):
    """Where a chain ends, kept apart from it: entries cut off its end are missed."""

    __tablename__ = "chain_heads"

    chain: Mapped[Chain] = mapped_column(primary_key=True, info=NOBODY)
    seq: Mapped[int] = mapped_column(info=NOBODY)
    digest: Mapped[str] = mapped_column(String(64), info=NOBODY)


class StateChange(Base):
    """One step of a lifecycle, with who and why."""

    __tablename__ = "state_changes"
    __table_args__ = (Index("ix_state_changes_kind_record_id", "kind", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    kind: Mapped[str] = mapped_column(String(30), info=NOBODY)
    record_id: Mapped[int] = mapped_column(info=NOBODY)
    from_state: Mapped[str | None] = mapped_column(String(24), info=NOBODY)
    to_state: Mapped[str] = mapped_column(String(24), info=NOBODY)
    at: Mapped[datetime] = mapped_column(info=NOBODY)
    by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    reason: Mapped[str] = mapped_column(String(200), default="", info=NOBODY)


for _table in (OrdinaryEntry, CustodianEntry, StateChange):
    append_only(_table.__table__)  # type: ignore[arg-type]
