"""The public month page: one Merkle head for each month, and the leaves that it covers.

Apart from the audit chains. A head is never written again; what is corrected later stands as a new
leaf in a later month.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings
from models.stipends import Fact, Gift, Stipend
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.money import Fen

_ALL = (Audience.EVERYONE,)
_OWN = (Audience.OWNING_DONOR,)


class MonthHead(Base):
    """The head over one month's leaves; `chained` binds it to all heads before it."""

    __tablename__ = "month_heads"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    month: Mapped[date] = mapped_column(unique=True, info=seen_by(*_ALL))
    published_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    # Filled up to a power of two: how many instalments there were cannot be read off it.
    size: Mapped[int] = mapped_column(info=seen_by(*_ALL))
    head: Mapped[str] = mapped_column(String(64), info=seen_by(*_ALL))
    chained: Mapped[str] = mapped_column(String(64), unique=True, info=seen_by(*_ALL))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """What is published is everybody's."""
        return {Audience.EVERYONE: true()}


class MonthLeaf(Base):
    """One leaf, by its place in the order of hashes; one that only fills up is about nothing."""

    __tablename__ = "month_leaves"
    __table_args__ = (
        UniqueConstraint("head_id", "place", name="uq_month_leaves_place"),
        CheckConstraint("(fact_id IS NULL) = (code IS NULL)", name="code_of_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    head_id: Mapped[int] = mapped_column(ForeignKey("month_heads.id"), info=NOBODY)
    place: Mapped[int] = mapped_column(info=seen_by(*_OWN))
    leaf: Mapped[str] = mapped_column(String(64), unique=True, info=seen_by(*_OWN))
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("facts.id"), unique=True, info=NOBODY)
    code: Mapped[str | None] = mapped_column(String(16), unique=True, info=seen_by(*_OWN))
    # Without it nobody can try out which sums and days a leaf may stand for.
    salt: Mapped[str | None] = mapped_column(Sealed("month_leaves.salt"), info=seen_by(*_OWN))
    period: Mapped[date | None] = mapped_column(info=seen_by(*_OWN))
    amount_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_OWN))
    batch_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor behind the instalment, and nobody else."""
        own = [
            column.in_(select(table.id).where(near[Audience.OWNING_DONOR]))
            for column, table in ((Fact.stipend_id, Stipend), (Fact.gift_id, Gift))
            if Audience.OWNING_DONOR in (near := table.standings(viewer))
        ]
        if not own:
            return {}
        return {Audience.OWNING_DONOR: cls.fact_id.in_(select(Fact.id).where(or_(*own)))}


for _table in (MonthHead, MonthLeaf):
    append_only(_table.__table__)  # type: ignore[arg-type]
