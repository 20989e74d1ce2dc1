"""What instalments are covered by: money that stayed, never money that was taken back."""

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Stipend
from privacy import viewers
from services.books import ledger, receipts
from services.books.receipts import BankLine
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, viewer
from vocabulary.enums import AccountKind, Role, TransactionKind
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
BEFORE, LATER, NOVEMBER = date(2026, 10, 20), date(2026, 10, 28), date(2026, 11, 1)
DAYS = [BEFORE + timedelta(days=n) for n in range(6)]


def book(session: Session, reference: str, now: datetime, fen: int, on: date = BEFORE) -> str:
    line = BankLine(reference, Fen(fen), on, line=f"B-{on}-{fen}")
    ref: str = receipts.record(session, DESK, line, now=now)["ref"]
    return ref


def run(session: Session) -> None:
    session.commit()
    Run(session, "stipends", period=NOVEMBER).execute(open_and_fund)


def covered(session: Session) -> list[date]:
    on = Stipend.received_on
    return list(session.scalars(select(on).where(on.is_not(None)).order_by(Stipend.due_on)))


def test_a_wrong_booking_taken_back_covers_nothing(session: Session, now: datetime) -> None:
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session))
    book(session, reference, now, fen=5_000)
    wrong = book(session, reference, now, fen=100_000)
    receipts.take_back(session, DESK, wrong, first="account:first", reason="金额记错了", now=now)

    run(session)

    assert covered(session) == []
    assert ledger.prepaid_of(session, pledge.id) == 5_000
    assert checks.report(session, viewers.console(), now=now)["ok"]


def test_an_instalment_is_covered_on_the_day_enough_had_come_to_stay(
    session: Session, now: datetime
) -> None:
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session))
    wrong = book(session, reference, now, fen=100_000)
    receipts.take_back(session, DESK, wrong, first="account:first", reason="金额记错了", now=now)
    book(session, reference, now, fen=15_000, on=LATER)

    run(session)

    assert covered(session) == [LATER]
    assert ledger.prepaid_of(session, pledge.id) == 5_000


def test_money_that_went_back_on_a_later_day_covers_nothing(
    session: Session, now: datetime
) -> None:
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session))
    book(session, reference, now, fen=10_000)
    back = ledger.Event(TransactionKind.RECEIVED, on=LATER)
    legs = (
        ledger.Leg(AccountKind.BANK, Fen(-10_000)),
        ledger.Leg(AccountKind.PREPAID, Fen(10_000), pledge_id=pledge.id),
    )
    ledger.post(session, back, legs, by=DESK)

    run(session)

    assert covered(session) == []


def lines_of(chance: Random) -> list[tuple[date, int]]:
    """What came and went under one pledge, in order: most of it stays."""
    days = sorted(chance.choice(DAYS) for _ in range(chance.randint(1, 5)))
    return [(day, chance.choice((3_000, 10_000, 20_000, 45_000, -3_000))) for day in days]


def reckoned(lines: list[tuple[date, int]], needs: int) -> list[date]:
    """The first day from which on there was always enough, of each need of 10,000 in turn."""
    days = sorted({day for day, _ in lines})
    had = {day: sum(fen for other, fen in lines if other <= day) for day in days}
    found = []
    for number in range(1, needs + 1):
        kept = [day for day in days if all(had[on] >= number * 10_000 for on in days if on >= day)]
        found += kept[:1]
    return found


def test_what_money_covers_is_what_is_reckoned_by_hand(session: Session) -> None:
    chance = Random(11)
    wanted: dict[int, list[date]] = {}
    for number in range(60):
        pledge, _ = a_pledge(session, f"138{number:08}")
        months = chance.choice((1, 1, 1, 2, 3))
        child = a_child(session, name=f"孩{number}")
        match = a_match(session, pledge, child, starts_on=date(2026, 12 - months, 1))
        lines = lines_of(chance)
        for day, fen in lines:
            legs = (
                ledger.Leg(AccountKind.BANK, Fen(fen)),
                ledger.Leg(AccountKind.PREPAID, Fen(-fen), pledge_id=pledge.id),
            )
            event = ledger.Event(TransactionKind.RECEIVED, on=day)
            ledger.post(session, event, legs, by=DESK)
        wanted[match.id] = reckoned(lines, months)

    run(session)

    on = (Stipend.match_id, Stipend.received_on)
    rows = session.execute(select(*on).where(on[1].is_not(None)).order_by(Stipend.due_on))
    found: dict[int, list[date]] = {key: [] for key in wanted}
    for key, day in rows:
        found[key].append(day)
    assert found == wanted
    assert {len(days) for days in found.values()} == {0, 1, 2, 3}
