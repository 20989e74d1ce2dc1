"""Children, their kin, consents and needs."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    CASE,
    Base,
    Condition,
    Sealed,
    SealedDate,
    Standings,
    held,
    in_regions,
    is_own,
)
from privacy.disclosure import NOBODY, Audience, Derived, seen_by, shown_to
from privacy.viewers import Viewer
from vocabulary.classes import class_label
from vocabulary.enums import (
    Category,
    ChildStatus,
    EndReason,
    KinRole,
    NeedKind,
    NeedStatus,
    Purpose,
    Role,
    Route,
    Sex,
    Stage,
)
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_IDENTITY = (
    Audience.CASE_STAFF,
    Audience.OWN_SCHOOL,
    Audience.OWN_VILLAGE,
    Audience.OWN_FAMILY,
)
_STAFF = (Audience.CASE_STAFF,)
_DETAIL = (Audience.CASE_DETAIL,)
_AT_SCHOOL_DOOR = (Role.SCHOOL_OFFICER, Role.CLASS_TEACHER)
_AT_SCHOOL = (Audience.CASE_STAFF, Audience.OWN_SCHOOL, Audience.OWN_VILLAGE, Audience.OWN_FAMILY)


class Child(Base):
    __tablename__ = "children"
    __table_args__ = (
        Index("ix_children_banner_code_status", "banner_code", "status"),
        UniqueConstraint(
            "id", "region_code"
        ),  # what a proposal's place hangs on (models/pledges.py)
        Index(
            "ix_children_in_danger",
            "id",
            sqlite_where=text("in_danger = 1"),
            postgresql_where=text("in_danger"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("child"),
        info=seen_by(*_AT_SCHOOL, Audience.HANDING_UNIT, Audience.PAIRED_VOLUNTEER),
    )
    name: Mapped[str] = mapped_column(
        Sealed("children.name"),
        info=seen_by(
            *_IDENTITY,
            Audience.HANDING_UNIT,
            Audience.SAMPLED,
            Audience.AGREED_NAME,
            Audience.PAIRED_VOLUNTEER,
        ),
    )
    id_number: Mapped[str | None] = mapped_column(
        Sealed("children.id_number"), info=seen_by(*_STAFF, Audience.OWN_FAMILY)
    )
    id_index: Mapped[str | None] = mapped_column(String(64), unique=True, info=NOBODY)
    birth_on: Mapped[date | None] = mapped_column(
        SealedDate("children.birth_on"), info=seen_by(*_STAFF, Audience.OWN_FAMILY)
    )
    sex: Mapped[Sex | None] = mapped_column(info=seen_by(*_IDENTITY, Audience.PAIRED_VOLUNTEER))
    # An open one that one person filled in while money for girls waits; a second says the same.
    sex_said: Mapped[Sex | None] = mapped_column(info=NOBODY)
    sex_said_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    ethnicity: Mapped[str | None] = mapped_column(
        Sealed("children.ethnicity"), info=seen_by(*_STAFF, Audience.OWN_FAMILY)
    )
    languages: Mapped[str] = mapped_column(
        String(80),
        default="",
        info=seen_by(*_STAFF, Audience.OWN_VILLAGE, Audience.OWN_FAMILY, Audience.PAIRED_VOLUNTEER),
    )
    region_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"), index=True, info=seen_by(*_STAFF, Audience.OWN_VILLAGE)
    )
    banner_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"),
        info=seen_by(*_STAFF, Audience.STATISTICS, Audience.AGREED_PLACE),
    )
    league_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"),
        index=True,
        info=seen_by(*_STAFF, Audience.STATISTICS),
    )
    address: Mapped[str | None] = mapped_column(
        Sealed("children.address"),
        info=seen_by(
            *_STAFF,
            Audience.OWN_VILLAGE,
            Audience.HANDING_UNIT,
            Audience.OWN_FAMILY,
            Audience.PAIRED_VOLUNTEER,
        ),
    )
    school_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=NOBODY
    )
    stage: Mapped[Stage] = mapped_column(
        info=seen_by(*_IDENTITY, Audience.STATISTICS, Audience.PAIRED_VOLUNTEER)
    )
    grade: Mapped[int | None] = mapped_column(
        CheckConstraint("grade BETWEEN 0 AND 20", name="grade_range"),
        info=seen_by(*_AT_SCHOOL, Audience.PAIRED_VOLUNTEER),
    )
    class_name: Mapped[str | None] = mapped_column(String(20), info=seen_by(*_AT_SCHOOL))
    category: Mapped[Category] = mapped_column(default=Category.OTHER, info=seen_by(*_DETAIL))
    remark: Mapped[str | None] = mapped_column(Sealed("children.remark"), info=seen_by(*_DETAIL))
    # The way in force, and the institution or work unit of it: kept by services/routes alone.
    route: Mapped[Route] = mapped_column(
        default=Route.SCHOOL, info=seen_by(*_STAFF, Audience.OWN_FAMILY)
    )
    hand_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=NOBODY
    )
    status: Mapped[ChildStatus] = mapped_column(
        default=ChildStatus.DRAFT, info=seen_by(*_STAFF, Audience.STATISTICS)
    )
    held_because: Mapped[str | None] = mapped_column(String(120), info=seen_by(*_STAFF))
    entered_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    entered_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    verified_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    verified_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    agreed_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, Audience.OWN_FAMILY))
    opened_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    ended_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    end_reason: Mapped[EndReason | None] = mapped_column(info=seen_by(*_STAFF))
    # A report that it may be harmed is open: kept by services/danger/protection.py alone, shown to nobody.
    in_danger: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    # The month whose draw named its family: what comes next comes another way once, whatever was
    # answered (services/family_checks/detours.py).
    detour_after: Mapped[date | None] = mapped_column(info=NOBODY)

    class_label: Derived = shown_to(
        *_AT_SCHOOL, Audience.SAMPLED, needs=("grade", "class_name"), compute=class_label
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff see their own regions' children, a school its pupils, a director her village.

        A donor reads a general profile off the list alone (models/listings.py). A child in danger
        stands in none of the low views: to a school it is like a pupil who moved away.
        """
        safe = cls.in_danger.is_(False)
        here = in_regions(cls.region_code, viewer)
        return held(
            viewer,
            (Audience.CASE_STAFF, (*CASE, Role.CONSOLE), here),
            (Audience.CASE_DETAIL, CASE, here & is_case_of(viewer)),
            (Audience.SAMPLED, (Role.AUDITOR,), _is_sampled(viewer)),
            (Audience.STATISTICS, (Role.STATISTICS,), here),
            (Audience.OWN_SCHOOL, _AT_SCHOOL_DOOR, safe & pupils_of(viewer)),
            (Audience.OWN_VILLAGE, (Role.VILLAGE_DIRECTOR,), safe & here),
            (Audience.HANDING_UNIT, (Role.UNIT_HAND,), safe & _by_hand(viewer, Route.WORK_UNIT)),
            (Audience.OWN_FAMILY, (Role.FAMILY,), is_own(cls.id, viewer.child_id)),
            (Audience.PAIRED_VOLUNTEER, (Role.VOLUNTEER,), safe & _paired_with(viewer)),
            (Audience.AGREED_NAME, (Role.DONOR,), safe & _known_to(viewer, "shows_name")),
            (Audience.AGREED_PLACE, (Role.DONOR,), safe & _known_to(viewer, "shows_place")),
        )


