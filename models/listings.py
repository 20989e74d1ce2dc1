"""The list of children, frozen once a week: what of it donors and the pledge form are told."""

from datetime import date

from sqlalchemy import ForeignKey, Index, and_, exists
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Condition, Standings, held
from models.children import Child, Consent
from models.pledges import children_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Purpose, Role, Sex, Stage

_DONOR = (Audience.SUPPORTING_DONOR,)


class Listing(Base):
    """A week whose list was looked at, so that no second look in the same week changes it."""

    __tablename__ = "listings"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    week_on: Mapped[date] = mapped_column(unique=True, info=NOBODY)


class ListedChild(Base):
    """A child as it stood at the last change of the list, and the words a donor reads of it.

    `stage` and `league_code` are what held then; `shown_stage` and `shown_league` are as much of it
    as fits five listed children. A child whose consent is withdrawn leaves at once, and one in
    danger stands near nobody.
    """

    __tablename__ = "listed_children"
    __table_args__ = (Index("ix_listed_children_profile", "league_code", "stage", "sex"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), unique=True, info=NOBODY)
    sex: Mapped[Sex | None] = mapped_column(info=NOBODY)
    stage: Mapped[Stage] = mapped_column(info=NOBODY)
    league_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=NOBODY)
    is_waiting: Mapped[bool] = mapped_column(info=NOBODY)
    shown_stage: Mapped[Stage | None] = mapped_column(info=seen_by(*_DONOR))
    shown_league: Mapped[str | None] = mapped_column(
        ForeignKey("regions.code"), info=seen_by(*_DONOR)
    )
    # The Monday whose list had it in a higher stage than the one before.
    risen_on: Mapped[date | None] = mapped_column(info=seen_by(*_DONOR))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """A donor stands near a child by an approved match of his own, while the consent stands."""
        near = _supported_by(cls, viewer)
        return held(viewer, (Audience.SUPPORTING_DONOR, (Role.DONOR,), near))


def _supported_by(table: type[ListedChild], viewer: Viewer) -> Condition:
    consented = exists().where(
        Consent.child_id == table.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.withdrawn_on.is_(None),
    )
    safe = exists().where(Child.id == table.child_id, Child.in_danger.is_(False))
    return and_(table.child_id.in_(children_of_donor(viewer)), consented, safe)
