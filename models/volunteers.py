"""爱心妈妈 volunteers and what they are cleared for."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_regions, is_own
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role, Sex, VolunteerStatus
from vocabulary.refs import new_ref

_KNOWN = (Audience.CASE_STAFF, Audience.SELF)


class Volunteer(Base):
    __tablename__ = "volunteers"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 5", name="capacity_range"),
        CheckConstraint("0 <= age_from AND age_from <= age_to AND age_to <= 25", name="ages"),
        CheckConstraint("reach_km BETWEEN 1 AND 500", name="reach"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("volunteer"), info=seen_by(*_KNOWN)
    )
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), unique=True, info=NOBODY
    )
    name: Mapped[str] = mapped_column(Sealed("volunteers.name"), info=seen_by(*_KNOWN))
    sex: Mapped[Sex | None] = mapped_column(info=seen_by(*_KNOWN))
    id_number: Mapped[str | None] = mapped_column(
        Sealed("volunteers.id_number"), info=seen_by(*_KNOWN)
    )
    id_index: Mapped[str | None] = mapped_column(String(64), unique=True, info=NOBODY)
    phone: Mapped[str | None] = mapped_column(Sealed("volunteers.phone"), info=seen_by(*_KNOWN))
    region_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"), index=True, info=seen_by(*_KNOWN)
    )
    occupation: Mapped[str | None] = mapped_column(
        Sealed("volunteers.occupation"), info=seen_by(*_KNOWN)
    )
    skills: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_KNOWN))
    languages: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_KNOWN))
    # Where she works, or her own child learns: no child of it is proposed to her.
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=NOBODY
    )
    # Where she works, where that is no organisation of the list.
    workplace: Mapped[str | None] = mapped_column(
        Sealed("volunteers.workplace"), info=seen_by(*_KNOWN)
    )
    workplace_index: Mapped[str | None] = mapped_column(String(64), info=NOBODY)
    wish_sex: Mapped[Sex | None] = mapped_column(info=seen_by(*_KNOWN))
    age_from: Mapped[int] = mapped_column(default=0, info=seen_by(*_KNOWN))
    age_to: Mapped[int] = mapped_column(default=25, info=seen_by(*_KNOWN))
    reach_km: Mapped[int] = mapped_column(default=30, info=seen_by(*_KNOWN))
    availability: Mapped[str | None] = mapped_column(String(60), info=seen_by(*_KNOWN))
    capacity: Mapped[int] = mapped_column(default=1, info=seen_by(*_KNOWN))
    status: Mapped[VolunteerStatus] = mapped_column(
        default=VolunteerStatus.APPLIED, info=seen_by(*_KNOWN)
    )
    # The day on which she stops, by her own notice: until then a successor is sought.
    leaves_on: Mapped[date | None] = mapped_column(info=seen_by(*_KNOWN))
    checked_on: Mapped[date | None] = mapped_column(info=seen_by(*_KNOWN))
    trained_on: Mapped[date | None] = mapped_column(info=seen_by(*_KNOWN))
    insured_until: Mapped[date | None] = mapped_column(info=seen_by(*_KNOWN))
    remark: Mapped[str | None] = mapped_column(
        Sealed("volunteers.remark"), info=seen_by(Audience.CASE_STAFF)
    )
    entered_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    entered_on: Mapped[date] = mapped_column(info=seen_by(*_KNOWN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff see those of their regions, a volunteer herself."""
        return held(
            viewer,
            (
                Audience.CASE_STAFF,
                (*CASE, Role.CONSOLE),
                in_regions(cls.region_code, viewer),
            ),
            (Audience.SELF, (Role.VOLUNTEER,), is_own(cls.id, viewer.volunteer_id)),
        )


class VolunteerLogin(Base):
    """A login joined with a volunteer's record, or asked to be: old ones stay known.

    `waits`: it opens nothing before a second of the staff agrees, or turns it down with a reason.
    """

    __tablename__ = "volunteer_logins"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> given_by", name="two_people"),
        CheckConstraint("agreed_by IS NULL OR NOT waits", name="agreed_waits_no_more"),
        CheckConstraint(
            "turned_down_by IS NULL OR (agreed_by IS NULL AND NOT waits)",
            name="turned_down_is_over",
        ),
        Index(
            "uq_volunteer_logins_waiting",
            "volunteer_id",
            unique=True,
            sqlite_where=text("waits"),
            postgresql_where=text("waits"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id"), index=True, info=NOBODY)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True, info=NOBODY)
    waits: Mapped[bool] = mapped_column(info=NOBODY)
    given_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    given_on: Mapped[date] = mapped_column(info=NOBODY)
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    agreed_on: Mapped[date | None] = mapped_column(info=NOBODY)
    turned_down_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    turned_down_on: Mapped[date | None] = mapped_column(info=NOBODY)
    because: Mapped[str | None] = mapped_column(Sealed("volunteer_logins.because"), info=NOBODY)
