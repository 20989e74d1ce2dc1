"""What the books say of a donor's money in one year: the only figures that a paper adds up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Pledge
from vocabulary.enums import AccountKind, TransactionKind
from vocabulary.money import Fen

NONE = Fen(0)


@dataclass(frozen=True, slots=True)
class Year:
    """One pledge's prepaid money over a year: before + received - used = after."""

    before: Fen = NONE
    received: Fen = NONE
    used: Fen = NONE

    @property
    def after(self) -> Fen:
        """Return what was left on the year's last day."""
        return Fen(self.before + self.received - self.used)


_PREPAID = (
    select(Pledge.donor_ref, Transaction.on, Transaction.kind, Posting.amount)
    .join(Transaction, Transaction.id == Posting.transaction_id)
    .join(Pledge, Pledge.id == Posting.pledge_id)
    .where(Posting.account.in_((AccountKind.PREPAID, AccountKind.EARMARKED, AccountKind.REST)))
)


def of_year(session: Session, refs: Collection[str], year: int) -> dict[str, Year]:
    """Return the year of each of a donor's pledges, by his refs of them."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    sums = {ref: [0, 0, 0] for ref in refs}
    rows = session.execute(_PREPAID.where(Pledge.donor_ref.in_(refs), Transaction.on < after))
    for ref, on, kind, amount in rows:
        # The account is credited when money comes: a debit, positive, is money used.
        if on < first:
            sums[ref][0] -= amount
        elif kind is TransactionKind.RECEIVED:
            sums[ref][1] -= amount
        else:
            sums[ref][2] += amount
    return {ref: Year(Fen(one[0]), Fen(one[1]), Fen(one[2])) for ref, one in sums.items()}