def pupils_of(viewer: Viewer) -> Condition:
    """A school's own pupils, to a class teacher those of the one class; an institution's own children."""
    lives_there = _by_hand(viewer, Route.INSTITUTION)
    pupils = is_own(Child.school_id, viewer.organisation_id) | lives_there
    return pupils & _in_class_of(viewer) if viewer.has(Role.CLASS_TEACHER) else pupils


def _by_hand(viewer: Viewer, route: Route) -> Condition:
    return is_own(Child.hand_id, viewer.organisation_id) & (Child.route == route)


def near_hand(viewer: Viewer) -> Condition:
    """Whom a hand knows, in danger or not: for the red button, which must stay within reach."""
    standings = held(
        viewer,
        (Audience.OWN_SCHOOL, _AT_SCHOOL_DOOR, pupils_of(viewer)),
        (Audience.OWN_VILLAGE, (Role.VILLAGE_DIRECTOR,), in_regions(Child.region_code, viewer)),
        (Audience.HANDING_UNIT, (Role.UNIT_HAND,), _by_hand(viewer, Route.WORK_UNIT)),
        (Audience.PAIRED_VOLUNTEER, (Role.VOLUNTEER,), _paired_with(viewer)),
    )
    return or_(false(), *standings.values())


def _in_class_of(viewer: Viewer) -> Condition:
    """A class teacher stands near exactly one class: both its grade and its name, or nothing."""
    if viewer.class_grade is None and viewer.class_name is None:
        return false()
    return Child.grade.is_not_distinct_from(
        viewer.class_grade
    ) & Child.class_name.is_not_distinct_from(viewer.class_name)


def is_case_of(viewer: Viewer) -> Condition:
    """Whoever entered or verified a child has its case, and who was given it or let look into it."""
    from models.file_access import children_open_to

    return or_(
        Child.entered_by == viewer.actor,
        Child.verified_by == viewer.actor,
        Child.id.in_(children_open_to(viewer)),
    )


def _is_sampled(viewer: Viewer) -> Condition:
    """An auditor stands near the child of the one instalment whose pack is open before him."""
    from models.pledges import Match
    from models.stipends import Stipend

    mine = select(Stipend.match_id).where(is_own(Stipend.id, viewer.stipend_id))
    return Child.id.in_(select(Match.child_id).where(Match.id.in_(mine)))


def _known_to(viewer: Viewer, field: str) -> Condition:
    """A donor knows a child by what its family chose to show, once both sides wanted it."""
    from models.reveals import Reveal, known_children

    return known_children(viewer, getattr(Reveal, field))


