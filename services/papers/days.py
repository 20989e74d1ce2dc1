"""When a donor's lines were opened, and when his money went to them: in which years they stand.

What was opened only after its due day's year was over stands in the year in which it was opened: an
account that was given out stays what it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.ledger import Transaction
from models.pledges import Match, Pledge
from models.stipends import Fact, Gift, Stipend
from vocabulary.dates import today
from vocabulary.enums import FactKind, TransactionKind

Line = tuple[str, date, bool]
_DUE_ON = func.coalesce(Stipend.due_on, Gift.due_on)
_USES = (TransactionKind.FUNDED, TransactionKind.REPAID)


@dataclass(frozen=True, slots=True)
class Days:
    """Of each line (its match's ref on the donor's side, due day, whether it is a gift)."""

    opened: Mapping[Line, date]
    used: Mapping[Line, date]

    def stands_in(self, line: Line, year: int) -> bool:
        """Say whether a line belongs to a year: it fell due there, or money went to it there."""
        due_on = line[1]
        first = max(due_on.year, self.opened.get(line, due_on).year)
        return year == first or self.is_used_in(line, year)

    def is_used_in(self, line: Line, year: int) -> bool:
        """Say whether his money went to it in a year."""
        return line in self.used and self.used[line].year == year


def of_pledges(session: Session, refs: Collection[str]) -> Days:
    """Return the days of all lines of pledges, by their donor's refs."""
    undone = aliased(Transaction)
    stands = ~exists().where(undone.reverses_id == Transaction.id)
    used = _of(Transaction, func.max(Transaction.on), refs)
    used = used.where(Transaction.kind.in_(_USES), Transaction.reverses_id.is_(None), stands)
    opened = _of(Fact, func.min(Fact.noted_at), refs).where(Fact.kind == FactKind.PROMISED)
    return Days(
        {(ref, due, gift): today(at) for ref, due, gift, at in session.execute(opened)},
        {(ref, due, gift): day for ref, due, gift, day in session.execute(used)},
    )


def _of(table: type[Fact | Transaction], asked: Any, refs: Collection[str]) -> Select[Any]:
    is_gift = table.gift_id.is_not(None)
    return (
        select(Match.donor_ref, _DUE_ON, is_gift, asked)
        .select_from(table)
        .outerjoin(Stipend, Stipend.id == table.stipend_id)
        .outerjoin(Gift, Gift.id == table.gift_id)
        .join(Match, Match.id == func.coalesce(Stipend.match_id, Gift.match_id))
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(Pledge.donor_ref.in_(refs))
        .group_by(Match.donor_ref, _DUE_ON, is_gift)
    )
