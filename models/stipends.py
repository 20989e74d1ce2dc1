"""Instalments, gifts, the facts about them, and the batches they are handed over in."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Condition, Sealed, Standings, held, in_regions, is_own
from models.children import Child
from models.pledges import Match
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import (
    BankAnswer,
    BatchStatus,
    Evidence,
    FactKind,
    GiftPurpose,
    Language,
    Outcome,
    Role,
    Route,
    Snag,
)
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_HANDS = (
    Audience.CASE_STAFF,
    Audience.OWN_SCHOOL,
    Audience.OWN_VILLAGE,
    Audience.HANDING_UNIT,
)
_ALL = (*_HANDS, Audience.OWN_FAMILY, Audience.OWNING_DONOR, Audience.AUDIT)
_SHOWN_IN_PACK = (Audience.CASE_STAFF, Audience.SAMPLED)
_BUT_SCHOOL = (
    Audience.CASE_STAFF,
    Audience.OWN_FAMILY,
    Audience.OWNING_DONOR,
    Audience.AUDIT,
)


class FactDates:
    """The day of the latest effective fact of each kind: kept by `services.stipends.facts`."""

    promised_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    received_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # Paid by the gap fund; what its donor sends later goes back there.
    bridged_on: Mapped[date | None] = mapped_column(
        info=seen_by(Audience.OWNING_DONOR, Audience.CASE_STAFF)
    )
    sent_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    handed_over_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    confirmed_on: Mapped[date | None] = mapped_column(info=seen_by(*_BUT_SCHOOL))
    disputed_on: Mapped[date | None] = mapped_column(
        info=seen_by(Audience.CASE_STAFF, Audience.OWN_FAMILY, Audience.SAMPLED)
    )
    not_handed_over_on: Mapped[date | None] = mapped_column(info=seen_by(*_HANDS))
    returned_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    cancelled_on: Mapped[date | None] = mapped_column(info=seen_by(*_BUT_SCHOOL))
    written_off_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    made_good_on: Mapped[date | None] = mapped_column(info=seen_by(*_BUT_SCHOOL))
    # Which restricted money bridged it, and gets it back; None for the fund's free money.
    earmark_id: Mapped[int | None] = mapped_column(ForeignKey("earmarks.id"), info=NOBODY)


class Stipend(FactDates, Base):
    """One instalment of one match. Its status is derived from its facts."""

    __tablename__ = "stipends"
    __table_args__ = (
        UniqueConstraint("match_id", "due_on", name="uq_stipends_match_id_due_on"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), info=NOBODY)
    due_on: Mapped[date] = mapped_column(index=True, info=seen_by(*_ALL))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_ALL))
    run_id: Mapped[int] = mapped_column(ForeignKey("job_runs.id"), index=True, info=NOBODY)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    snag: Mapped[Snag | None] = mapped_column(info=seen_by(*_HANDS))
    handed_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_HANDS))
    is_funded: Mapped[bool] = mapped_column(default=False, info=seen_by(Audience.CASE_STAFF))
    # From when it is asked for, where its money turned out to be another's: not from its due day.
    owed_from: Mapped[date | None] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the match's, for the child's side only once money is on its way to the hand."""
        return stipend_standings(cls, viewer)