def _paired_with(viewer: Viewer) -> Condition:
    """A volunteer stands near the children whom two of the staff gave into her care."""
    from models.care import paired_with

    return paired_with(viewer)


class Kin(Base):
    """A guardian (by law or appointment) or a carer of a child."""

    __tablename__ = "kin"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("kin"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    kin_role: Mapped[KinRole] = mapped_column(info=seen_by(*_STAFF, Audience.OWN_VILLAGE))
    relation: Mapped[str] = mapped_column(
        String(20), info=seen_by(*_STAFF, Audience.OWN_VILLAGE, Audience.OWN_SCHOOL)
    )
    name: Mapped[str] = mapped_column(
        Sealed("kin.name"), info=seen_by(*_STAFF, Audience.OWN_VILLAGE, Audience.OWN_FAMILY)
    )
    phone: Mapped[str | None] = mapped_column(
        Sealed("kin.phone"),
        info=seen_by(Audience.CASE_CONTACT, Audience.OWN_VILLAGE),
    )
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True, info=NOBODY)
    # Where a guardian works: nobody of there comes as a volunteer, or hands money over.
    workplace: Mapped[str | None] = mapped_column(Sealed("kin.workplace"), info=seen_by(*_STAFF))
    workplace_index: Mapped[str | None] = mapped_column(String(64), info=NOBODY)
    until_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # When somebody was added to a record that stood already; None for who came with it.
    added_at: Mapped[datetime | None] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff, the village director and the family itself; a school sees the relation.

        Whom of the staff a report about the child names, and a family that one names, stands near
        nobody who was added since, and near no telephone that came since (services/kin/as_it_stood.py).
        """
        from models.amendments import later_phones
        from models.harm import kept_since

        near = dict(child_standings(cls.child_id, viewer))
        known = ~kept_since(viewer, cls.child_id, cls.added_at)
        kept = (Audience.CASE_STAFF, Audience.CASE_DETAIL, Audience.OWN_FAMILY)
        for audience in near.keys() & kept:
            near[audience] = and_(near[audience], or_(cls.added_at.is_(None), known))
        reached = [near[one] for one in (kept[0], kept[2]) if one in near]
        if reached:
            unchanged = cls.id.not_in(later_phones(viewer))
            near[Audience.CASE_CONTACT] = and_(or_(*reached), unchanged)
        return near


class Consent(Base):
    """One version of one purpose, given by a guardian; withdrawn by a date, never deleted."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_child_id_purpose", "child_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("consent"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"), info=NOBODY)
    purpose: Mapped[Purpose] = mapped_column(
        info=seen_by(*_STAFF, Audience.OWN_FAMILY, Audience.SAMPLED)
    )
    version: Mapped[str] = mapped_column(
        String(12), info=seen_by(*_STAFF, Audience.OWN_FAMILY, Audience.SAMPLED)
    )
    given_on: Mapped[date] = mapped_column(
        info=seen_by(*_STAFF, Audience.OWN_FAMILY, Audience.SAMPLED)
    )
    withdrawn_on: Mapped[date | None] = mapped_column(
        info=seen_by(*_STAFF, Audience.OWN_FAMILY, Audience.SAMPLED)
    )
    recorded_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child and the family itself."""
        return child_standings(cls.child_id, viewer)


class Need(Base):
    __tablename__ = "needs"
    __table_args__ = (
        CheckConstraint("monthly_fen > 0", name="monthly_positive"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency_range"),
        CheckConstraint("times = '' OR kind <> 'financial'", name="money_has_no_times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("need"), info=seen_by(*_STAFF, *_DETAIL)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    kind: Mapped[NeedKind] = mapped_column(info=seen_by(*_STAFF, *_DETAIL))
    monthly_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_STAFF, *_DETAIL))
    urgency: Mapped[int] = mapped_column(default=1, info=seen_by(*_STAFF, *_DETAIL))
    status: Mapped[NeedStatus] = mapped_column(
        default=NeedStatus.OPEN, info=seen_by(*_STAFF, *_DETAIL)
    )
    since_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF, *_DETAIL))
    # When somebody may come: CareTime values, blanks between; none for any time.
    times: Mapped[str] = mapped_column(String(40), default="", info=seen_by(*_STAFF, *_DETAIL))
    detail: Mapped[str | None] = mapped_column(Sealed("needs.detail"), info=seen_by(*_DETAIL))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; that a child needs a psychologist is a detail of its case."""
        near = child_standings(cls.child_id, viewer)
        plain = cls.kind != NeedKind.PSYCHOLOGICAL
        return {
            audience: and_(condition, plain) if audience is Audience.CASE_STAFF else condition
            for audience, condition in near.items()
        }


def child_standings(child_id: object, viewer: Viewer) -> Standings:
    """Standings of a row that hangs on a child: those of the child itself, but the volunteer's."""
    return {
        audience: child_id.in_(select(Child.id).where(condition))  # type: ignore[attr-defined]
        for audience, condition in Child.standings(viewer).items()
        if audience is not Audience.PAIRED_VOLUNTEER
    }
