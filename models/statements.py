"""The bank's statements as the collecting desk uploads them, line by line, and what became of each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, and_, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, in_regions
from models.stipends import Batch
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ImportStatus, LineKind, LineReason, LineState, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_DESK = (Audience.COLLECTING,)
_BOTH = (Audience.COLLECTING, Audience.PAYING)


class Statement(Base):
    """One uploaded statement: read, shown, then booked or put away as a whole."""

    __tablename__ = "statements"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("statement"), info=seen_by(*_DESK)
    )
    status: Mapped[ImportStatus] = mapped_column(
        default=ImportStatus.PREVIEWED, info=seen_by(*_DESK)
    )
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    created_at: Mapped[datetime] = mapped_column(info=seen_by(*_DESK))
    file: Mapped[str] = mapped_column(Sealed("statements.file"), info=seen_by(*_DESK))
    first_on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    last_on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    lines: Mapped[int] = mapped_column(info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk, and the console that may enter one."""
        return held(viewer, (Audience.COLLECTING, _ROLES, cls.id.is_not(None)))


class StatementLine(Base):
    """One line. What a payer wrote and who he is stays sealed; the key makes it count once."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        UniqueConstraint("statement_id", "row", name="uq_statement_lines_row"),
        Index(
            "uq_statement_lines_key",
            "key",
            unique=True,
            sqlite_where=text("is_kept = 1"),
            postgresql_where=text("is_kept"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), info=NOBODY)
    row: Mapped[int] = mapped_column(info=seen_by(*_BOTH))
    kind: Mapped[LineKind] = mapped_column(info=seen_by(*_BOTH))
    state: Mapped[LineState] = mapped_column(info=seen_by(*_BOTH))
    reason: Mapped[LineReason | None] = mapped_column(info=seen_by(*_BOTH))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_BOTH))
    on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    key: Mapped[str] = mapped_column(String(60), info=NOBODY)
    # Which references the money goes to, with their sums: [["AX053932", 5000], ...].
    parts: Mapped[list[Any]] = mapped_column(JSON, info=seen_by(*_DESK))
    remark: Mapped[str] = mapped_column(Sealed("statement_lines.remark"), info=seen_by(*_DESK))
    payer: Mapped[str] = mapped_column(Sealed("statement_lines.payer"), info=seen_by(*_DESK))
    is_kept: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    # What left or came back: the one memo of ours that its remark names, and whose batch that is.
    memo: Mapped[str | None] = mapped_column(String(16), info=seen_by(*_BOTH))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk; the paying desk what names a batch, without words or names."""
        here = select(Batch.id).where(in_regions(Batch.region_code, viewer))
        paid = and_(
            cls.state.in_((LineState.SETTLED, LineState.UNSETTLED)),
            or_(cls.batch_id.is_(None), cls.batch_id.in_(here)),
        )
        return held(
            viewer,
            (Audience.COLLECTING, _ROLES, cls.id.is_not(None)),
            (Audience.PAYING, (Role.PAYING_DESK,), paid),
        )


class StatementLayout(Base):
    """What a person said once of a bank's columns: field by field, the number of its column."""

    __tablename__ = "statement_layouts"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    digest: Mapped[str] = mapped_column(String(40), unique=True, info=NOBODY)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, info=seen_by(*_DESK))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    made_at: Mapped[datetime] = mapped_column(info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk."""
        return held(viewer, (Audience.COLLECTING, _ROLES, cls.id.is_not(None)))


_ROLES = (Role.COLLECTING_DESK, Role.CONSOLE)
