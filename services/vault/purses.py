"""What stands behind a donor's pledges in money: how to pay, what came in, what lies ahead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting, Receipt
from models.pledges import Pledge
from models.rests import Rest
from models.vault import PaidNote, PayerMove, VaultGiver, VaultPledge, VaultReceipt
from vocabulary.enums import AccountKind, MoveStatus, RestStatus
from vocabulary.money import Fen

OPEN_MOVES = (MoveStatus.ASKED, MoveStatus.ACCEPTED)
WORD_HOLDS = timedelta(days=14)
"""A bank takes three working days; who said so longer ago mistook something, or it went astray."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What a donor's side knows of one pledge's money; what came in (day, sum) oldest first.

    `is_restricted`, `has_move` and `is_group` say that there is more to ask: what the money is for,
    a change of payer that he has a part in, in whose name he gives.
    """

    reference: str
    prepaid: Fen
    # What is left of a stopped one and waits for his word, or goes back to him.
    rest: Fen
    # It is on its way back: he has said so.
    is_paying: bool
    announced_on: date | None
    is_restricted: bool
    has_move: bool
    is_group: bool
    payments: Sequence[tuple[date, Fen]]

    @property
    def unmet_word_on(self) -> date | None:
        """Return the day of "I have paid" unless money came in since."""
        said = self.announced_on
        return None if any(said and day >= said for day, _ in self.payments) else said

    def still_announced_on(self, on: date) -> date | None:
        """Return that day as long as money may be on its way; later he is asked as if unsaid."""
        said = self.unmet_word_on
        return None if said and on > said + WORD_HOLDS else said


_PREPAID = (
    select(-func.coalesce(func.sum(Posting.amount), 0))
    .where(Posting.pledge_id == Pledge.id, Posting.account == AccountKind.PREPAID)
    .scalar_subquery()
)
_REST = (
    select(-func.coalesce(func.sum(Posting.amount), 0))
    .where(Posting.pledge_id == Pledge.id, Posting.account == AccountKind.REST)
    .scalar_subquery()
)
_IS_PAYING = exists().where(Rest.pledge_id == Pledge.id, Rest.status == RestStatus.PAYING)
_ANNOUNCED = (
    select(func.max(PaidNote.noted_on))
    .where(PaidNote.payment_reference == VaultPledge.payment_reference)
    .scalar_subquery()
)
_IS_RESTRICTED = exists().where(Earmark.pledge_id == Pledge.id)
_HAS_MOVE = or_(
    *(
        exists().where(side == mine, PayerMove.status.in_(OPEN_MOVES))
        for side, mine in (
            (PayerMove.pledge_id, Pledge.id),
            (PayerMove.new_pledge_id, Pledge.id),
            (PayerMove.donor_id, VaultPledge.donor_id),
        )
    )
)
_IS_GROUP = exists().where(VaultGiver.pledge_id == Pledge.id)
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
        _REST,
        _IS_PAYING,
        _ANNOUNCED,
        _IS_RESTRICTED,
        _HAS_MOVE,
        _IS_GROUP,
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
    for ref, reference, prepaid, rest, paying, announced_on, *more, day, amount in rows:
        came = payments.setdefault(ref, [])
        is_restricted, has_move, is_group = map(bool, more)
        purses.setdefault(
            ref,
            Purse(
                reference=reference,
                prepaid=Fen(prepaid),
                rest=Fen(rest),
                is_paying=bool(paying),
                announced_on=announced_on,
                is_restricted=is_restricted,
                has_move=has_move,
                is_group=is_group,
                payments=came,
            ),
        )
        if day is not None:
            came.append((day, amount))
    return purses
