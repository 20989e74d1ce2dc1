"""What the bank says lies on our account, beside what the books say of the same day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.checking.bank_checks import SHOWN
from vocabulary.money import Fen

_COMPARED = f"""WITH {SHOWN}
SELECT CAST(h.last_on AS TEXT) AS day, h.closing_fen AS bank,
  (SELECT COALESCE(SUM(p.amount), 0) FROM postings p JOIN transactions t ON t.id = p.transaction_id
   WHERE p.account = 'bank' AND t."on" <= h.last_on) AS books,
  (SELECT COALESCE(SUM(amount_fen), 0) FROM payouts
   WHERE state = 'unsettled' AND "on" <= h.last_on) AS waiting,
  h.closing_fen - h.told AS unexplained
FROM held h"""  # noqa: S608 no word of a person's stands in it


@dataclass(frozen=True, slots=True)
class Compared:
    """One day's balance at the bank and in the books, and what makes the difference."""

    on: date
    bank: Fen
    books: Fen
    # Lines of the statement that wait for a person's word.
    waiting: Fen
    unexplained: Fen

    @property
    def difference(self) -> Fen:
        """What the bank has more than the books."""
        return Fen(self.bank - self.books)

    @property
    def not_shown(self) -> Fen:
        """Of the difference, what the books had before a statement was kept, or not yet shows."""
        return Fen(self.difference - self.waiting - self.unexplained)


def compared(session: Session, viewer: Viewer) -> Compared | None:
    """Compare on the last statement's last day; none before a statement with balances was booked."""
    require(viewer, Act.SEE_BOOKS)
    try:
        with session.begin_nested():
            row = session.execute(text(_COMPARED)).one_or_none()
    except SQLAlchemyError:
        return None
    if row is None:
        return None
    sums = (Fen(int(one)) for one in row[1:])
    return Compared(date.fromisoformat(row[0][:10]), *sums)