class Gift(FactDates, Base):
    """A one-time sum for one child beside the instalments."""

    __tablename__ = "gifts"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("gift"), info=seen_by(Audience.CASE_STAFF)
    )
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), index=True, info=NOBODY)
    due_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_ALL))
    occasion: Mapped[str] = mapped_column(String(60), info=seen_by(*_ALL))
    purpose: Mapped[GiftPurpose] = mapped_column(
        default=GiftPurpose.ANY,
        server_default=GiftPurpose.ANY.value,
        info=seen_by(Audience.CASE_STAFF),
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As a stipend's."""
        return stipend_standings(cls, viewer)


def stipend_standings(table: "type[Stipend | Gift]", viewer: Viewer) -> Standings:
    """Standings of an instalment or gift: those of its match; hands see what was sent to them."""
    through_match: dict[Audience, Condition] = {
        audience: table.match_id.in_(select(Match.id).where(condition))
        for audience, condition in Match.standings(viewer).items()
    }
    for hand in (Audience.OWN_SCHOOL, Audience.OWN_VILLAGE, Audience.HANDING_UNIT):
        if hand in through_match:
            through_match[hand] = and_(through_match[hand], table.sent_on.is_not(None))
    if table is Stipend:
        through_match |= _in_own_batches(through_match, viewer)
    if viewer.has(Role.AUDITOR):
        through_match[Audience.SAMPLED] = (
            is_own(table.id, viewer.stipend_id) if table is Stipend else false()
        )
    if viewer.has(Role.FAMILY) and viewer.stipend_id is not None and table is Stipend:
        through_match[Audience.OWN_FAMILY] = table.id == viewer.stipend_id
    return through_match | held(
        viewer, (Audience.AUDIT, (Role.AUDITOR,), table.due_on.is_not(None))
    )


def _in_own_batches(near: Standings, viewer: Viewer) -> dict[Audience, Condition]:
    """A unit answers for what went by its own hand alone, whatever way the child had or has.

    Of a child that lives elsewhere by now a village director answers for what was sent to her alone:
    else it would be in nobody's hands.
    """
    found = {}
    if Audience.OWN_VILLAGE in near:
        mine = Stipend.batch_id.in_(select(Batch.id).where(is_villages(viewer)))
        found[Audience.OWN_VILLAGE] = and_(near[Audience.OWN_VILLAGE], or_(mine, _lives_in(viewer)))
    if Audience.OWN_SCHOOL in near:
        found[Audience.OWN_SCHOOL] = _with_school(near[Audience.OWN_SCHOOL], viewer)
    if Audience.HANDING_UNIT in near:
        own = Stipend.batch_id.in_(_batches_of(viewer))
        found[Audience.HANDING_UNIT] = and_(near[Audience.HANDING_UNIT], own)
    return found


def _with_school(near: Condition, viewer: Viewer) -> Condition:
    """A class list's link opens its own batch only.

    An officer also answers for the money of a pupil who moved away after it was sent.
    """
    if viewer.batch_id is not None:
        return and_(near, Stipend.batch_id == viewer.batch_id)
    if not viewer.has(Role.SCHOOL_OFFICER):
        return near
    return or_(near, Stipend.batch_id.in_(_batches_of(viewer)))


def _lives_in(viewer: Viewer) -> Condition:
    children = select(Child.id).where(in_regions(Child.region_code, viewer))
    return Stipend.match_id.in_(select(Match.id).where(Match.child_id.in_(children)))


def is_villages(viewer: Viewer) -> Condition:
    """Say in SQL that a batch has left to the village of a director."""
    here = in_regions(Batch.region_code, viewer)
    return and_(here, Batch.sent_on.is_not(None), Batch.route == Route.VILLAGE)


def _batches_of(viewer: Viewer) -> Select[int]:
    own = and_(is_own(Batch.organisation_id, viewer.organisation_id), Batch.sent_on.is_not(None))
    return select(Batch.id).where(own)


class Fact(Base):
    """One thing that happened to an instalment or gift; taken back by a row naming it in `cancels`."""

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("(stipend_id IS NULL) <> (gift_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    stipend_id: Mapped[int | None] = mapped_column(
        ForeignKey("stipends.id"), index=True, info=NOBODY
    )
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gifts.id"), index=True, info=NOBODY)
    kind: Mapped[FactKind] = mapped_column(info=seen_by(*_SHOWN_IN_PACK))
    on: Mapped[date] = mapped_column(info=seen_by(*_SHOWN_IN_PACK))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    evidence: Mapped[Evidence] = mapped_column(info=seen_by(*_SHOWN_IN_PACK))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"), info=NOBODY)
    detail: Mapped[str | None] = mapped_column(String(60), info=seen_by(*_SHOWN_IN_PACK))
    amount_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_SHOWN_IN_PACK))
    # The day on which it came, where a family names another than its hand did.
    came_on: Mapped[date | None] = mapped_column(info=seen_by(*_SHOWN_IN_PACK))
    language: Mapped[Language | None] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    cancels_id: Mapped[int | None] = mapped_column(ForeignKey("facts.id"), unique=True, info=NOBODY)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("job_runs.id"), index=True, info=NOBODY)
    noted_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff, and an open pack, show the row behind a date; never when a donor's money came."""
        shown = cls.kind.not_in((FactKind.PROMISED, FactKind.RECEIVED, FactKind.BRIDGED))
        return {
            audience: and_(cls.stipend_id.in_(select(Stipend.id).where(condition)), shown)
            for audience, condition in Stipend.standings(viewer).items()
            if audience in _SHOWN_IN_PACK
        }


append_only(Fact.__table__)  # type: ignore[arg-type]


