"""Uploaded files: rosters being previewed, and evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason, Role
from vocabulary.refs import new_ref

_OWN = (Audience.SELF,)


class Import(Base):
    """One uploaded roster: judged, shown, then taken or discarded as a whole."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("import"), info=seen_by(*_OWN)
    )
    kind: Mapped[ImportKind] = mapped_column(info=seen_by(*_OWN))
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.READING, info=seen_by(*_OWN))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_OWN))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=NOBODY)
    created_at: Mapped[datetime] = mapped_column(info=seen_by(*_OWN))
    ready: Mapped[int] = mapped_column(default=0, info=seen_by(*_OWN))
    held: Mapped[int] = mapped_column(default=0, info=seen_by(*_OWN))
    refused: Mapped[int] = mapped_column(default=0, info=seen_by(*_OWN))
    done: Mapped[int] = mapped_column(default=0, info=seen_by(*_OWN))
    taken: Mapped[int] = mapped_column(default=0, info=seen_by(*_OWN))
    touched_at: Mapped[datetime] = mapped_column(info=seen_by(*_OWN))
    header: Mapped[str] = mapped_column(Sealed("imports.header"), info=seen_by(*_OWN))
    forgotten_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever uploaded it."""
        return held(viewer, (Audience.SELF, (*CASE, Role.CONSOLE), cls.by == viewer.actor))


class ImportRow(Base):
    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("import_id", "row", name="uq_import_rows_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), info=NOBODY)
    row: Mapped[int] = mapped_column(info=seen_by(*_OWN))
    outcome: Mapped[str] = mapped_column(String(10), info=seen_by(*_OWN))
    problems: Mapped[list[Any]] = mapped_column(JSON, info=seen_by(*_OWN))
    notes: Mapped[list[Any]] = mapped_column(JSON, info=seen_by(*_OWN))
    name: Mapped[str] = mapped_column(Sealed("import_rows.name"), info=seen_by(*_OWN))
    message: Mapped[str] = mapped_column(Sealed("import_rows.message"), info=seen_by(*_OWN))
    raw: Mapped[str] = mapped_column(Sealed("import_rows.raw"), info=seen_by(*_OWN))
    record: Mapped[str | None] = mapped_column(Sealed("import_rows.record"), info=NOBODY)
    was_taken: Mapped[bool] = mapped_column(default=False, info=seen_by(*_OWN))
    taken_ref: Mapped[str | None] = mapped_column(String(16), info=seen_by(*_OWN))
    returned_because: Mapped[ReturnReason | None] = mapped_column(info=seen_by(*_OWN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever uploaded it."""
        from sqlalchemy import select

        mine = cls.import_id.in_(select(Import.id).where(Import.by == viewer.actor))
        return held(viewer, (Audience.SELF, (*CASE, Role.CONSOLE), mine))


class Upload(Base):
    """A stored file: the photograph of a signed slip or of a letter, re-encoded, without EXIF."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("upload"),
        info=seen_by(Audience.CASE_STAFF),
    )
    stipend_id: Mapped[int | None] = mapped_column(
        ForeignKey("stipends.id"), index=True, info=NOBODY
    )
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True, info=NOBODY)
    sha256: Mapped[str] = mapped_column(String(64), info=NOBODY)
    media_type: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    size_bytes: Mapped[int] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff who see the stipend or the letter that it shows."""
        from sqlalchemy import or_, select

        from models.letters import Letter
        from models.stipends import Stipend

        slips = Stipend.standings(viewer).get(Audience.CASE_STAFF)
        letters = Letter.standings(viewer).get(Audience.CASE_STAFF)
        if slips is None or letters is None:
            return {}
        of_slip = cls.stipend_id.in_(select(Stipend.id).where(slips))
        of_letter = cls.letter_id.in_(select(Letter.id).where(letters))
        return {Audience.CASE_STAFF: or_(of_slip, of_letter)}
