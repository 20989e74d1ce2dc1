"""Visits: what a 爱心妈妈 writes down after she met her child, and what staff do when a pair fades."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, and_, false, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Condition, Sealed, Standings, held, is_own
from models.care import CareMatch
from models.children import Child
from models.harm import cases_about
from models.pledges import Match
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ChildMood, FadingStep, Role, VisitKind
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_BOTH = (*_STAFF, Audience.SELF)
_AT_HOME = (Audience.OWN_FAMILY, Audience.OWN_VILLAGE)


class Visit(Base):
    """One time a volunteer and her child met or spoke.

    How the child was, her sentence and her worry are the case staff's and her own: a worry may be
    about the very home that reads of the visit.
    """

    __tablename__ = "visits"
    __table_args__ = (
        # Sent twice by a phone without a signal, it is one visit.
        Index(
            "uq_visits_standing",
            "care_id",
            "met_on",
            "kind",
            unique=True,
            sqlite_where=text("taken_back_on IS NULL"),
            postgresql_where=text("taken_back_on IS NULL"),
        ),
        Index("ix_visits_child_id_met_on", "child_id", "met_on"),
        CheckConstraint("met_on <= entered_on", name="not_to_come"),
        CheckConstraint("taken_up_by IS NULL OR is_worry", name="only_worries_are_taken_up"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("visit"), info=seen_by(*_STAFF)
    )
    her_ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("visit_volunteer"),
        info=seen_by(Audience.SELF),
    )
    care_id: Mapped[int] = mapped_column(ForeignKey("care_matches.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    met_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH, *_AT_HOME))
    kind: Mapped[VisitKind] = mapped_column(info=seen_by(*_BOTH, *_AT_HOME))
    # None where she came with nothing but a worry.
    mood: Mapped[ChildMood | None] = mapped_column(info=seen_by(*_BOTH))
    # VisitSign values.
    signs: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_BOTH))
    words: Mapped[str | None] = mapped_column(Sealed("visits.words"), info=seen_by(*_BOTH))
    # LetterConcern values: what the machine found worrying in her sentence.
    concerns: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    is_worry: Mapped[bool] = mapped_column(default=False, index=True, info=seen_by(*_STAFF))
    taken_up_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    taken_up_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_BOTH))
    # Herself, or whoever of the staff wrote down what she told by telephone.
    entered_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    entered_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    taken_back_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the pair's for staff and herself; the family behind its guardian's own link.

        To a family without a telephone its village director reads the days aloud. Whom a report names
        stands near none of that child's, like everything about the case.
        """
        pair = CareMatch.standings(viewer)
        found: dict[Audience, Condition] = {
            audience: cls.care_id.in_(select(CareMatch.id).where(condition))
            for audience, condition in pair.items()
        }
        if Audience.CASE_STAFF in found:
            round_ = cls.child_id.not_in(cases_about(viewer))
            found[Audience.CASE_STAFF] = and_(found[Audience.CASE_STAFF], round_)
        return found | held(
            viewer,
            (Audience.OWN_FAMILY, (Role.FAMILY,), _at_home(viewer)),
            (Audience.OWN_VILLAGE, (Role.VILLAGE_DIRECTOR,), _in_village(viewer)),
        )


def _at_home(viewer: Viewer) -> Condition:
    """Behind a slip, which a school prints, no visit stands; one taken back never was."""
    child_id = None if viewer.stipend_id is not None else viewer.child_id
    if child_id is None:
        return false()
    return and_(is_own(Visit.child_id, child_id), Visit.taken_back_on.is_(None))


def _in_village(viewer: Viewer) -> Condition:
    near = Child.standings(viewer).get(Audience.OWN_VILLAGE, false())
    hers = Visit.child_id.in_(select(Child.id).where(near))
    return and_(hers, Visit.taken_back_on.is_(None), Visit.child_id.not_in(cases_about(viewer)))


class FadingNote(Base):
    """What one of the staff did about a pair that fades; no operation changes it."""

    __tablename__ = "fading_notes"
    __table_args__ = (CheckConstraint("(care_id IS NULL) <> (match_id IS NULL)", name="one_pair"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    care_id: Mapped[int | None] = mapped_column(
        ForeignKey("care_matches.id"), index=True, info=NOBODY
    )
    match_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    step: Mapped[FadingStep] = mapped_column(info=seen_by(*_STAFF))
    words: Mapped[str | None] = mapped_column(Sealed("fading_notes.words"), info=seen_by(*_STAFF))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The case staff of the pair."""
        sides = (
            (cls.care_id, CareMatch.id, CareMatch.standings(viewer)),
            (cls.match_id, Match.id, Match.standings(viewer)),
        )
        near: Condition = false()
        for column, key, standings in sides:
            if Audience.CASE_STAFF in standings:
                near = near | column.in_(select(key).where(standings[Audience.CASE_STAFF]))
        return {Audience.CASE_STAFF: near} if viewer.has(Role.CASE_WORKER, Role.APPROVER) else {}
