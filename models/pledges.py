"""Pledges, the changes a donor asks for, and the matches they are in. No donor stands here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    ScalarSelect,
    String,
    UniqueConstraint,
    and_,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Condition, Sealed, Standings, held, in_regions, is_own
from models.children import Child
from models.vault import VaultPledge
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    DeclineReason,
    GiftOccasion,
    MatchStatus,
    Naming,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    Role,
    Sex,
    Stage,
    StopReason,
)
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_OWNER = (Audience.OWNING_DONOR,)
_STAFF = (Audience.CASE_STAFF,)
_BOTH = (Audience.OWNING_DONOR, Audience.CASE_STAFF)
_APPROVED = (MatchStatus.ACTIVE, MatchStatus.ENDED)
_LIVE_PAIR = "status IN ('proposed', 'active') AND stands_in_for_id IS NULL AND occasion IS NULL"
_OF_THE_CHILD_ALONE = (
    Audience.PAIRED_VOLUNTEER,
    Audience.AGREED_NAME,
    Audience.AGREED_PLACE,
    Audience.CASE_DETAIL,
    Audience.SAMPLED,
)


class Pledge(Base):
    __tablename__ = "pledges"
    __table_args__ = (
        CheckConstraint("instalment_fen > 0", name="instalment_positive"),
        CheckConstraint("children_wanted BETWEEN 1 AND 20", name="children_wanted_range"),
        CheckConstraint("until_count > 0", name="until_count_positive"),
        CheckConstraint("remind_days IN (3, 7, 14, 30)", name="remind_days_listed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    code: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("pledge", 8), info=seen_by(*_STAFF)
    )
    donor_ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("pledge_donor"), info=seen_by(*_OWNER)
    )
    kind: Mapped[PledgeKind] = mapped_column(default=PledgeKind.CHILD, info=seen_by(*_BOTH))
    instalment_fen: Mapped[Fen] = mapped_column(info=seen_by(*_BOTH))
    rhythm: Mapped[Rhythm] = mapped_column(info=seen_by(*_BOTH))
    children_wanted: Mapped[int] = mapped_column(default=1, info=seen_by(*_BOTH))
    until: Mapped[PledgeEnd] = mapped_column(default=PledgeEnd.UNTIL_STOPPED, info=seen_by(*_BOTH))
    until_count: Mapped[int | None] = mapped_column(info=seen_by(*_BOTH))
    wish_sex: Mapped[Sex | None] = mapped_column(info=seen_by(*_BOTH))
    wish_stage: Mapped[Stage | None] = mapped_column(info=seen_by(*_BOTH))
    wish_league: Mapped[str | None] = mapped_column(
        ForeignKey("regions.code"), info=seen_by(*_BOTH)
    )
    naming: Mapped[Naming] = mapped_column(default=Naming.SEALED, info=seen_by(*_OWNER))
    alias: Mapped[str | None] = mapped_column(Sealed("pledges.alias"), info=seen_by(*_OWNER))
    status: Mapped[PledgeStatus] = mapped_column(
        default=PledgeStatus.OFFERED, index=True, info=seen_by(*_BOTH)
    )
    offered_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER))
    confirmed_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWNER))
    ends_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    stop_reason: Mapped[StopReason | None] = mapped_column(info=seen_by(*_OWNER))
    form_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info=NOBODY)
    # How long before a due day without money its donor is told.
    remind_days: Mapped[int] = mapped_column(default=14, info=seen_by(*_OWNER))
    # Its payer takes over the children of another pledge, from the day on which that one ends.
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("pledges.id"), index=True, info=NOBODY
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor sees his own; case staff see pledge codes, never who gave."""
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), cls.id.in_(pledges_of_donor(viewer))),
            (Audience.CASE_STAFF, CASE, cls.id.is_not(None)),
        )


