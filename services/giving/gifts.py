"""A sum given once beside the instalments (law 6: of a list), to a child one supports already.

It has a due day of the scheme like everything else, and is given on the first of them on which its
money is there (services/giving/gifting.py). Until then it can be undone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.giving import GiftWish
from models.pledges import Match, Pledge
from privacy.viewers import Viewer
from services import gate, trace
from services.donors import donors
from services.lifecycle import advance
from services.pledges.changes import neutral
from vocabulary import amounts
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    GiftOccasion,
    GiftStatus,
    MatchStatus,
    PledgeStatus,
    Rhythm,
)
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, next_due

_LIVE = (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED, PledgeStatus.ENDING)


@dataclass(frozen=True, slots=True)
class ForeseenGift:
    """What asking would do: its due day, what is paid ahead, and what has to be paid until then."""

    due_on: date
    amount: Fen
    prepaid: Fen
    to_pay: Fen
    pay_by: date | None


def ask(
    session: Session,
    viewer: Viewer,
    match_ref: str,
    *,
    amount: Fen,
    occasion: GiftOccasion,
    now: datetime,
) -> str:
    """Ask for a gift from the next due day on; a newer one replaces one that waits.

    Raises BadInput for a sum that is not listed, AlreadyDecided where nothing is given any more.
    """
    match = _own(session, viewer, match_ref, amount, now=now)
    for old in _waiting(session, match):
        advance(session, old, GiftStatus.UNDONE, by=neutral(viewer), now=now)
    session.flush()
    due_on = first_day(now)
    wish = GiftWish(
        pledge_id=match.pledge_id,
        child_id=match.child_id,
        amount_fen=amount,
        occasion=occasion,
        due_on=due_on,
        asked_for=due_on,
        asked_at=now,
    )
    session.add(wish)
    session.flush()
    subject = f"gift_wish:{wish.ref}"
    trace.record(session, viewer, "pledge.gift", subject, now=now, chain=Chain.CUSTODIAN)
    return wish.ref


def foresee(
    session: Session, viewer: Viewer, match_ref: str, *, amount: Fen, now: datetime
) -> ForeseenGift:
    """Say what asking would do, as the donor's page would show it; refuses what `ask` refuses."""
    trial = session.begin_nested()
    ask(session, viewer, match_ref, amount=amount, occasion=GiftOccasion.JUST, now=now)
    card, _ = donors.support(session, viewer, match_ref, now=now)
    trial.rollback()
    session.expire_all()
    runway, due_on = card["runway"], first_day(now)
    is_short = runway.next_on is not None and runway.next_on <= due_on
    return ForeseenGift(
        due_on,
        amount,
        card["prepaid_fen"],
        runway.next_amount if is_short else Fen(0),
        runway.next_on if is_short else None,
    )


def undo(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> None:
    """Take a gift back. Raises WrongState once it was given."""
    wish = gate.row(session, viewer, GiftWish, GiftWish.ref == ref)
    if wish.status is GiftStatus.UNDONE:
        return
    advance(session, wish, GiftStatus.UNDONE, by=neutral(viewer), now=now)
    subject = f"gift_wish:{ref}"
    trace.record(session, viewer, "pledge.gift_undo", subject, now=now, chain=Chain.CUSTODIAN)


def first_day(now: datetime) -> date:
    """Return the next due day for whatever is given once."""
    return next_due(STANDARD[Rhythm.MONTH], today(now))


def _own(session: Session, viewer: Viewer, ref: str, amount: Fen, *, now: datetime) -> Match:
    match = gate.row(session, viewer, Match, Match.donor_ref == ref)
    pledge = session.get_one(Pledge, match.pledge_id)
    is_over = match.ends_on is not None and match.ends_on <= first_day(now)
    if match.status is not MatchStatus.ACTIVE or is_over or pledge.status not in _LIVE:
        raise AlreadyDecided()
    if amount not in amounts.listed_gifts():
        raise BadInput(field="amount", reason="not_listed")
    return match


def _waiting(session: Session, match: Match) -> list[GiftWish]:
    mine = (GiftWish.pledge_id == match.pledge_id, GiftWish.child_id == match.child_id)
    waits = GiftWish.status == GiftStatus.WAITING
    return list(session.scalars(select(GiftWish).where(*mine, waits)))
