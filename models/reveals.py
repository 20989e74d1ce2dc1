"""双方愿意时互相认识: what one side asked, what became of it, and who never wants to be asked.

Nothing here is shown to the asker but that the two know each other now. Case staff see a check
that is theirs to make, and neither who asked nor when.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Condition, Standings, held, in_regions, is_own
from models.children import Child, Consent
from models.pledges import pledges_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import (
    ChildStatus,
    ChildWord,
    EndReason,
    Purpose,
    RevealBar,
    RevealSide,
    RevealStatus,
)
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
# After these ends of a record, whoever knows the other goes on knowing.
_GROWN = (EndReason.GRADUATED, EndReason.GROWN_UP)


class Reveal(Base):
    """One side's wish to know the other, of one pledge and one child; asked again, the same row."""

    __tablename__ = "reveals"
    __table_args__ = (
        UniqueConstraint("pledge_id", "child_id", "asker"),
        Index("ix_reveals_child_id_status", "child_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(*_STAFF))
    # The custodian's chain names it so: by `ref` its readers and the case staff could lay both together.
    chain_ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("reveal_chain"), info=NOBODY
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    asker: Mapped[RevealSide] = mapped_column(info=NOBODY)
    status: Mapped[RevealStatus] = mapped_column(
        default=RevealStatus.ASKED, index=True, info=NOBODY
    )
    asks_from: Mapped[date] = mapped_column(info=NOBODY)
    withdrawn_on: Mapped[date | None] = mapped_column(info=NOBODY)
    shows_name: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    shows_place: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    spoken_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    checked_from: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    child_word: Mapped[ChildWord | None] = mapped_column(info=seen_by(*_STAFF))
    first_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    second_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    is_of_age: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    bar: Mapped[RevealBar | None] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child, while a check is theirs to make."""
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        waits = and_(cls.status == RevealStatus.CHECKING, cls.child_id.in_(here))
        return held(viewer, (Audience.CASE_STAFF, CASE, waits))


class RevealRefusal(Base):
    """Never ask me: kept per donor or per child, and shown to that side alone."""

    __tablename__ = "reveal_refusals"
    __table_args__ = (CheckConstraint("(donor_id IS NULL) <> (child_id IS NULL)", name="one_side"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    donor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vault_donors.id"), unique=True, info=NOBODY
    )
    child_id: Mapped[int | None] = mapped_column(
        ForeignKey("children.id"), unique=True, info=NOBODY
    )
    is_set: Mapped[bool] = mapped_column(default=True, info=NOBODY)


class VaultWords(Base):
    """What a donor wants to be called towards one child, under his own key."""

    __tablename__ = "vault_words"

    reveal_id: Mapped[int] = mapped_column(ForeignKey("reveals.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    name: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)
    city: Mapped[bytes | None] = mapped_column(LargeBinary, info=NOBODY)


def is_shown() -> Condition:
    """Both still want it, staff agreed; the guardian's consent stands, or the child is of age."""
    consented = exists().where(
        Consent.child_id == Reveal.child_id,
        Consent.purpose == Purpose.REVEAL,
        Consent.withdrawn_on.is_(None),
    )
    stays = exists().where(
        Child.id == Reveal.child_id,
        or_(Child.status != ChildStatus.ENDED, Child.end_reason.in_(_GROWN)),
    )
    return and_(
        Reveal.status == RevealStatus.SHOWN,
        Reveal.withdrawn_on.is_(None),
        or_(Reveal.is_of_age, consented),
        stays,
    )


def known_children(viewer: Viewer, field: Any) -> Condition:
    """Say in SQL which children a donor has come to know by a field that they chose to show."""
    if viewer.donor_id is None or viewer.pledge_id is not None:
        return false()
    shown = select(Reveal.child_id).where(
        is_shown(), Reveal.pledge_id.in_(pledges_of_donor(viewer)), field
    )
    return Child.id.in_(shown)


def never_asked(*, donor_id: int | None = None, child_id: int | None = None) -> Condition:
    """Name the setting of one side."""
    return or_(is_own(RevealRefusal.donor_id, donor_id), is_own(RevealRefusal.child_id, child_id))
