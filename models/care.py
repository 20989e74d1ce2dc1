"""爱心妈妈 and children: proposals that wait, a trial, and pairs that stay. No donor stands here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Condition, Sealed, Standings, held, in_regions, is_own
from models.children import Child, Consent, is_case_of
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import (
    CareEnd,
    CareRefusal,
    CareStatus,
    ChildStatus,
    Purpose,
    Role,
    VisitRhythm,
)
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_BOTH = (Audience.CASE_STAFF, Audience.SELF)
_LIVE = "status IN ('proposed', 'accepted', 'trial', 'active')"


class CareMatch(Base):
    """One volunteer for one child's care need, from the proposal to the goodbye.

    She is asked first (`answer_by`), then two of the staff (`decide_by`); `about` is all that she
    reads before they agreed: bands and kinds, never who it is.
    """

    __tablename__ = "care_matches"
    __table_args__ = (
        Index(
            "uq_care_matches_live_pair",
            "volunteer_id",
            "child_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> agreed_by", name="two_people"),
        CheckConstraint(
            "status NOT IN ('trial', 'active') OR (agreed_by IS NOT NULL AND decided_by IS NOT NULL)",
            name="both_agreed",
        ),
        Index("ix_care_matches_status_answer_by", "status", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("care"), info=seen_by(*_STAFF)
    )
    her_ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("care_volunteer"),
        info=seen_by(Audience.SELF),
    )
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    # What of the child's care she would give: NeedKind values.
    kinds: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    # Among them what only the child's own case workers know.
    is_delicate: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    # Siblings that were proposed to her together are answered and decided together.
    family: Mapped[str | None] = mapped_column(String(24), info=NOBODY)
    status: Mapped[CareStatus] = mapped_column(default=CareStatus.PROPOSED, info=seen_by(*_BOTH))
    proposed_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    proposed_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    proposal_note: Mapped[str | None] = mapped_column(
        Sealed("care_matches.proposal_note"), info=seen_by(*_STAFF)
    )
    answer_by: Mapped[datetime] = mapped_column(info=seen_by(*_BOTH))
    # She herself, or whoever of the staff wrote down her word.
    answered_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    accepted_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    decide_by: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    run_ref: Mapped[str | None] = mapped_column(String(16), index=True, info=seen_by(*_STAFF))
    score: Mapped[int | None] = mapped_column(info=seen_by(*_STAFF))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    runners_up: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=seen_by(Audience.SELF))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    agreed_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    agreed_as: Mapped[Role | None] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    refused_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    refusal: Mapped[CareRefusal | None] = mapped_column(info=seen_by(*_STAFF))
    refusal_note: Mapped[str | None] = mapped_column(
        Sealed("care_matches.refusal_note"), info=seen_by(*_STAFF)
    )
    trial_until: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    # The visit on which she says goodbye, with her successor where there is one.
    goodbye_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    ended_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    # How often the two agreed to meet, once they did.
    rhythm: Mapped[VisitRhythm | None] = mapped_column(info=seen_by(*_BOTH))
    # When she was last reminded, kindly, that the child waits (services/care/fading.py).
    reminded_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # The staff asked for somebody to follow although she gave no notice.
    successor_asked_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    end_reason: Mapped[CareEnd | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; she herself, once her login leads to her record.

        That a child needs a psychologist is a detail of its case, and so is who would be one.
        """
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, _near_staff(viewer)),
            (
                Audience.SELF,
                (Role.VOLUNTEER,),
                and_(is_own(cls.volunteer_id, viewer.volunteer_id), _is_safe()),
            ),
        )


class CareExclusion(Base):
    """A volunteer and a child who are not proposed again unless someone lifts it, with the reason."""

    __tablename__ = "care_exclusions"
    __table_args__ = (
        Index("ix_care_exclusions_volunteer_id_child_id", "volunteer_id", "child_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id"), info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    reason: Mapped[CareRefusal] = mapped_column(info=seen_by(*_STAFF))
    since_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    lifted_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child."""
        ids = select(Child.id).where(in_regions(Child.region_code, viewer))
        return held(viewer, (Audience.CASE_STAFF, CASE, cls.child_id.in_(ids)))


def _near_staff(viewer: Viewer) -> Condition:
    here = in_regions(Child.region_code, viewer)
    near, own_cases = select(Child.id).where(here), select(Child.id).where(here, is_case_of(viewer))
    return or_(
        and_(CareMatch.child_id.in_(near), CareMatch.is_delicate.is_(False)),
        CareMatch.child_id.in_(own_cases),
    )


def paired_with(viewer: Viewer) -> Condition:
    """Say of a child that the volunteer looking is paired with it and its guardian's yes stands.

    Whose record ended is nobody's any more at once; the pair itself is ended in the night.
    """
    hers = select(CareMatch.child_id).where(
        is_own(CareMatch.volunteer_id, viewer.volunteer_id),
        CareMatch.status.in_((CareStatus.TRIAL, CareStatus.ACTIVE)),
    )
    agreed = select(Consent.child_id).where(
        Consent.child_id.in_(hers),
        Consent.purpose == Purpose.CARE,
        Consent.withdrawn_on.is_(None),
    )
    return and_(Child.id.in_(hers), Child.id.in_(agreed), Child.status != ChildStatus.ENDED)


def _is_safe() -> Condition:
    return CareMatch.child_id.not_in(select(Child.id).where(Child.in_danger.is_(True)))
