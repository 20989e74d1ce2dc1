"""Of which day a year's account is: today, and once the year is over the last day it changed on.

So the account of a year that is over stays the same file until something on it is said anew.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.pledges import Match, Pledge
from models.stipends import Fact, Gift, Stipend
from models.vault import VaultReceipt
from services.gate import Card
from vocabulary.dates import today


def of_year(
    session: Session,
    year: int,
    pledges: Sequence[str],
    lines: Sequence[Card],
    codes: Sequence[Card],
    *,
    on: date,
) -> date:
    """Return the day of an account over pledges (their donor's refs), its lines and codes."""
    if year >= on.year:
        return on
    days = {date(year + 1, 1, 1), *(code["head"]["published_on"] for code in codes)}
    return max(days.union(_noted(session, lines), _booked(session, pledges, year)))


def _noted(session: Session, lines: Sequence[Card]) -> Iterable[date]:
    """Return when something was said last of each line that is shown."""
    due_on = func.coalesce(Stipend.due_on, Gift.due_on)
    shown = {(line["match"]["donor_ref"], line["due_on"]) for line in lines}
    rows = session.execute(
        select(Match.donor_ref, due_on, func.max(Fact.noted_at))
        .select_from(Fact)
        .outerjoin(Stipend, Stipend.id == Fact.stipend_id)
        .outerjoin(Gift, Gift.id == Fact.gift_id)
        .join(Match, Match.id == func.coalesce(Stipend.match_id, Gift.match_id))
        .where(Match.donor_ref.in_({ref for ref, _ in shown}))
        .group_by(Match.donor_ref, due_on)
    )
    return [today(noted_at) for ref, day, noted_at in rows if (ref, day) in shown]


def _booked(session: Session, pledges: Sequence[str], year: int) -> Iterable[date]:
    """Return when the year's money was booked last, or a booking of it taken back."""
    found = session.scalar(
        select(func.max(Receipt.recorded_at))
        .join(VaultReceipt, VaultReceipt.receipt_id == Receipt.id)
        .join(Pledge, Pledge.id == VaultReceipt.pledge_id)
        .where(
            Pledge.donor_ref.in_(pledges),
            Receipt.received_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
    )
    return [] if found is None else [today(found)]
