"""The bank's statements as the collecting desk uploads them, line by line, and what became of each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ImportStatus, LineKind, LineReason, LineState, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_DESK = (Audience.COLLECTING,)


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
    # What lay on the account before its first line and after its last, where the bank says so.
    opening_fen: Mapped[Fen | None] = mapped_column(info=NOBODY)
    closing_fen: Mapped[Fen | None] = mapped_column(info=NOBODY)

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
    row: Mapped[int] = mapped_column(info=seen_by(*_DESK))
    kind: Mapped[LineKind] = mapped_column(info=seen_by(*_DESK))
    state: Mapped[LineState] = mapped_column(info=seen_by(*_DESK))
    reason: Mapped[LineReason | None] = mapped_column(info=seen_by(*_DESK))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_DESK))
    on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    key: Mapped[str] = mapped_column(String(60), info=NOBODY)
    # Which references the money goes to, with their sums: [["AX053932", 5000], ...].
    parts: Mapped[list[Any]] = mapped_column(JSON, info=seen_by(*_DESK))
    remark: Mapped[str] = mapped_column(Sealed("statement_lines.remark"), info=seen_by(*_DESK))
    payer: Mapped[str] = mapped_column(Sealed("statement_lines.payer"), info=seen_by(*_DESK))
    is_kept: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    # What left or came back: the one memo of ours that its remark names.
    memo: Mapped[str | None] = mapped_column(String(16), info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk; what a line says of a batch the paying desk reads in `payouts`."""
        return held(viewer, (Audience.COLLECTING, _ROLES, cls.id.is_not(None)))


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
