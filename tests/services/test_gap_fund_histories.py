"""Whatever sponsors do in a year and however often the machine was off: each month is paid once.

Seeded; the seed stands in the test's name. Every sum of the ledger is compared with what the world
itself counts.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy import viewers
from services.books import ledger
from services.pairing import matches
from tests.factories import a_pledge
from tests.services.gap_fund import SEPTEMBER, broken, feed, left, pay, run, sponsored
from tests.services.test_standing_in import paused, successor
from vocabulary.dates import add_months, at
from vocabulary.enums import AccountKind, MatchStatus, PledgeKind, PledgeStatus, Rhythm
from vocabulary.money import Fen
from vocabulary.schedule import STEP_MONTHS

CHILDREN, MONTHS = 4, 9


def play(session: Session, dice: random.Random) -> date:
    """Nine months of silence, late money, pauses, stops, successors, gifts and lost nights."""
    sponsors = [_sponsored(session, n) for n in range(CHILDREN)]
    followed: set[int] = set()
    day = SEPTEMBER
    while day < add_months(SEPTEMBER, MONTHS):
        _something_happens(session, dice, sponsors, followed, day)
        if dice.random() < 0.6:
            run(session, day)
            _something_is_approved(session, dice, sponsors, followed, day)
        if dice.random() < 0.4:
            matches.end_of_term(session, viewers.engine("matching"), now=at(day, 5))
        day = _next(dice, day)
    run(session, day)
    return day


def _sponsored(session: Session, n: int) -> tuple[Match, str]:
    terms = {"instalment_fen": Fen(60_000), "rhythm": Rhythm.TERM} if n == 0 else {}
    return sponsored(session, f"1380000000{n}", name=f"孩子{n}", **terms)


def _next(dice: random.Random, day: date) -> date:
    """Some days on, and often the first of a month: much falls on due days."""
    first = add_months(day.replace(day=1), 1)
    return first if dice.random() < 0.3 else day + timedelta(days=dice.randrange(1, 12))


def _something_is_approved(session, dice, sponsors, followed, day) -> None:
    """A successor is approved after the run of a day, for one who stopped or whose money ran dry."""
    match, _ = dice.choice(sponsors)
    is_gone = match.dry_on is not None or match.status is MatchStatus.ENDED
    if is_gone and match.id not in followed and dice.random() < 0.7:
        followed.add(match.id)
        _follow(session, match, day)


def _something_happens(session, dice, sponsors, followed, day) -> None:
    match, reference = dice.choice(sponsors)
    what = dice.choice(("pay", "pay", "feed", "pause", "stop", "follow", "nothing"))
    if what == "pay":
        pay(session, reference, 5_000 * dice.randrange(1, 7), day)
    elif what == "feed":
        _give(session, dice.randrange(1_000, 60_000), day)
    elif what == "pause" and day.day > 1:
        first = add_months(day.replace(day=1), 1)
        paused(session, match, first, add_months(first, dice.randrange(1, 4)))
    elif what == "stop" and match.status is MatchStatus.ACTIVE and dice.random() < 0.5:
        first = add_months(day.replace(day=1), 1)
        session.get_one(Pledge, match.pledge_id).status = PledgeStatus.ENDED
        matches.end_of_pledge(
            session, viewers.console(), match.pledge_id, on=first, now=at(day, 5), reason="x"
        )
    elif what == "follow" and match.id not in followed and match.status is MatchStatus.ENDED:
        followed.add(match.id)
        _follow(session, match, day)


def _give(session: Session, fen: int, day: date) -> None:
    known = session.scalar(select(Pledge.id).where(Pledge.kind == PledgeKind.GAP_FUND))
    if known is None:
        feed(session, fen, on=day)
        return
    _, reference = a_pledge(
        session, "13899999999", kind=PledgeKind.GAP_FUND, instalment_fen=Fen(88_800)
    )
    pay(session, reference, fen, day)


def _follow(session: Session, match: Match, day: date) -> None:
    session.flush()
    if match.dry_on is not None or (match.ends_on is not None and match.ends_on <= day):
        successor(session, match, day)


def _came_after_the_end() -> ColumnElement[bool]:
    return and_(Match.ends_on.is_not(None), Stipend.received_on > Match.ends_on)


def _months_paid(session: Session) -> list[tuple[int | None, date]]:
    """Every month of every need that somebody paid for: a term's instalment pays six.

    But for what a sponsor gave of his own after he was let go: it comes on top.
    """
    rows = session.execute(
        select(Match.need_id, Stipend.due_on, Match.rhythm)
        .join(Match, Match.id == Stipend.match_id)
        .where(Stipend.is_funded)
        .where(or_(Stipend.bridged_on.is_not(None), ~_came_after_the_end()))
    )
    return [
        (need, add_months(due, n)) for need, due, rhythm in rows for n in range(STEP_MONTHS[rhythm])
    ]


@pytest.mark.parametrize("seed", range(14))
def test_no_month_is_paid_twice_and_no_fen_is_lost(session: Session, seed: int) -> None:
    dice = random.Random(seed)

    day = play(session, dice)
    before = [tuple(row) for row in session.execute(select(*Stipend.__table__.c))]
    again = run(session, day)

    assert broken(session, day + timedelta(days=1)) == {}
    assert before == [tuple(row) for row in session.execute(select(*Stipend.__table__.c))]
    assert (again.bridged, again.counts["done"]) == (0, 0)
    assert set(Counter(_months_paid(session)).values()) <= {1}
    came = session.scalar(select(func.coalesce(func.sum(Receipt.amount_fen), 0)))
    funded = session.scalar(
        select(func.coalesce(func.sum(Stipend.amount_fen), 0)).where(Stipend.is_funded)
    )
    prepaid = -ledger.balance(session, AccountKind.PREPAID)
    rest = -ledger.balance(session, AccountKind.REST)
    assert left(session) >= 0
    assert came == funded + prepaid + rest + left(session)
