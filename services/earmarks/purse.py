"""What the gap fund can pay with: its free money, and restricted money for those whom it fits."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting
from services.books import ledger
from vocabulary.enums import AccountKind, EarmarkKind, GiftPurpose, Sex

_FIRST = (EarmarkKind.ONE_CHILD, EarmarkKind.SURGERY, EarmarkKind.GIRLS)
"""The narrowest restriction pays first: what is left can help more children."""


@dataclass(frozen=True, slots=True)
class Use:
    """Whom and what a sum would pay for."""

    child_id: int
    sex: Sex | None
    purpose: GiftPurpose = GiftPurpose.ANY


@dataclass(slots=True)
class Pot:
    """The restricted money of one pledge."""

    earmark_id: int
    kind: EarmarkKind
    child_id: int | None
    fen: int

    def fits(self, use: Use) -> bool:
        """Say whether its giver's word allows it; the database asks the same of every posting."""
        match self.kind:
            case EarmarkKind.GIRLS:
                return use.sex is Sex.FEMALE
            case EarmarkKind.ONE_CHILD:
                return use.child_id == self.child_id
            case EarmarkKind.SURGERY:
                return use.purpose is GiftPurpose.SURGERY


@dataclass(frozen=True, slots=True)
class Source:
    """Where a sum comes from: a restriction's key, or None for free money."""

    earmark_id: int | None


@dataclass(slots=True)
class Purse:
    """Free money and pots, as far as they are not taken yet."""

    free: int
    pots: Sequence[Pot] = field(default_factory=list)

    @property
    def has_money(self) -> bool:
        """Say whether there is anything to pay with."""
        return self.free > 0 or bool(self.pots)

    def take(self, fen: int, use: Use) -> Source | None:
        """Take a sum from the first pot that fits and holds all of it, else from free money."""
        for pot in self.pots:
            if pot.fen >= fen and pot.fits(use):
                pot.fen -= fen
                return Source(pot.earmark_id)
        if fen <= self.free:
            self.free -= fen
            return Source(None)
        return None


def open_purse(session: Session) -> Purse:
    """Return what the gap fund has at this moment."""
    free = -ledger.balance(session, AccountKind.GAP_FUND)
    return Purse(free, pots(session))


def pots(session: Session) -> list[Pot]:
    """Return the restricted money that is left, the narrowest restriction and the oldest first."""
    left = -func.sum(Posting.amount)
    rows = session.execute(
        select(Earmark.id, Earmark.kind, Earmark.child_id, left)
        .join(Posting, Posting.pledge_id == Earmark.pledge_id)
        .where(Posting.account == AccountKind.EARMARKED)
        .group_by(Earmark.id, Earmark.kind, Earmark.child_id)
        .having(left > 0)
    )
    found = [Pot(key, kind, child_id, int(fen)) for key, kind, child_id, fen in rows]
    return sorted(found, key=lambda pot: (_FIRST.index(pot.kind), pot.earmark_id))
