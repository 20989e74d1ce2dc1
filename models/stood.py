"""What stood before, while a report names somebody: whom it names reads the file as it stood.

A changed address, village or school, a guardian's other place of work, and a consent taken back, are
written where they belong; what stood before is kept here as well, from the day on which a report
about the child names anybody. No viewer stands here. The gate puts it in the place of what stands now
for whom the report names, and for nobody else (services/stood.py): in what he reads, in what is joined
to it, and in what he filters and sorts by. An instalment in the list of a school to which the child
came since stands in no list before him. That a consent is missing he reads like anybody: nothing may
be agreed to without it (law 9), and it tells neither of a place nor of a report.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    and_,
    case,
    exists,
    false,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import CASE, Base, Condition, Sealed, Standings
from models.children import Child, Consent, Kin
from models.harm import kept_since
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.disclosure import NOBODY
from privacy.viewers import Viewer
from vocabulary.enums import Role, Stage

READERS = (*CASE, Role.FAMILY, Role.VILLAGE_DIRECTOR, Role.VOLUNTEER)
"""Whom a report may name and who reads where a child is."""
Swap = tuple[ColumnElement[Any], ColumnElement[Any]]
ALIKE = ("address", "region_code", "banner_code", "league_code", "school_id", "stage", "grade")


class PlaceBefore(Base):
    """Where a child was before somebody wrote down another place or school."""

    __tablename__ = "places_before"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    # Under the very seal of the column in whose place it is read.
    address: Mapped[str | None] = mapped_column(Sealed("children.address"), info=NOBODY)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=NOBODY)
    banner_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=NOBODY)
    league_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=NOBODY)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    stage: Mapped[Stage] = mapped_column(info=NOBODY)
    grade: Mapped[int | None] = mapped_column(info=NOBODY)
    in_class: Mapped[str | None] = mapped_column(String(20), info=NOBODY)
    changed_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    changed_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Nobody."""
        return {}


class WorkBefore(Base):
    """Where a guardian worked before somebody wrote down another place of work, or none."""

    __tablename__ = "works_before"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    kin_id: Mapped[int] = mapped_column(ForeignKey("kin.id"), index=True, info=NOBODY)
    # Under the very seal of the column in whose place it is read.
    workplace: Mapped[str | None] = mapped_column(Sealed("kin.workplace"), info=NOBODY)
    changed_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    changed_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Nobody."""
        return {}


class ConsentEnd(Base):
    """Who took a consent back, and behind whose link."""

    __tablename__ = "consent_ends"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consents.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    ended_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    behind: Mapped[str | None] = mapped_column(String(16), info=NOBODY)
    ended_on: Mapped[date] = mapped_column(info=NOBODY)
    ended_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Nobody."""
        return {}


def instead(viewer: Viewer) -> list[Swap]:
    """Return columns, and what a viewer reads in their place where a report names him."""
    if not viewer.has(*READERS):
        return []
    found = _places(viewer) + _works(viewer)
    return found + (_ends(viewer) if viewer.has(Role.FAMILY) else [])


def beside_instalments(viewer: Viewer) -> list[Swap]:
    """Do the same with the list beside an instalment: none, of a school to which the child came since.

    Asked for where a list is joined, and nowhere else: an instalment is looked up by its list's key.
    """
    if not viewer.has(*CASE):
        return []
    moves = and_(PlaceBefore.child_id == Match.child_id, moved_since(viewer))
    school = PlaceBefore.__table__.c.school_id
    since = select(school).where(moves).correlate(Match)
    came = or_(Batch.organisation_id == _Pupil.school_id, Batch.organisation_id.in_(since))
    first = select(school).where(moves).order_by(PlaceBefore.id).limit(1).correlate(Match)
    of = Stipend.__table__.c.batch_id
    is_there = (
        select(Batch.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(_Pupil, _Pupil.id == Match.child_id)
        .where(
            Batch.id == of,
            exists().where(moves).correlate(Match),
            came,
            Batch.organisation_id.is_distinct_from(first.scalar_subquery()),
        )
        .correlate(Stipend)
    )
    return [(of, case((is_there.exists(), null()), else_=of))]


def moved_since(viewer: Viewer) -> Condition:
    """Say in SQL that somebody else changed a place or school since a report named the viewer."""
    return and_(
        PlaceBefore.changed_by != viewer.actor,
        kept_since(viewer, PlaceBefore.child_id, PlaceBefore.changed_at),
    )


def worked_since(viewer: Viewer) -> Condition:
    """Say the same of a guardian's place of work."""
    return and_(
        WorkBefore.changed_by != viewer.actor,
        kept_since(viewer, WorkBefore.child_id, WorkBefore.changed_at),
    )


def _works(viewer: Viewer) -> list[Swap]:
    since = and_(WorkBefore.kin_id == Kin.id, worked_since(viewer))
    now, before = Kin.__table__.c.workplace, WorkBefore.__table__.c.workplace
    return [(now, _in_place_of(now, before, WorkBefore, since, Kin))]


def _places(viewer: Viewer) -> list[Swap]:
    since = and_(PlaceBefore.child_id == Child.id, moved_since(viewer))
    now, before = Child.__table__.c, PlaceBefore.__table__.c
    named = [(now[name], before[name]) for name in ALIKE]
    pairs = [*named, (now.class_name, before.in_class)]
    return [(of, _in_place_of(of, stood, PlaceBefore, since, Child)) for of, stood in pairs]


def _ends(viewer: Viewer) -> list[Swap]:
    """Do so, for a family, with a consent that was taken back since: each reads his own day of doing so.

    Several guardians come as one actor, each behind a link of the own. The staff's work needs to know.
    """
    own = ConsentEnd.behind == viewer.behind if viewer.behind is not None else false()
    own = and_(ConsentEnd.behind.is_not(None), own)
    of_it = ConsentEnd.consent_id == Consent.id
    others = and_(of_it, ~own, kept_since(viewer, ConsentEnd.child_id, ConsentEnd.ended_at))
    on = Consent.__table__.c.withdrawn_on
    himself = _first(ConsentEnd.__table__.c.ended_on, ConsentEnd, and_(of_it, own), Consent)
    return [(on, case((exists().where(others).correlate(Consent), himself), else_=on))]


def _in_place_of(
    now: Any, before: Any, table: type[Base], since: Condition, of: type[Base]
) -> ColumnElement[Any]:
    """Read the value of before the first such change, where there was one."""
    changed = exists().where(since).correlate(of)
    return case((changed, _first(before, table, since, of)), else_=now)


def _first(column: Any, table: Any, where: Condition, of: type[Base]) -> ColumnElement[Any]:
    query = select(column).where(where).order_by(table.id).limit(1)
    value: ColumnElement[Any] = query.correlate(of).scalar_subquery()
    return value


_Pupil = aliased(Child)
