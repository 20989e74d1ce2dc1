"""By whom a child's money comes: decided ways with their first day, its bank card, school holidays."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, and_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, SealedPayee, Standings, held, in_regions
from models.children import child_standings
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import HolidayKind, Role, Route, RouteReason
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_NEAR = (Audience.CASE_STAFF, Audience.OWN_FAMILY)


class ChildRoute(Base):
    """One decision by whom a child's money comes from a day on; a later one replaces it.

    The one in force stands on the child itself (`Child.route`, `Child.hand_id`), so that filling a
    batch asks one row; services/routes keeps both, and the nightly check compares them.
    """

    __tablename__ = "child_routes"
    __table_args__ = (Index("ix_child_routes_child_id_from_on", "child_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    route: Mapped[Route] = mapped_column(info=seen_by(*_STAFF))
    # The institution or work unit that hands over; of the other ways nobody.
    hand_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    from_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    # An old arrangement through a private account has to end: by the end of a school term.
    until_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    reason: Mapped[RouteReason] = mapped_column(info=seen_by(*_STAFF))
    note: Mapped[str | None] = mapped_column(Sealed("child_routes.note"), info=seen_by(*_STAFF))
    decided_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    # In force from then on; None while its day has not come.
    began_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    replaced_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child alone: a hand is never told why a child came or went."""
        near = child_standings(cls.child_id, viewer)
        return {one: near[one] for one in _STAFF if one in near}


class BankCard(Base):
    """The card a child's money is paid to: its guardian's or its own, as two people compared it.

    The number leaves only inside a payment order; staff know a card by its last four digits.
    """

    __tablename__ = "bank_cards"
    __table_args__ = (
        Index(
            "uq_bank_cards_in_use",
            "child_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("bank_card"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    # Whose it is: a guardian's; None for the child's own.
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"), info=NOBODY)
    holder: Mapped[str] = mapped_column(
        SealedPayee("bank_cards.holder"), info=seen_by(*_NEAR, Audience.PAYING)
    )
    bank: Mapped[str] = mapped_column(SealedPayee("bank_cards.bank"), info=seen_by(*_NEAR))
    number: Mapped[str] = mapped_column(SealedPayee("bank_cards.number"), info=NOBODY)
    # By which it is noticed that one card stands for several children.
    number_index: Mapped[str] = mapped_column(String(64), default="", index=True, info=NOBODY)
    tail: Mapped[str] = mapped_column(SealedPayee("bank_cards.tail"), info=seen_by(*_NEAR))
    since_on: Mapped[date] = mapped_column(info=seen_by(*_NEAR))
    # The bank sent a payment back: nothing more goes there until two people changed the card.
    bounced_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    ended_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child, and its family; the paying desk reads the payee of what it pays.

        Whom of the staff a report about the child names, and a family that one names, reads of no card
        that came since.
        """
        from models.amendments import is_later_card
        from models.stipends import Batch

        near = dict(child_standings(cls.child_id, viewer))
        known = ~is_later_card(viewer, cls.child_id, cls.since_on)
        for audience in near.keys() & {Audience.CASE_STAFF, Audience.OWN_FAMILY}:
            near[audience] = and_(near[audience], known)
        paid = select(Batch.card_id).where(in_regions(Batch.region_code, viewer))
        return {one: near[one] for one in _NEAR if one in near} | held(
            viewer, (Audience.PAYING, (Role.PAYING_DESK,), cls.id.in_(paid))
        )


class Holiday(Base):
    """Days on which a banner's schools are closed, as its case staff entered them (校历)."""

    __tablename__ = "holidays"
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="in_order"),
        Index("ix_holidays_banner_code_from_on", "banner_code", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("holiday"), info=seen_by(*_STAFF)
    )
    banner_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_STAFF))
    kind: Mapped[HolidayKind] = mapped_column(info=seen_by(*_STAFF))
    from_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    until_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    # The last batch day before it: what is due in it is opened then (vocabulary/school_year.py).
    opens_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    entered_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    entered_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    withdrawn_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The case staff of the banner."""
        here = in_regions(cls.banner_code, viewer)
        return held(viewer, (Audience.CASE_STAFF, CASE, here))
