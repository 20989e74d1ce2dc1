"""What stands behind a donor's pledges in money: how to pay, what came in, what lies ahead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from models.ledger import Posting, Receipt
from models.pledges import Pledge
from models.vault import PaidNote, VaultPledge, VaultReceipt
from vocabulary.enums import AccountKind
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Purse:
    """What a donor's side knows of one pledge's money; what came in (day, sum) oldest first."""

    reference: str
    prepaid: Fen
    announced_on: date | None
    payments: Sequence[tuple[date, Fen]]

    @property
    def still_announced_on(self) -> date | None:
        """Return the day of "I have paid" unless money came in since."""
        said = self.announced_on
        return None if any(said and day >= said for day, _ in self.payments) else said


_PREPAID = (
    select(-func.coalesce(func.sum(Posting.amount), 0))
    .where(Posting.pledge_id == Pledge.id, Posting.account == AccountKind.PREPAID)
    .scalar_subquery()
)
_ANNOUNCED = (
    select(func.max(PaidNote.noted_on))
    .where(PaidNote.payment_reference == VaultPledge.payment_reference)
    .scalar_subquery()
)
_CAME = and_(
    Receipt.id == VaultReceipt.receipt_id,
    Receipt.is_taken_back.is_(False),
    Receipt.corrects_id.is_(None),
)
# Built once: this stands on every page of every donor.
_PURSES = (
    select(
        Pledge.donor_ref,
        VaultPledge.payment_reference,
        _PREPAID,
        _ANNOUNCED,
        Receipt.received_on,
        Receipt.amount_fen,
    )
    .join(VaultPledge, VaultPledge.pledge_id == Pledge.id)
    .outerjoin(VaultReceipt, VaultReceipt.pledge_id == Pledge.id)
    .outerjoin(Receipt, _CAME)
    .where(Pledge.donor_ref.in_(bindparam("refs", expanding=True)))
    .order_by(Receipt.received_on, Receipt.id)
)


def of_pledges(session: Session, refs: Collection[str]) -> dict[str, Purse]:
    """Return the money of a donor's pledges, by his refs of them."""
    purses: dict[str, Purse] = {}
    payments: dict[str, list[tuple[date, Fen]]] = {}
    session.flush()
    rows = session.connection().execute(_PURSES, {"refs": list(refs)})
    for ref, reference, prepaid, announced_on, day, amount in rows:
        came = payments.setdefault(ref, [])
        purses.setdefault(ref, Purse(reference, Fen(prepaid), announced_on, came))
        if day is not None:
            came.append((day, amount))
    return purses