class Settlement(Base):
    """What became of a family's "it did not come", found out by somebody who had no part in it.

    Lifted when the instalment is sent anew: what was settled was the sending before.
    """

    __tablename__ = "settlements"
    __table_args__ = (
        Index(
            "uq_settlements_standing",
            "stipend_id",
            unique=True,
            sqlite_where=text("lifted_on IS NULL"),
            postgresql_where=text("lifted_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    stipend_id: Mapped[int] = mapped_column(ForeignKey("stipends.id"), info=NOBODY)
    outcome: Mapped[Outcome] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    reason: Mapped[str] = mapped_column(
        Sealed("settlements.reason"), info=seen_by(Audience.CASE_STAFF)
    )
    settled_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    settled_on: Mapped[date] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    lifted_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CASE_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child alone."""
        return {
            audience: cls.stipend_id.in_(select(Stipend.id).where(condition))
            for audience, condition in Stipend.standings(viewer).items()
            if audience is Audience.CASE_STAFF
        }


class Batch(Base):
    """What one hand gets for one month: a school, a village director, an office, or a card."""

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_status", "status"),
        UniqueConstraint(
            "organisation_id", "region_code", "month", "number", name="uq_batches_hand_month"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("batch"),
        info=seen_by(*_HANDS, Audience.PAYING, Audience.AUDIT),
    )
    memo: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: "FK" + new_ref("memo", 6),
        info=seen_by(*_HANDS, Audience.PAYING, Audience.SAMPLED),
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=NOBODY
    )
    # Frozen when the batch is opened: a child's other way begins with another batch.
    route: Mapped[Route] = mapped_column(
        default=Route.SCHOOL, info=seen_by(Audience.CASE_STAFF, Audience.PAYING)
    )
    card_id: Mapped[int | None] = mapped_column(
        ForeignKey("bank_cards.id"), index=True, info=NOBODY
    )
    region_code: Mapped[str] = mapped_column(
        ForeignKey("regions.code"), index=True, info=seen_by(Audience.CASE_STAFF, Audience.PAYING)
    )
    month: Mapped[date] = mapped_column(
        index=True, info=seen_by(*_HANDS, Audience.PAYING, Audience.AUDIT)
    )
    number: Mapped[int] = mapped_column(
        default=1, info=seen_by(*_HANDS, Audience.PAYING, Audience.AUDIT)
    )
    status: Mapped[BatchStatus] = mapped_column(
        default=BatchStatus.OPEN, info=seen_by(*_HANDS, Audience.PAYING, Audience.AUDIT)
    )
    opened_on: Mapped[date] = mapped_column(info=seen_by(Audience.PAYING, Audience.AUDIT))
    # First given to the bank: from then on nothing is added, so that its memo means one sum.
    ordered_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.PAYING))
    sent_on: Mapped[date | None] = mapped_column(
        info=seen_by(*_HANDS, Audience.PAYING, Audience.AUDIT)
    )
    sent_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(Audience.PAYING))
    # As the bank has it: a line that came back and went again stands in another batch.
    sent_count: Mapped[int | None] = mapped_column(info=seen_by(Audience.PAYING))
    sent_fen: Mapped[Fen | None] = mapped_column(info=seen_by(Audience.PAYING))
    # The days on which the bank's statement has the sum leaving, and coming back as a whole.
    bank_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.PAYING))
    bounced_on: Mapped[date | None] = mapped_column(
        info=seen_by(Audience.CASE_STAFF, Audience.OWN_SCHOOL, Audience.PAYING)
    )
    # What somebody at the bank said of a card's payment that no statement shows, and for which day.
    bank_said: Mapped[BankAnswer | None] = mapped_column(info=seen_by(Audience.PAYING))
    bank_said_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.PAYING))
    bank_said_note: Mapped[str | None] = mapped_column(
        Sealed("batches.bank_said_note"), info=seen_by(Audience.PAYING)
    )
    # A unit's clerk said of this list whose guardian works there: before that he hands over nothing.
    cleared_on: Mapped[date | None] = mapped_column(info=seen_by(*_HANDS))
    hand_over_by: Mapped[date | None] = mapped_column(info=seen_by(*_HANDS))
    escalated_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    last_reminder: Mapped[int] = mapped_column(default=0, info=seen_by(Audience.CASE_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The paying desk and case staff of the region; the school its own, once sent."""
        here = in_regions(cls.region_code, viewer)
        sent = cls.sent_on.is_not(None)
        own = and_(is_own(cls.organisation_id, viewer.organisation_id), sent)
        if viewer.batch_id is not None:
            own = and_(own, cls.id == viewer.batch_id)
        return held(
            viewer,
            (Audience.CASE_STAFF, (Role.CASE_WORKER, Role.APPROVER), here),
            (Audience.PAYING, (Role.PAYING_DESK,), here),
            (Audience.OWN_SCHOOL, (Role.SCHOOL_OFFICER, Role.CLASS_TEACHER), own),
            (Audience.HANDING_UNIT, (Role.UNIT_HAND,), and_(own, cls.route == Route.WORK_UNIT)),
            (Audience.OWN_VILLAGE, (Role.VILLAGE_DIRECTOR,), is_villages(viewer)),
            (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)),
            (
                Audience.SAMPLED,
                (Role.AUDITOR,),
                cls.id.in_(select(Stipend.batch_id).where(is_own(Stipend.id, viewer.stipend_id))),
            ),
        )
