"""What came and went under a pledge of several givers, giver by giver: the books' own figures divided.

The books stay by pledge. Nothing of this is written down: payments, what members had said to give on
each payment's day, and the postings say it all, and say the same whenever they are asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting, Receipt, Transaction
from models.pledges import Match, Pledge
from models.stipends import Gift, Stipend
from models.vault import VaultReceipt
from services.papers.moves import Year
from services.vault import givers
from services.vault.givers import Share
from vocabulary.enums import AccountKind, PledgeKind, TransactionKind
from vocabulary.money import Fen
from vocabulary.parts import Moved, Paid, Parts, of_moves

Line = tuple[str, date, bool]
"""What a sum was used for: the match's ref on its donor's side, the due day, whether it is a gift."""


@dataclass(frozen=True, slots=True)
class Used:
    """One move of money, whom it was taken from, and the line that it paid for, if any."""

    on: date
    line: Line | None
    parts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Divided:
    """A pledge's payments and uses, each with its parts by giver."""

    paid: Sequence[tuple[date, Parts]]
    used: Sequence[Used]

    def payments(self, giver: int, year: int) -> list[tuple[date, Fen]]:
        """Return a giver's parts of what came in a year."""
        return [(on, parts[giver]) for on, parts in self.paid if on.year == year and giver in parts]

    def lines(self, giver: int) -> dict[Line, Fen]:
        """Return a giver's part of every instalment and gift that was paid."""
        summed: dict[Line, int] = {}
        for one in self.used:
            if one.line is not None and one.parts.get(giver):
                summed[one.line] = summed.get(one.line, 0) + one.parts[giver]
        return {line: Fen(fen) for line, fen in summed.items() if fen}

    def of_year(self, giver: int, year: int) -> Year:
        """Return a giver's year: before + received - used = after, like the pledge's own."""
        came = [(on, parts.get(giver, 0)) for on, parts in self.paid]
        went = [(one.on, one.parts.get(giver, 0)) for one in self.used]
        sums = [[0, 0], [0, 0]]
        for side, moves in enumerate((came, went)):
            for on, fen in moves:
                if on.year <= year:
                    sums[side][on.year == year] += fen
        (came_before, received), (went_before, used) = sums
        return Year(Fen(came_before - went_before), Fen(received), Fen(used))


def of_pledge(session: Session, pledge: Pledge) -> Divided:
    """Divide all that came and went under a pledge."""
    paid = _paid(session, pledge.id)
    if goes_at_once(session, pledge):
        # What the gap fund gets for any purpose is its own from the day on which it comes.
        return Divided(
            [(one.on, one.parts) for one in paid], [Used(one.on, None, one.parts) for one in paid]
        )
    moved = _moved(session, pledge.id)
    taken = of_moves(paid, [one for one, _ in moved])
    used = [
        Used(one.on, line, parts) for (one, line), parts in zip(moved, taken, strict=True) if parts
    ]
    return Divided([(one.on, one.parts) for one in paid], used)


def shares_on(said: Sequence[Share], day: date) -> dict[int, int]:
    """Return what each member gives a time on a day: what was said last of what holds by then."""
    held: dict[int, Share] = {}
    for one in said:
        before = held.get(one.donor_id)
        if one.from_on <= day and (before is None or one.from_on >= before.from_on):
            held[one.donor_id] = one
    return {key: one.fen for key, one in held.items()}


def last_paid_on(session: Session, pledge_id: int) -> date | None:
    """Return the day of the latest payment that stands."""
    return max((one.on for one in _paid(session, pledge_id)), default=None)


def _paid(session: Session, pledge_id: int) -> list[Paid]:
    said = givers.shares(session, pledge_id)
    rows = session.execute(
        select(Receipt.received_on, Receipt.amount_fen)
        .join(VaultReceipt, VaultReceipt.receipt_id == Receipt.id)
        .where(
            VaultReceipt.pledge_id == pledge_id,
            Receipt.is_taken_back.is_(False),
            Receipt.corrects_id.is_(None),
        )
        .order_by(Receipt.id)
    )
    return [Paid(on, Fen(fen), shares_on(said, on)) for on, fen in rows]


def goes_at_once(session: Session, pledge: Pledge) -> bool:
    """Say whether what comes is the gap fund's for any purpose, and stands under no pledge."""
    own = Earmark.pledge_id == pledge.id
    is_funds = pledge.kind is PledgeKind.GAP_FUND
    return is_funds and session.scalar(select(Earmark.id).where(own)) is None


def _moved(session: Session, pledge_id: int) -> list[tuple[Moved, Line | None]]:
    """Return what was taken out of a pledge's money, or put back, in the books' own order."""
    due_on = func.coalesce(Stipend.due_on, Gift.due_on)
    rows = session.execute(
        select(
            Transaction.on,
            Posting.amount,
            Transaction.stipend_id,
            Transaction.gift_id,
            Match.donor_ref,
            due_on,
        )
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .outerjoin(Stipend, Stipend.id == Transaction.stipend_id)
        .outerjoin(Gift, Gift.id == Transaction.gift_id)
        .outerjoin(Match, Match.id == func.coalesce(Stipend.match_id, Gift.match_id))
        .where(
            Posting.pledge_id == pledge_id,
            Posting.account.in_((AccountKind.PREPAID, AccountKind.EARMARKED, AccountKind.REST)),
            Transaction.kind != TransactionKind.RECEIVED,
        )
        .order_by(Transaction.id, Posting.id)
    )
    return [
        (Moved(on, amount, (stipend, gift)), (ref, day, gift is not None) if ref else None)
        for on, amount, stipend, gift, ref, day in rows
    ]
