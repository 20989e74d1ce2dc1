"""待核对到账 that nobody claims waits its published time; then two people decide, and the books agree."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.ledger import Receipt
from models.notices import Notice
from models.unclaimed import Unclaimed
from privacy import viewers
from services.books import dividing, ledger, receipts, unclaimed
from services.books.receipts import BankLine
from services.books.unclaimed import Asked
from services.checking import checks
from services.notices import drawing
from tests.factories import a_pledge, an_account, viewer
from vocabulary import unclaimed as rule
from vocabulary.dates import add_months, at
from vocabulary.enums import AccountKind, AmendmentStatus, NoticeKind, Role, UnclaimedWay
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from vocabulary.money import Fen

CAME = date(2025, 10, 9)
OVER = add_months(CAME, rule.months())
NOW = at(OVER)
FIRST = viewer(Role.COLLECTING_DESK, actor="account:one")
SECOND = viewer(Role.COLLECTING_DESK, actor="account:two")
ENGINE = viewers.engine("reminders")
BACK, FUND = UnclaimedWay.GIVE_BACK, UnclaimedWay.TO_FUND
ACCOUNT = "6222 0200 0000 0000 018"
WORDS = "三月、九月问过开户行"


@pytest.fixture
def receipt(session) -> str:
    """A hundred yuan under no reference, from a year ago."""
    line = BankLine("助学", Fen(10_000), CAME, "佟掌柜", "N1")
    return receipts.record(session, FIRST, line, now=at(CAME))["ref"]


def balances(session) -> tuple[int, int, int]:
    kinds = (AccountKind.BANK, AccountKind.UNMATCHED, AccountKind.GAP_FUND)
    return tuple(ledger.balance(session, kind) for kind in kinds)


def findings(session, now=NOW) -> list:
    report = checks.report(session, viewers.console(), now=now)["checks"]
    return [one["name"] for one in report if one["count"]]


def test_before_its_time_nothing_can_be_asked_and_nobody_is_told(session, receipt) -> None:
    early = OVER - timedelta(days=1)
    assert unclaimed.overdue(session, FIRST, now=at(early)) == []
    with pytest.raises(WrongState):
        unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=at(early))

    assert unclaimed.remind(session, ENGINE, on=early, now=at(early)) == 0
    assert [one["ref"] for one in unclaimed.overdue(session, FIRST, now=NOW)] == [receipt]


def test_the_desk_is_told_once_a_month_while_it_waits(session, receipt) -> None:
    desk = an_account(session, Role.COLLECTING_DESK, login="desk")
    for n in range(40):
        day = OVER + timedelta(days=n)
        unclaimed.remind(session, ENGINE, on=day, now=at(day))

    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.UNCLAIMED_DUE)).all()
    assert len(told) == 2
    assert {one.recipient_id for one in told} == {desk.id}
    facts = drawing.facts_of(session, FIRST, told[0].subject, now=NOW)
    assert facts == {"unclaimed": "1"}
    with pytest.raises(NotFound):
        drawing.facts_of(session, viewer(Role.PAYING_DESK), told[0].subject, now=NOW)


def test_to_the_fund_by_two_and_back_again_when_its_payer_comes(session, receipt) -> None:
    ref = unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=NOW)
    assert balances(session) == (10_000, -10_000, 0)
    with pytest.raises(ActedBefore):
        unclaimed.agree(session, FIRST, ref, now=NOW)
    unclaimed.agree(session, SECOND, ref, now=NOW)
    assert balances(session) == (10_000, 0, -10_000)
    assert receipts.recent(session, FIRST, is_matched=False) == []
    assert findings(session) == []

    again = unclaimed.claim(session, SECOND, ref, words="本人带回单来", now=NOW)
    unclaimed.agree(session, FIRST, again, now=NOW)
    assert balances(session) == (10_000, -10_000, 0)
    assert findings(session) == []
    _, reference = a_pledge(session, "13800138000")
    receipts.assign(session, FIRST, receipt, reference, now=NOW)
    assert balances(session) == (10_000, 0, 0)
    assert findings(session) == []


def test_back_to_its_account_the_books_move_on_the_banks_day(session, receipt) -> None:
    ref = unclaimed.ask(session, FIRST, receipt, Asked(BACK, WORDS, ACCOUNT), now=NOW)
    for wrong in ("", "6222020000000000019"):
        with pytest.raises(BadInput):
            unclaimed.agree(session, SECOND, ref, again=wrong, now=NOW)
    unclaimed.agree(session, SECOND, ref, again=ACCOUNT.replace(" ", "-"), now=NOW)
    assert balances(session) == (10_000, -10_000, 0)
    assert findings(session) == []

    for day in (OVER - timedelta(days=1), OVER + timedelta(days=1)):
        with pytest.raises(BadInput):
            unclaimed.pay(session, FIRST, ref, on=day, now=NOW)
    unclaimed.pay(session, FIRST, ref, on=OVER, now=NOW)
    assert balances(session) == (0, 0, 0)
    with pytest.raises(AlreadyDecided):
        unclaimed.pay(session, SECOND, ref, on=OVER, now=NOW)
    assert findings(session) == []
    card = unclaimed.detail(session, FIRST, ref)
    assert card["memo"].startswith("TK")
    assert "account" not in card


@pytest.mark.parametrize("asked", [Asked(FUND, "查"), Asked(BACK, WORDS, "123"),
                                   Asked(UnclaimedWay.CLAIMED, WORDS)])  # fmt: skip
def test_what_says_too_little_is_refused(session, receipt, asked) -> None:
    with pytest.raises(BadInput):
        unclaimed.ask(session, FIRST, receipt, asked, now=NOW)


def test_what_was_decided_is_neither_assigned_nor_divided_nor_taken_back(session, receipt) -> None:
    _, reference = a_pledge(session, "13800138000")
    ref = unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=NOW)
    with pytest.raises(AlreadyDecided):
        unclaimed.ask(session, SECOND, receipt, Asked(FUND, WORDS), now=NOW)
    unclaimed.agree(session, SECOND, ref, now=NOW)

    for act in (
        lambda: receipts.assign(session, FIRST, receipt, reference, now=NOW),
        lambda: receipts.take_back(session, FIRST, receipt, reason="x", now=NOW),
        lambda: dividing.divide(session, FIRST, receipt, f"{reference}:100", now=NOW),
        lambda: unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=NOW),
        lambda: unclaimed.agree(session, SECOND, ref, now=NOW),
    ):
        with pytest.raises(AlreadyDecided):
            act()


def test_whose_payer_is_found_meanwhile_is_his(session, receipt) -> None:
    ref = unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=NOW)
    _, reference = a_pledge(session, "13800138000")
    receipts.assign(session, FIRST, receipt, reference, now=NOW)

    with pytest.raises(WrongState):
        unclaimed.agree(session, SECOND, ref, now=NOW)
    unclaimed.turn_down(session, FIRST, ref, now=NOW)
    assert session.scalars(select(Unclaimed.status)).all() == [AmendmentStatus.TURNED_DOWN]


def test_what_the_fund_has_spent_cannot_be_claimed_from_it(session, receipt) -> None:
    ref = unclaimed.ask(session, FIRST, receipt, Asked(FUND, WORDS), now=NOW)
    unclaimed.agree(session, SECOND, ref, now=NOW)
    again = unclaimed.claim(session, FIRST, ref, words="本人带回单来", now=NOW)
    event = ledger.Event(unclaimed.TransactionKind.BANK_FEE, OVER)
    legs = [
        ledger.Leg(AccountKind.GAP_FUND, Fen(10_000)),
        ledger.Leg(AccountKind.BANK, Fen(-10_000)),
    ]
    ledger.post(session, event, legs, by=ENGINE)

    with pytest.raises(WrongState):
        unclaimed.agree(session, SECOND, again, now=NOW)


def test_nobody_else_reads_or_decides(session, receipt) -> None:
    for role in (Role.PAYING_DESK, Role.CASE_WORKER, Role.CUSTODIAN, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            unclaimed.listing(session, viewer(role))
        with pytest.raises(NotPermitted):
            unclaimed.ask(session, viewer(role), receipt, Asked(FUND, WORDS), now=NOW)


@pytest.mark.parametrize(
    "damage",
    [
        update(Receipt).values(unclaimed=FUND, gone_on=OVER),
        update(Receipt).values(gone_on=OVER),
        update(Receipt).values(unclaimed=FUND),
    ],
)
def test_what_no_two_people_decided_is_found(session, receipt, damage) -> None:
    session.execute(damage)
    session.expire_all()

    assert "unclaimed" in findings(session)
