"""A donor's year: every line as he may see it, every sum the ledger's."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services.books import ledger, receipts
from services.books.ledger import Event, Leg
from services.books.receipts import BankLine
from services.papers import statements
from services.papers.moves import Year
from services.stipends import facts, gifts
from services.stipends.facts import Basis
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from tests.services import gap_fund
from tests.services.spoiling import mend, spoil
from vocabulary.dates import at
from vocabulary.enums import AccountKind, Evidence, FactKind, PledgeKind, Role, TransactionKind
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
ENGINE = viewers.engine("test")
BASIS = Basis(Evidence.LEDGER)


def donor(session: Session, pledge: Pledge, **more) -> Viewer:
    mine = VaultPledge.pledge_id == pledge.id
    key = session.scalar(select(VaultPledge.donor_id).where(mine))
    return viewer(Role.DONOR, actor="donor:D", donor_id=key, **more)


def pay(session: Session, reference: str, fen: int, day: date) -> str:
    line = BankLine(reference, Fen(fen), day)
    ref: str = receipts.record(session, DESK, line, now=at(day))["ref"]
    return ref


@pytest.fixture
def world(session: Session) -> tuple[Pledge, Viewer, Match]:
    """Paid 300 in 2025 and 500 in 2026; two instalments of 2025 (one paid late), two of 2026."""
    pledge, reference = a_pledge(session, offered_on=date(2025, 9, 1))
    school = a_school(session)
    match = a_match(session, pledge, a_child(session, school), starts_on=date(2025, 9, 1))
    pay(session, reference, 30_000, date(2025, 9, 1))
    a_sent_batch(session, school, match, on=date(2025, 11, 1))
    a_sent_batch(session, school, match, on=date(2025, 12, 1))
    wrong = pay(session, reference, 7_000, date(2026, 1, 4))
    receipts.take_back(
        session, DESK, wrong, first="account:first", reason="记错了人", now=at(date(2026, 1, 6))
    )
    pay(session, reference, 50_000, date(2026, 1, 5))
    a_sent_batch(session, school, match, on=date(2026, 10, 1))
    a_sent_batch(session, school, match, on=date(2026, 11, 1))
    return pledge, donor(session, pledge), match


def ledger_of(session: Session, pledge: Pledge, until: date) -> int:
    """The prepaid account at the end of a day, straight from the postings."""
    found = session.scalar(
        select(func.coalesce(func.sum(Posting.amount), 0))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Posting.pledge_id == pledge.id,
            Transaction.on <= until,
        )
    )
    return -int(found or 0)


@pytest.mark.parametrize(
    ("year", "sums"),
    [
        (2025, Year(Fen(0), Fen(30_000), Fen(20_000))),
        (2026, Year(Fen(10_000), Fen(50_000), Fen(20_000))),
    ],
)
def test_a_years_sums_are_the_ledgers(session, now, world, year, sums) -> None:
    pledge, me, _ = world

    (part,) = statements.of_year(session, me, year, now=now).pledges

    assert part.year == sums
    assert part.year.before == ledger_of(session, pledge, date(year - 1, 12, 31))
    assert part.year.after == ledger_of(session, pledge, date(year, 12, 31))
    # What the lines and the payments say adds up to the very same.
    assert part.received == part.year.received
    assert part.paid == part.used == part.year.used


def test_what_came_ahead_is_used_on_the_due_day_and_a_year_that_is_over_stays(session) -> None:
    match, reference = gap_fund.sponsored(session)
    pledge = session.get_one(Pledge, match.pledge_id)
    me = donor(session, pledge)
    match.starts_on = date(2026, 11, 1)
    gap_fund.pay(session, reference, 60_000, date(2026, 10, 20))
    for month in (11, 12):
        gap_fund.run(session, date(2026, month, 1))

    def of_2026(on: date) -> tuple[int, int, int]:
        page = statements.of_year(session, me, 2026, now=at(on))
        (part,) = page.pledges
        return page.used, page.after, len(part.children[0].lines)

    then = of_2026(date(2026, 12, 31))
    for month in (1, 2):
        gap_fund.run(session, date(2027, month, 1))

    assert then == (20_000, 40_000, 2)
    assert of_2026(date(2027, 2, 2)) == then
    assert statements.of_year(session, me, 2027, now=at(date(2027, 2, 2))).before == 40_000
    assert gap_fund.broken(session, date(2027, 2, 2)) == {}


def test_what_is_opened_after_its_year_was_over_leaves_that_years_account_as_it_was(
    session,
) -> None:
    match, reference = gap_fund.sponsored(session)
    me = donor(session, session.get_one(Pledge, match.pledge_id))
    match.starts_on = date(2026, 11, 1)
    gap_fund.pay(session, reference, 60_000, date(2026, 10, 20))
    spoil(session, "INSERT ON stipends", "NEW.due_on = '2026-12-01'")
    for day in (date(2026, 11, 1), date(2026, 12, 1)):
        gap_fund.run(session, day)

    def of_2026(on: date) -> tuple:
        page = statements.of_year(session, me, 2026, now=at(on))
        (part,) = page.pledges
        lines = [dict(line) for line in part.children[0].lines]
        return page.as_of, part.payments, part.year, part.paid, lines

    given_out = of_2026(date(2027, 1, 2))

    mend(session)
    gap_fund.run(session, date(2027, 1, 10))

    later = at(date(2027, 1, 11))
    assert given_out[2] == Year(received=Fen(60_000), used=Fen(10_000))
    assert of_2026(date(2027, 1, 11)) == given_out
    (part,) = statements.of_year(session, me, 2027, now=later).pledges
    assert part.year == Year(Fen(50_000), used=Fen(20_000))
    assert part.paid == part.used
    days = [line["due_on"] for line in part.children[0].lines]
    assert days == [date(2026, 12, 1), date(2027, 1, 1)]
    assert gap_fund.broken(session, date(2027, 1, 11)) == {}


def test_the_account_of_a_year_that_is_over_bears_the_day_on_which_it_changed_last(session) -> None:
    match, reference = gap_fund.sponsored(session)
    me = donor(session, session.get_one(Pledge, match.pledge_id))
    match.starts_on = date(2026, 12, 1)
    gap_fund.pay(session, reference, 60_000, date(2026, 10, 20))
    gap_fund.run(session, date(2026, 12, 1))
    december = session.scalars(select(Stipend)).one()

    def as_of(on: date) -> date:
        return statements.of_year(session, me, 2026, now=at(on)).as_of

    assert as_of(date(2026, 12, 31)) == date(2026, 12, 31)
    gap_fund.run(session, date(2027, 1, 1))
    assert (as_of(date(2027, 1, 2)), as_of(date(2027, 3, 4))) == (date(2027, 1, 1),) * 2
    sent = date(2027, 1, 20)
    facts.record(session, FactKind.SENT, [december], on=sent, by=ENGINE, now=at(sent), basis=BASIS)
    assert (as_of(sent), as_of(date(2027, 3, 4))) == (sent, sent)
    found = date(2027, 2, 2)
    line = BankLine(reference, Fen(10_000), date(2026, 12, 30))
    receipts.record(session, DESK, line, now=at(found))
    assert (as_of(found), as_of(date(2027, 3, 4))) == (found, found)


def test_money_ahead_that_is_taken_off_its_line_early_was_used_in_no_year(session) -> None:
    match, reference = gap_fund.sponsored(session)
    me = donor(session, session.get_one(Pledge, match.pledge_id))
    gap_fund.pay(session, reference, 60_000, date(2026, 10, 20))
    match.starts_on = date(2026, 12, 1)
    gap_fund.run(session, date(2026, 12, 1))
    of_run = session.scalar(select(Stipend.run_id))
    # Opened early: its day lies in a holiday.
    early = Stipend(
        match_id=match.id, due_on=date(2027, 1, 1), amount_fen=Fen(10_000), run_id=of_run
    )
    session.add(early)
    session.flush()
    for kind in (FactKind.PROMISED, FactKind.RECEIVED):
        day = date(2026, 12, 10)
        facts.record(session, kind, [early], on=day, by=ENGINE, now=at(day), basis=BASIS)

    taken = date(2026, 12, 15)
    facts.record(
        session, FactKind.CANCELLED, [early], on=taken, by=ENGINE, now=at(taken), basis=BASIS
    )

    now = at(date(2027, 2, 2))
    (part,) = statements.of_year(session, me, 2026, now=now).pledges
    assert part.year == Year(received=Fen(60_000), used=Fen(10_000))
    assert statements.of_year(session, me, 2027, now=now).pledges[0].year == Year(Fen(50_000))


def test_years_hang_together(session, now, world) -> None:
    _, me, _ = world
    pages = [statements.of_year(session, me, year, now=now) for year in (2025, 2026)]

    assert pages[0].after == pages[1].pledges[0].year.before
    assert (pages[1].received, pages[1].used, pages[1].after) == (50_000, 20_000, 40_000)


def test_each_line_has_its_facts_as_its_donor_sees_them(session, now, world) -> None:
    _, me, match = world
    stipend = session.scalars(select(Stipend).where(Stipend.due_on == date(2026, 10, 1))).one()
    on = date(2026, 10, 8)
    facts.record(
        session, FactKind.HANDED_OVER, [stipend], on=on, by=ENGINE, now=at(on), basis=BASIS
    )
    facts.record(session, FactKind.DISPUTED, [stipend], on=on, by=ENGINE, now=at(on), basis=BASIS)

    (part,) = statements.of_year(session, me, 2026, now=now).pledges
    (child,) = part.children

    assert (child.code_name, len(child.lines)) == (match.code_name, 2)
    line = child.lines[0]
    assert (line["due_on"], line["sent_on"]) == (date(2026, 10, 1), date(2026, 10, 1))
    assert (line["handed_over_on"], line["confirmed_on"]) == (on, None)
    assert not line.has(
        "disputed_on"
    )  # law 15: what a family said against a hand is not his to read


def test_what_the_fund_paid_first_is_marked_and_used_only_once_it_was_paid_back(session) -> None:
    gap_fund.feed(session, 88_800)
    match, reference = gap_fund.sponsored(session)
    me = donor(session, session.get_one(Pledge, match.pledge_id))
    gap_fund.run(session, gap_fund.SEPTEMBER)
    before = statements.of_year(session, me, 2026, now=at(date(2026, 9, 5)))
    gap_fund.pay(session, reference, 15_000, date(2026, 9, 9))
    gap_fund.run(session, date(2026, 9, 10))

    after = statements.of_year(session, me, 2026, now=at(date(2026, 9, 11)))

    assert [(one.bridged, one.used, one.after) for one in (before, after)] == [
        (1, 0, 0),
        (1, 10_000, 5_000),
    ]
    assert after.pledges[0].paid == 10_000


def test_a_gift_stands_among_the_lines(session, now, world) -> None:
    _, me, match = world
    clerk = viewer(Role.CASE_WORKER)
    ref = gifts.promise(session, clerk, match.child_ref, Fen(20_000), "考上大学", now=now)
    gifts.fund(session, ENGINE, ref, now=now)

    (part,) = statements.of_year(session, me, 2026, now=now).pledges

    gift = part.children[0].lines[-1]
    assert (gift["is_gift"], gift["occasion"], gift["amount_fen"]) == (True, "考上大学", 20_000)
    assert part.paid == part.year.used == 40_000


def test_what_came_for_the_gap_fund_is_said_as_given_to_it(session, now) -> None:
    pledge, reference = a_pledge(session, kind=PledgeKind.GAP_FUND)
    pay(session, reference, 80_000, date(2026, 10, 1))

    (part,) = statements.of_year(session, donor(session, pledge), 2026, now=now).pledges

    assert (part.received, part.used, part.year.after) == (80_000, 80_000, 0)


def test_money_for_a_stated_purpose_is_kept_and_said_as_left(session, now) -> None:
    pledge, _ = a_pledge(session, kind=PledgeKind.GAP_FUND)
    kept = Leg(AccountKind.EARMARKED, Fen(-60_000), pledge_id=pledge.id)
    event = Event(TransactionKind.RECEIVED, date(2026, 10, 1))
    ledger.post(session, event, (Leg(AccountKind.BANK, Fen(60_000)), kept), by=ENGINE)

    found = statements.of_year(session, donor(session, pledge), 2026, now=now)

    assert (found.pledges[0].year.received, found.used, found.after) == (60_000, 0, 60_000)


def test_a_year_begins_with_what_was_left_and_adds_up(session, now, world) -> None:
    _, me, _ = world
    other, reference = a_pledge(session, kind=PledgeKind.GAP_FUND)
    pay(session, reference, 80_000, date(2026, 10, 1))
    assert other.id

    for year in (2025, 2026):
        page = statements.of_year(session, me, year, now=now)
        assert page.before + page.received - page.used == page.after


def test_a_link_to_one_pledge_shows_that_one_alone(session, now, world) -> None:
    pledge, me, _ = world
    other, reference = a_pledge(session, offered_on=date(2026, 2, 1))
    pay(session, reference, 9_900, date(2026, 2, 2))

    whole = statements.of_year(session, me, 2026, now=now)
    one = statements.of_year(session, donor(session, pledge, pledge_id=pledge.id), 2026, now=now)

    assert (len(whole.pledges), whole.received) == (2, 59_900)
    assert (len(one.pledges), one.received, one.is_whole) == (1, 50_000, False)
    assert other.donor_ref not in {part.pledge["donor_ref"] for part in one.pledges}


@pytest.mark.parametrize("year", [2024, 2027, 1, 9999])
def test_a_year_without_the_donor_is_not_found(session, now, world, year) -> None:
    _, me, _ = world

    with pytest.raises(NotFound):
        statements.of_year(session, me, year, now=now)


def test_nobody_but_a_donor_has_years(session, now, world) -> None:
    for role in (Role.COLLECTING_DESK, Role.CASE_WORKER, Role.CUSTODIAN, Role.PUBLIC):
        with pytest.raises(NotPermitted):
            statements.years(session, viewer(role), now=now)
