"""Schools, federations, work units and institutions."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    CASE,
    Base,
    Condition,
    Sealed,
    SealedPayee,
    Standings,
    held,
    in_banners,
    in_regions,
    is_own,
)
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import OrganisationKind, Role
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF, Audience.OWN_SCHOOL, Audience.STATISTICS, Audience.PAYING)
_PUBLIC_NAME = (*_STAFF, Audience.OWN_FAMILY, Audience.OWN_VILLAGE, Audience.ADMINISTRATION)


class Organisation(Base):
    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("organisation"),
        info=seen_by(*_PUBLIC_NAME),
    )
    kind: Mapped[OrganisationKind] = mapped_column(info=seen_by(*_PUBLIC_NAME))
    name: Mapped[str] = mapped_column(
        String(80), index=True, info=seen_by(*_PUBLIC_NAME, Audience.SAMPLED)
    )
    region_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"), index=True, info=seen_by(*_STAFF)
    )
    contact_name: Mapped[str | None] = mapped_column(
        Sealed("organisations.contact_name"), info=seen_by(Audience.CASE_STAFF, Audience.OWN_SCHOOL)
    )
    contact_phone: Mapped[str | None] = mapped_column(
        Sealed("organisations.contact_phone"),
        info=seen_by(Audience.CASE_STAFF, Audience.OWN_SCHOOL),
    )
    account_name: Mapped[str | None] = mapped_column(
        String(80), info=seen_by(Audience.CASE_STAFF, Audience.PAYING, Audience.OWN_SCHOOL)
    )
    account_bank: Mapped[str | None] = mapped_column(
        String(80), info=seen_by(Audience.CASE_STAFF, Audience.PAYING, Audience.OWN_SCHOOL)
    )
    account_number: Mapped[str | None] = mapped_column(
        SealedPayee("organisations.account_number"), info=seen_by(Audience.PAYING)
    )
    remark: Mapped[str | None] = mapped_column(
        Sealed("organisations.remark"), info=seen_by(Audience.CASE_STAFF)
    )
    entered_on: Mapped[date] = mapped_column(info=seen_by(Audience.CASE_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Staff see those of their own regions, members their own, families their school's name."""
        own = is_own(cls.id, viewer.organisation_id)
        here = in_regions(cls.region_code, viewer)
        return held(
            viewer,
            (Audience.CASE_STAFF, (*CASE, Role.CONSOLE), here),
            (Audience.STATISTICS, (Role.STATISTICS,), here),
            (Audience.PAYING, (Role.PAYING_DESK,), here),
            (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), cls.id.is_not(None)),
            (Audience.OWN_SCHOOL, (Role.SCHOOL_OFFICER, Role.CLASS_TEACHER), own),
            (Audience.OWN_VILLAGE, (Role.VILLAGE_DIRECTOR,), _schools_of_village(viewer)),
            (Audience.OWN_FAMILY, (Role.FAMILY,), own),
            (Audience.SAMPLED, (Role.AUDITOR,), cls.id.in_(_hand_sampled(viewer))),
        )


def _hand_sampled(viewer: Viewer) -> Any:
    """Select the hand of the one instalment whose pack is open before an auditor."""
    from models.stipends import Batch, Stipend

    mine = select(Stipend.batch_id).where(is_own(Stipend.id, viewer.stipend_id))
    return select(Batch.organisation_id).where(Batch.id.in_(mine))


def _schools_of_village(viewer: Viewer) -> Condition:
    """A village's children go to schools anywhere in their banner."""
    return and_(
        Organisation.kind == OrganisationKind.SCHOOL, in_banners(Organisation.region_code, viewer)
    )