class PledgeChange(Base):
    """What a donor asked to change, from a stated day; can be undone until it takes effect."""

    __tablename__ = "pledge_changes"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("change"), info=seen_by(*_OWNER)
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    kind: Mapped[ChangeKind] = mapped_column(info=seen_by(*_OWNER))
    status: Mapped[ChangeStatus] = mapped_column(
        default=ChangeStatus.WAITING, index=True, info=seen_by(*_OWNER)
    )
    effective_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER))
    until_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWNER))
    instalment_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_OWNER))
    rhythm: Mapped[Rhythm | None] = mapped_column(info=seen_by(*_OWNER))
    stop_reason: Mapped[StopReason | None] = mapped_column(info=seen_by(*_OWNER))
    asked_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor sees his own changes."""
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(viewer, (Audience.OWNING_DONOR, (Role.DONOR,), mine))


class Match(Base):
    __tablename__ = "matches"
    __table_args__ = (
        Index(
            "uq_matches_live_pair",
            "pledge_id",
            "child_id",
            unique=True,
            sqlite_where=text(_LIVE_PAIR),
            postgresql_where=text(_LIVE_PAIR),
        ),
        # The gap fund carries a need once at a time.
        Index(
            "uq_matches_standing_in",
            "need_id",
            unique=True,
            sqlite_where=text("status = 'active' AND stands_in_for_id IS NOT NULL"),
            postgresql_where=text("status = 'active' AND stands_in_for_id IS NOT NULL"),
        ),
        CheckConstraint("instalment_fen > 0", name="instalment_positive"),
        # In the order of its keys: the run takes what is due slice by slice.
        Index("ix_matches_status_rhythm", "status", "rhythm"),
        # Nearly nobody: every run asks for them first.
        Index(
            "ix_matches_apart",
            "apart_on",
            sqlite_where=text("apart_on IS NOT NULL"),
            postgresql_where=text("apart_on IS NOT NULL"),
        ),
        # A desk finds what waits near it without a look at every child to whom somebody is proposed.
        Index("ix_matches_status_region_code", "status", "region_code"),
        CheckConstraint("status != 'proposed' OR region_code IS NOT NULL", name="waits_somewhere"),
        # The database itself lets it follow the child.
        ForeignKeyConstraint(
            ["child_id", "region_code"], ["children.id", "children.region_code"], onupdate="CASCADE"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    donor_ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("match_donor"), info=seen_by(*_OWNER)
    )
    child_ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("match_child"),
        info=seen_by(
            Audience.CASE_STAFF,
            Audience.OWN_SCHOOL,
            Audience.OWN_VILLAGE,
            Audience.HANDING_UNIT,
            Audience.OWN_FAMILY,
        ),
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id"), index=True, info=NOBODY)
    # Where the child of a proposal lives: it says where to look, never who may (`standings`).
    region_code: Mapped[str | None] = mapped_column(String, info=NOBODY)
    instalment_fen: Mapped[Fen] = mapped_column(info=seen_by(*_BOTH, Audience.OWN_FAMILY))
    rhythm: Mapped[Rhythm] = mapped_column(info=seen_by(*_BOTH, Audience.OWN_FAMILY))
    code_name: Mapped[str] = mapped_column(String(20), info=seen_by(*_OWNER))
    status: Mapped[MatchStatus] = mapped_column(default=MatchStatus.PROPOSED, info=seen_by(*_BOTH))
    proposed_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    proposed_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    proposal_note: Mapped[str | None] = mapped_column(
        Sealed("matches.proposal_note"), info=seen_by(*_STAFF)
    )
    decide_by: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    run_ref: Mapped[str | None] = mapped_column(String(16), index=True, info=seen_by(*_STAFF))
    score: Mapped[int | None] = mapped_column(info=seen_by(*_STAFF))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    # The one of them that a list says (matching.best_of): fifty lines open no JSON.
    best_reason: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    runners_up: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(
        String(40), info=seen_by(*_STAFF, Audience.SAMPLED)
    )
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, Audience.SAMPLED))
    decline_reason: Mapped[DeclineReason | None] = mapped_column(info=seen_by(*_STAFF))
    decline_note: Mapped[str | None] = mapped_column(
        Sealed("matches.decline_note"), info=seen_by(*_STAFF)
    )
    starts_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, *_OWNER))
    ends_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, *_OWNER))
    # The gap fund's own match, month by month, in the place of one that ended or is paused.
    stands_in_for_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), info=NOBODY)
    # A sum given once beside the instalments: a match of one due day, ended as soon as it stands.
    occasion: Mapped[GiftOccasion | None] = mapped_column(
        info=seen_by(
            *_BOTH,
            Audience.OWN_FAMILY,
            Audience.OWN_SCHOOL,
            Audience.OWN_VILLAGE,
            Audience.HANDING_UNIT,
        )
    )
    # From this day its money has run dry and a successor is sought: services/fund/running_dry.py.
    dry_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # Since the books' comparison found this record itself damaged: until it is put right nothing of
    # it is opened, sent, given back or told (services/checking/apart.py).
    apart_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff see matches of their children; a donor his own, once approved.

        School, village and family see that there is one through the stipend only.
        """
        child_side: dict[Audience, Condition] = {
            audience: cls.child_id.in_(select(Child.id).where(condition))
            for audience, condition in Child.standings(viewer).items()
            if audience not in _OF_THE_CHILD_ALONE
        }
        child_side |= _sent_to_hands(child_side, viewer)
        return child_side | held(
            viewer,
            (
                Audience.OWNING_DONOR,
                (Role.DONOR,),
                and_(cls.pledge_id.in_(pledges_of_donor(viewer)), is_approved(cls.status)),
            ),
            (Audience.SAMPLED, (Role.AUDITOR,), cls.id.in_(_match_sampled(viewer))),
        )


