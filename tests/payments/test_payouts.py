"""What a provider pays out stands on the bank's statement as one sum: it counts once, fee and all."""

from datetime import date

import pytest
from sqlalchemy import select, text

from gateways.payments import Paid
from models.online_payments import ProviderPayout
from privacy import viewers
from services.online_payments import payouts, taking
from services.statements import statement_desk, statement_reading
from services.statements.kinds import kind_of
from tests.factories import viewer
from tests.payments.worlds import ALIPAY, WECHAT, an_order, balances, breaches, order, receipts
from vocabulary.dates import at
from vocabulary.enums import LineKind, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotPermitted
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
ENGINE = viewers.engine("payments")
HEADER = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,流水号"
TENPAY = "财付通支付科技有限公司"


def book(session, now, *lines: str) -> int:
    data = "\n".join((HEADER, *lines)).encode("gb18030")
    judged = statement_reading.judged(session, DESK, "流水.csv", data)
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)
    return statement_desk.book(session, DESK, ref, now=now)


def paid(session, on: date, *, kind=WECHAT, fen: int = 10_000, **more) -> str:
    number, _ = an_order(session, at(on), provider=kind, months=fen // 10_000, **more)
    said = Paid(number, Fen(fen), at(on), f"42000{number}")
    taking.take(session, ENGINE, kind, said, now=at(on))
    return number


def payout(session) -> ProviderPayout:
    session.expire_all()
    return session.scalars(select(ProviderPayout)).one()


def test_a_payout_less_its_fee_meets_its_orders_and_nothing_counts_twice(session, now):
    numbers = [
        paid(session, date(2026, 11, 18), fee=60, contact="13800000011"),
        paid(session, date(2026, 11, 18), fee=60, fen=60_000, contact="13800000012"),
    ]
    later = paid(session, date(2026, 11, 20), fee=60, contact="13800000013")

    came = book(session, now, f"2026-11-19,,695.80,695.80,{TENPAY},微信支付结算款,N1")

    assert came == 0
    assert balances(session) == {
        "bank": 69_580,
        "bank_fees": 420,
        "at_wechat": 10_000,
        "prepaid": -80_000,
    }
    one = payout(session)
    assert (one.is_explained, one.fee_fen) == (True, 420)
    assert {order(session, n).payout_id for n in numbers} == {one.id}
    assert order(session, later).payout_id is None
    assert len(receipts(session)) == 3
    assert breaches(session, now) == {}


def test_the_same_payout_uploaded_twice_counts_once(session, now):
    paid(session, date(2026, 11, 18))
    line = f"2026-11-19,,100.00,100.00,{TENPAY},微信支付结算款,N1"

    book(session, now, line)
    book(session, now, line)

    assert balances(session) == {"bank": 10_000, "prepaid": -10_000}
    assert breaches(session, now) == {}


def test_several_days_in_one_payout_are_the_oldest_orders(session, now):
    for day in (16, 17, 18):
        paid(session, date(2026, 11, day), kind=ALIPAY, contact=f"138000000{day}")

    book(session, now, "2026-11-19,,200.00,200.00,支付宝（中国）网络技术有限公司,提现,N1")

    assert payout(session).is_explained
    assert balances(session) == {"bank": 20_000, "at_alipay": 10_000, "prepaid": -30_000}


def test_a_payout_that_fits_no_orders_waits_until_the_bills_fee_is_typed(session, now):
    paid(session, date(2026, 11, 18), contact="13800000011")
    paid(session, date(2026, 11, 18), contact="13800000012")
    book(session, now, f"2026-11-19,,199.10,199.10,{TENPAY},微信支付结算款,N1")
    one = payout(session)
    assert not one.is_explained
    assert balances(session) == {"bank": 19_910, "at_wechat": 90, "prepaid": -20_000}
    assert breaches(session, now) == {}

    with pytest.raises(BadInput):
        payouts.explain(session, DESK, one.ref, Fen(91), now=now)
    assert payouts.explain(session, DESK, one.ref, Fen(90), now=now) == 2
    with pytest.raises(AlreadyDecided):
        payouts.explain(session, DESK, one.ref, Fen(90), now=now)

    assert balances(session) == {"bank": 19_910, "bank_fees": 90, "prepaid": -20_000}
    assert breaches(session, now) == {}


def test_more_than_a_provider_holds_is_no_payout_and_waits_at_the_desk(session, now):
    paid(session, date(2026, 11, 18))

    book(session, now, f"2026-11-19,,100.01,100.01,{TENPAY},微信支付结算款,N1")

    assert balances(session) == {
        "bank": 10_001,
        "unmatched": -10_001,
        "at_wechat": 10_000,
        "prepaid": -10_000,
    }
    assert breaches(session, now) == {}


def test_half_fens_of_fee_are_rounded_order_by_order(session, now):
    for n in range(3):
        paid(session, date(2026, 11, 18), fee=38, contact=f"1380000001{n}")

    book(session, now, f"2026-11-19,,298.86,298.86,{TENPAY},微信支付结算款,N1")

    assert payout(session).fee_fen == 114


@pytest.mark.parametrize(
    ("payer", "text_", "kind"),
    [
        (TENPAY, "微信支付结算款", LineKind.PAYOUT),
        ("", "财付通备付金 T+1 结算", LineKind.PAYOUT),
        ("支付宝（中国）网络技术有限公司", "提现", LineKind.PAYOUT),
        (TENPAY, "AX053932 结算", LineKind.DONATION),
        ("王小明", "微信支付结算款", LineKind.DONATION),
        (TENPAY, "转账", LineKind.DONATION),
        (TENPAY, "退汇 微信支付结算", LineKind.RETURNED),
    ],
)
def test_only_a_providers_own_word_of_settling_is_a_payout(payer, text_, kind):
    assert kind_of(text_, Fen(100), payer) is kind


def test_only_the_collecting_desk_explains_a_payout(session, now):
    paid(session, date(2026, 11, 18))
    book(session, now, f"2026-11-19,,99.00,99.00,{TENPAY},微信支付结算款,N1")

    with pytest.raises(NotPermitted):
        payouts.explain(session, viewer(Role.AUDITOR), payout(session).ref, Fen(100), now=now)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE provider_payouts SET amount_fen = amount_fen + 1",
        "UPDATE provider_payouts SET fee_fen = fee_fen + 1",
        "UPDATE online_orders SET payout_id = NULL",
    ],
)
def test_the_check_names_a_payout_that_does_not_agree_with_its_orders(session, now, spoil):
    paid(session, date(2026, 11, 18), fee=60)
    book(session, now, f"2026-11-19,,99.40,99.40,{TENPAY},微信支付结算款,N1")
    assert breaches(session, now) == {}

    session.execute(text(spoil))

    assert "online_payments" in breaches(session, now)
