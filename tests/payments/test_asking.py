"""What nobody said: the provider is asked under the same number until it says, and books once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateways.payments import Asked, Paid, Standing, Unreachable
from gateways.payments.bank_transfer import BankTransfer
from jobs import payments
from jobs.run import Run
from models.online_payments import OnlineOrder
from privacy import viewers
from services.online_payments import asking, orders, taking
from services.online_payments.asking import Question
from services.online_payments.taking import Taken
from tests.payments import merchants
from tests.payments.merchants import Provider, standing_by, wechat_order
from tests.payments.worlds import (
    ALIPAY,
    WECHAT,
    an_order,
    balances,
    breaches,
    donor_of,
    order,
    receipts,
    with_providers,
)
from vocabulary import clock
from vocabulary.enums import OnlineOrderStatus
from vocabulary.errors import BadInput, NotFound
from vocabulary.money import Fen

ENGINE = viewers.engine("payments")
LATER = timedelta(minutes=6)
OVER = timedelta(hours=3)


@pytest.fixture
def provider(app, now):
    before = app.extensions["payments"]
    with_providers(app)
    said = Provider()
    with standing_by(said, now):
        yield said
    app.extensions["payments"] = before


def run(session, at) -> Run:
    with clock.moved_to(at):
        one = Run(session, "payments", period=at.date())
        one.execute(payments.ask)
    return one


def paid_at_alipay(number, now, **more):
    when = now.strftime("%Y-%m-%d %H:%M:%S")
    return {
        "code": "10000",
        "out_trade_no": number,
        "trade_no": "2026112122001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "100.00",
        "send_pay_date": when,
    } | more


@pytest.mark.parametrize("kind", [WECHAT, ALIPAY])
def test_a_payment_whose_callback_was_lost_is_found_by_asking_and_booked_once(
    session, now, provider, kind
):
    number, _ = an_order(session, now, provider=kind)
    session.commit()
    provider.orders[number] = (
        wechat_order(number, 10_000, now) if kind is WECHAT else paid_at_alipay(number, now)
    )

    first, again = run(session, now + LATER), run(session, now + 2 * LATER)

    assert first.counts == {"due": 1, "done": 1, "skipped": 0, "failed": 0}
    assert again.counts == {"due": 0, "done": 0, "skipped": 0, "failed": 0}
    assert order(session, number).status is OnlineOrderStatus.PAID
    assert balances(session) == {f"at_{kind}": 10_000, "prepaid": -10_000}
    assert breaches(session, now) == {}


@pytest.mark.parametrize("kind", [WECHAT, ALIPAY])
def test_no_clear_answer_is_a_state_of_its_own_and_the_same_number_is_asked_again(
    session, now, provider, kind
):
    number, _ = an_order(session, now, provider=kind)
    session.commit()
    provider.is_broken = True
    run(session, now + OVER)
    assert order(session, number).status is OnlineOrderStatus.UNKNOWN

    provider.is_broken = False
    provider.orders[number] = (
        wechat_order(number, 10_000, now) if kind is WECHAT else paid_at_alipay(number, now)
    )
    run(session, now + 2 * OVER)

    assert order(session, number).status is OnlineOrderStatus.PAID
    assert session.scalars(select(OnlineOrder.number)).all() == [number]
    assert len(receipts(session)) == 1


def test_an_answer_that_somebody_else_signed_is_no_answer(session, now, provider):
    number, _ = an_order(session, now)
    session.commit()
    provider.orders[number] = wechat_order(number, 10_000, now)
    provider.signs_as = "nobody"

    run(session, now + LATER)

    assert order(session, number).status is OnlineOrderStatus.UNKNOWN
    assert receipts(session) == []


@pytest.mark.parametrize("kind", [WECHAT, ALIPAY])
def test_an_order_closes_only_after_its_time_and_a_clear_no(session, now, provider, kind):
    number, _ = an_order(session, now, provider=kind)
    session.commit()

    run(session, now + LATER)
    assert order(session, number).status is OnlineOrderStatus.OPEN
    run(session, now + OVER)

    assert order(session, number).status is OnlineOrderStatus.CLOSED
    assert balances(session) == {}


def test_money_for_an_order_that_was_closed_is_still_booked(session, now, provider):
    number, _ = an_order(session, now)
    session.commit()
    run(session, now + OVER)

    paid = Paid(number, Fen(10_000), now, "42000")
    assert taking.take(session, ENGINE, WECHAT, paid, now=now + OVER) is Taken.BOOKED
    assert taking.take(session, ENGINE, WECHAT, paid, now=now + OVER) is Taken.BEFORE
    assert balances(session) == {"at_wechat": 10_000, "prepaid": -10_000}


def test_an_answer_about_another_order_settles_nothing(session, now):
    number, _ = an_order(session, now)
    other, _ = an_order(session, now, contact="13800000002")

    answer = Paid(other, Fen(10_000), now, "42000")
    settled = asking.answered(session, ENGINE, Question(WECHAT, number), answer, now=now)

    assert (settled, receipts(session)) == (False, [])


@pytest.mark.parametrize(
    ("state", "means"),
    [
        ("NOTPAY", Standing.WAITING),
        ("USERPAYING", Standing.WAITING),
        ("CLOSED", Standing.NEVER),
        ("PAYERROR", Standing.NEVER),
        ("REFUND", Standing.UNCLEAR),
        ("SOMETHING_NEW", Standing.UNCLEAR),
    ],
)
def test_every_word_of_the_provider_means_what_it_may(now, provider, state, means):
    provider.orders["N1"] = wechat_order("N1", 1, now, trade_state=state)

    assert merchants.wechat().ask("N1", now=now) is means


def test_a_sum_that_is_no_whole_number_of_fen_is_not_believed(now, provider):
    order = wechat_order("N1", 1, now) | {"amount": {"total": 100.5, "currency": "CNY"}}
    provider.orders["N1"] = order

    assert merchants.wechat().ask("N1", now=now) is Standing.UNCLEAR


@pytest.mark.parametrize("sum_", ["100", "1e2", "100.000", "-1.00", "１.00"])
def test_a_sum_that_is_not_yuan_and_fen_is_not_believed(now, provider, sum_):
    provider.orders["N1"] = paid_at_alipay("N1", now, total_amount=sum_)

    assert merchants.alipay().ask("N1", now=now) is Standing.UNCLEAR


def test_a_provider_hears_a_number_a_sum_and_one_word_that_never_changes(session, now, provider):
    number, pledge = an_order(session, now)
    asked = Asked(
        number,
        Fen(10_000),
        now,
        now + OVER,
        "https://weiguang.example.org/x",
        on_phone=True,
        address="127.0.0.1",
    )

    step = merchants.wechat().begin(asked)

    (made,) = provider.made
    assert made["out_trade_no"] == number
    assert made["amount"] == {"total": 10_000, "currency": "CNY"}
    assert made["description"] == "爱心资助"
    assert pledge.code not in str(made)
    assert step.link is not None
    assert step.link.endswith("&redirect_url=https%3A%2F%2Fweiguang.example.org%2Fx")


def test_the_link_to_alipay_is_signed_in_the_time_of_shanghai_and_names_the_number(now):
    asked = Asked("N1", Fen(10_050), now, now + OVER, "https://weiguang.example.org/x")

    link = merchants.alipay().begin(asked).link or ""

    assert "timestamp=2026-11-21+09%3A00%3A00" in link
    assert "%22out_trade_no%22%3A%22N1%22" in link
    assert "%22total_amount%22%3A%22100.50%22" in link


def test_a_provider_out_of_reach_is_said_and_not_a_fault(now, provider):
    provider.is_broken = True
    asked = Asked("N1", Fen(1), now, now + OVER, "https://weiguang.example.org/x")

    with pytest.raises(Unreachable):
        merchants.wechat().begin(asked)


def test_the_bank_leads_to_its_account_and_knows_nothing_before_the_statement(now):
    bank = BankTransfer("微光专户", "6217", "内蒙古银行")
    asked = Asked("AX123456", Fen(0), now, now, "https://weiguang.example.org")

    account = bank.begin(asked).account

    assert account is not None
    assert (account.holder, account.number, account.remark) == ("微光专户", "6217", "AX123456")
    assert bank.ask("AX123456", now=now) is Standing.UNCLEAR


def test_a_second_tap_finds_the_first_ones_order(session, now):
    number, pledge = an_order(session, now)
    who = donor_of(session, pledge)

    again = orders.place(session, who, pledge.donor_ref, WECHAT, 1, fee=0, now=now)
    another_sum = orders.place(session, who, pledge.donor_ref, WECHAT, 6, fee=0, now=now)
    elsewhere = orders.place(session, who, pledge.donor_ref, ALIPAY, 1, fee=0, now=now)

    assert again == number
    assert len({number, another_sum, elsewhere}) == 3


def test_a_sum_that_the_page_did_not_offer_is_refused(session, now):
    _, pledge = an_order(session, now)

    with pytest.raises(BadInput):
        orders.place(
            session, donor_of(session, pledge), pledge.donor_ref, WECHAT, 7, fee=0, now=now
        )


def test_another_donors_order_and_pledge_are_absent(session, now):
    number, pledge = an_order(session, now)
    _, mine = an_order(session, now, contact="13800000002")
    stranger = donor_of(session, mine)

    with pytest.raises(NotFound):
        orders.one(session, stranger, number)
    with pytest.raises(NotFound):
        orders.place(session, stranger, pledge.donor_ref, WECHAT, 1, fee=0, now=now)


def test_orders_that_nobody_ever_answers_keep_no_fresh_one_waiting(session, now, monkeypatch):
    stuck, _ = an_order(session, now)
    fresh, _ = an_order(session, now, contact="13800000002")
    order(session, stuck).status = OnlineOrderStatus.UNKNOWN
    session.flush()
    monkeypatch.setattr(asking, "A_RUN", 1)

    (found,) = asking.to_ask(session, ENGINE, now=now + LATER)

    assert found.number == fresh