def is_apart(match_id: ColumnElement[int] | Any) -> ColumnElement[bool]:
    """Say in SQL that a match was set apart as damaged; asked of the few that are."""
    kept: ColumnElement[bool] = match_id.in_(select(Match.id).where(Match.apart_on.is_not(None)))
    return kept


class Exclusion(Base):
    """A pair that is not proposed again unless someone lifts it, with its reason."""

    __tablename__ = "exclusions"
    __table_args__ = (Index("ix_exclusions_pledge_id_child_id", "pledge_id", "child_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    reason: Mapped[DeclineReason] = mapped_column(info=seen_by(*_STAFF))
    since_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    lifted_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child."""
        ids = select(Child.id).where(in_regions(Child.banner_code, viewer))
        return held(viewer, (Audience.CASE_STAFF, CASE, cls.child_id.in_(ids)))


class Recusal(Base):
    """Somebody of the staff keeps out of a child's matches (回避); why is never written down.

    Kinship, an own pledge and an own child's school are one declaration: which of them it was
    would tell the child's side who gives.
    """

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("child_id", "actor"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    actor: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    since_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child."""
        ids = select(Child.id).where(in_regions(Child.banner_code, viewer))
        return held(viewer, (Audience.CASE_STAFF, CASE, cls.child_id.in_(ids)))


def _match_sampled(viewer: Viewer) -> Any:
    """Select the match of the one instalment whose pack is open before an auditor."""
    from models.stipends import Stipend

    return select(Stipend.match_id).where(is_own(Stipend.id, viewer.stipend_id))


def _sent_to_hands(near: Standings, viewer: Viewer) -> dict[Audience, Condition]:
    """Say of which matches a hand has money, wherever the child is by now."""
    found: dict[Audience, Condition] = {}
    if viewer.has(Role.SCHOOL_OFFICER):
        sent = Match.id.in_(_in_batches_of(viewer))
        found[Audience.OWN_SCHOOL] = or_(near[Audience.OWN_SCHOOL], sent)
    if viewer.has(Role.VILLAGE_DIRECTOR):
        sent = Match.id.in_(_in_village_batches(viewer))
        found[Audience.OWN_VILLAGE] = or_(near[Audience.OWN_VILLAGE], sent)
    if viewer.has(Role.UNIT_HAND):
        found[Audience.HANDING_UNIT] = Match.id.in_(_in_batches_of(viewer))
    return found


def _in_batches_of(viewer: Viewer) -> Any:
    """A school still states what became of money for a pupil who moved away after it was sent."""
    from models.stipends import Batch, Stipend

    own = and_(is_own(Batch.organisation_id, viewer.organisation_id), Batch.sent_on.is_not(None))
    return select(Stipend.match_id).join(Batch, Batch.id == Stipend.batch_id).where(own)


def _in_village_batches(viewer: Viewer) -> Any:
    """So does a village director, but of a child in danger: of that no village hears more."""
    from models.stipends import Batch, Stipend, is_villages

    safe = select(Match.id).where(Match.child_id.in_(select(Child.id).where(~Child.in_danger)))
    sent = select(Stipend.match_id).join(Batch, Batch.id == Stipend.batch_id)
    return sent.where(is_villages(viewer), Stipend.match_id.in_(safe))


def is_approved(status: Any) -> Condition:
    """Say that a donor's match was approved, of the few that his pledges find.

    Not by the index on the state: of 100,000 children it would list the 70,000 who are supported.
    """
    kept: Condition = func.coalesce(status, MatchStatus.PROPOSED).in_(_APPROVED)
    return kept


def pledges_of_donor(viewer: Viewer) -> ScalarSelect[int] | ColumnElement[Any]:
    """Select the ids of the viewer's own pledges; nothing for anyone but a donor.

    The phone on which a pledge was made sees that pledge alone: whoever typed a contact into the
    form has not shown that it is his.
    """
    if viewer.donor_id is None:
        return select(VaultPledge.pledge_id).where(false()).scalar_subquery()
    mine = VaultPledge.donor_id == viewer.donor_id
    if viewer.pledge_id is not None:
        mine = and_(mine, VaultPledge.pledge_id == viewer.pledge_id)
    return select(VaultPledge.pledge_id).where(mine).scalar_subquery()


def children_of_donor(viewer: Viewer) -> Any:
    """Select the ids of children in approved matches of the viewer's pledges."""
    return (
        select(Match.child_id)
        .where(Match.pledge_id.in_(pledges_of_donor(viewer)), is_approved(Match.status))
        .scalar_subquery()
    )
