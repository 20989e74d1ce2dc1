"""Which lines of a statement are in the books already: by their names, and what was booked by hand."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.online_payments import OnlineOrder
from models.payment_orders import Payout
from models.statements import StatementLine
from services.statements.lines import numbered
from vocabulary.enums import LineState
from vocabulary.money import Fen

NEAR = timedelta(days=7)
_PART = re.compile(r"/\d+$")


@dataclass(frozen=True, slots=True)
class ByHand:
    """A booking that a person typed without the bank's number, and that no statement has shown."""

    key: int
    reference: str
    fen: Fen
    on: date

    def is_like(self, reference: str, fen: Fen, on: date) -> bool:
        """Say whether a line of these is likely the same payment."""
        return (self.reference, self.fen) == (reference, fen) and abs(self.on - on) <= NEAR


def whole(bank_line: str) -> str:
    """Return the line's own name: a part of a divided one says which part it is."""
    return _PART.sub("", bank_line)


def booked_keys(session: Session, first: date) -> frozenset[str]:
    """Return the names of lines booked before; a number typed by hand is the bank's own.

    A line that a person has explained is one, too.
    """
    kept = select(StatementLine.key).where(StatementLine.is_kept, StatementLine.on >= first)
    explained = select(Payout.key).where(
        (Payout.was.is_not(None)) | (Payout.state == LineState.SETTLED), Payout.on >= first
    )
    typed = _typed(session, first)
    return frozenset((*session.scalars(kept), *session.scalars(explained), *typed))


def _typed(session: Session, first: date) -> Mapping[str, list[int]]:
    """Return the names that numbers typed by hand make, each with its receipts (their keys).

    A sum that was divided stands on the bank's statement as one line.
    """
    parts: dict[tuple[date, str], list[tuple[int, str, Fen]]] = defaultdict(list)
    typed = select(Receipt.id, Receipt.received_on, Receipt.bank_line, Receipt.amount_fen).where(
        _stands(), Receipt.bank_line.is_not(None), Receipt.received_on >= first
    )
    for key, on, line, fen in session.execute(typed):
        parts[on, whole(line or "")].append((key, line or "", fen))
    names: dict[str, list[int]] = {}
    for (on, line), found in parts.items():
        total = Fen(sum(fen for _, _, fen in found))
        names[numbered(on, line, total)] = [key for key, _, _ in found]
        names |= {numbered(on, said, fen): [key] for key, said, fen in found if said != line}
    return names


def mark_shown(session: Session, known: Mapping[str, date], first: date) -> None:
    """Note of what was booked by hand that a statement shows it now, and on which day."""
    typed = _typed(session, first)
    for name, on in known.items():
        if name in typed:
            of_these = Receipt.id.in_(typed[name]), Receipt.shown_on.is_(None)
            session.execute(update(Receipt).where(*of_these).values(shown_on=on))


def by_hand(session: Session, first: date) -> list[ByHand]:
    """Return what was booked by hand without a number since a day."""
    rows = session.execute(
        select(Receipt.id, Receipt.payment_reference, Receipt.amount_fen, Receipt.received_on)
        .where(*_unseen(), Receipt.received_on >= first)
        .order_by(Receipt.id)
    )
    return [ByHand(*row) for row in rows]


def the_one_by_hand(session: Session, reference: str, fen: Fen, on: date) -> Receipt | None:
    """Return the booking that a person says a line is; none where it was taken back meanwhile."""
    found = [o for o in by_hand(session, on - NEAR) if o.is_like(reference, fen, on)]
    nearest = min(found, key=lambda one: abs(one.on - on), default=None)
    return session.get_one(Receipt, nearest.key) if nearest else None


def _stands() -> ColumnElement[bool]:
    return Receipt.is_taken_back.is_(False) & Receipt.corrects_id.is_(None)


def _unseen() -> tuple[ColumnElement[bool], ...]:
    online = select(OnlineOrder.receipt_id).where(OnlineOrder.receipt_id.is_not(None))
    unnumbered = Receipt.bank_line.is_(None), Receipt.shown_on.is_(None)
    return _stands(), *unnumbered, Receipt.id.not_in(online)
