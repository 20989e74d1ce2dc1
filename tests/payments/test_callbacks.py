"""What a provider calls back: only its own word counts, once, for the order and the sum it is about."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text

from models.notices import Notice
from models.online_payments import OnlineOrder
from models.pledges import Pledge
from models.vault import VaultOrder, VaultReceipt
from services.books import receipts as desk
from services.books.receipts import BankLine
from tests.factories import a_pledge, viewer
from tests.payments.merchants import (
    Callback,
    alipay_says,
    wechat_order,
    wechat_says,
)
from tests.payments.worlds import (
    ALIPAY,
    WECHAT,
    an_order,
    balances,
    breaches,
    order,
    receipts,
    with_providers,
)
from vocabulary import clock
from vocabulary.enums import OnlineOrderStatus, PaymentProvider, PledgeStatus, Role
from vocabulary.errors import WrongState
from vocabulary.money import Fen

Say = Callable[..., Callback]
DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))


@pytest.fixture(autouse=True)
def _providers(app: Flask):
    before = app.extensions["payments"]
    with_providers(app)
    yield
    app.extensions["payments"] = before


def call(client: FlaskClient, kind: PaymentProvider, said: Callback) -> int:
    headers, body = said
    return client.post(f"/api/payments/{kind.value}", headers=headers, data=body).status_code


def says(kind: PaymentProvider, number: str, fen: int, at: datetime) -> Callback:
    """The money of an order came, in the provider's own words."""
    if kind is WECHAT:
        return wechat_says(wechat_order(number, fen, at), at)
    return alipay_says(number, f"{fen // 100}.{fen % 100:02d}", at)


HEARD = {WECHAT: 204, ALIPAY: 200}
BOTH = pytest.mark.parametrize("kind", [WECHAT, ALIPAY])


@BOTH
def test_money_that_a_provider_reports_is_the_pledges_once_however_often_it_is_said(
    client, session, now, kind
):
    number, pledge = an_order(session, now, provider=kind, status=PledgeStatus.OFFERED)
    session.commit()
    said = says(kind, number, 10_000, now)

    answers = {call(client, kind, said) for _ in range(1000)}

    assert answers == {HEARD[kind]}
    assert balances(session) == {f"at_{kind}": 10_000, "prepaid": -10_000}
    assert [r.amount_fen for r in receipts(session)] == [10_000]
    assert session.get_one(Pledge, pledge.id).status is PledgeStatus.CONFIRMED
    assert session.scalars(select(VaultReceipt.pledge_id)).all() == [pledge.id]
    assert len(session.scalars(select(Notice.id)).all()) == 1
    assert breaches(session, now) == {}


def test_shuffled_repetitions_for_several_orders_have_one_effect_each(client, session, now):
    numbers = [
        an_order(session, now, provider=kind, contact=f"1380000{n:04d}")[0]
        for n, kind in enumerate([WECHAT, ALIPAY] * 3)
    ]
    session.commit()
    kinds = dict(zip(numbers, [WECHAT, ALIPAY] * 3, strict=True))
    calls = [(kinds[n], says(kinds[n], n, 10_000, now)) for n in numbers for _ in range(20)]
    random.Random(4).shuffle(calls)

    for kind, said in calls:
        call(client, kind, said)

    assert balances(session) == {"at_wechat": 30_000, "at_alipay": 30_000, "prepaid": -60_000}
    assert len(receipts(session)) == 6
    assert breaches(session, now) == {}


def tampered(said: Callback) -> Callback:
    headers, body = said
    return headers, body.replace(b"transaction", b"transactiom", 1).replace(b"100.00", b"900.00")


@BOTH
@pytest.mark.parametrize("by", ["merchant", "nobody"])
def test_a_callback_signed_by_anyone_else_is_refused(client, session, now, kind, by):
    number, _ = an_order(session, now, provider=kind)
    session.commit()
    forged = (
        wechat_says(wechat_order(number, 10_000, now), now, by=by)
        if kind is WECHAT
        else alipay_says(number, "100.00", now, by=by)
    )

    assert call(client, kind, forged) == 401
    assert receipts(session) == []


@BOTH
def test_a_changed_body_is_refused(client, session, now, kind):
    number, _ = an_order(session, now, provider=kind)
    session.commit()

    assert call(client, kind, tampered(says(kind, number, 10_000, now))) == 401
    assert receipts(session) == []


@BOTH
@pytest.mark.parametrize("away", [301, -301, 299, -299])
def test_a_rightly_signed_callback_counts_within_five_minutes_only(
    client, session, now, kind, away
):
    number, _ = an_order(session, now, provider=kind)
    session.commit()
    said = says(kind, number, 10_000, now)

    with clock.moved_to(now + timedelta(seconds=away)):
        code = call(client, kind, said)

    is_late = abs(away) > 300
    assert code == (401 if is_late else HEARD[kind])
    assert len(receipts(session)) == (0 if is_late else 1)


@pytest.mark.parametrize("change", [{"appid": "wx9"}, {"mchid": "1999999999"}])
def test_a_payment_of_another_application_is_refused(client, session, now, change):
    number, _ = an_order(session, now)
    session.commit()

    said = wechat_says(wechat_order(number, 10_000, now, **change), now)

    assert call(client, WECHAT, said) == 400
    assert receipts(session) == []


def test_a_payment_of_another_application_at_alipay_is_refused(client, session, now):
    number, _ = an_order(session, now, provider=ALIPAY)
    session.commit()

    assert call(client, ALIPAY, alipay_says(number, "100.00", now, app_id="2099")) == 400
    assert receipts(session) == []


def test_a_number_that_this_provider_was_never_given_is_refused(client, session, now):
    number, _ = an_order(session, now, provider=WECHAT)
    session.commit()

    assert call(client, ALIPAY, says(ALIPAY, number, 10_000, now)) == 400
    assert call(client, WECHAT, says(WECHAT, "N" * 24, 10_000, now)) == 400
    assert receipts(session) == []


@BOTH
@pytest.mark.parametrize("fen", [9_999, 10_001, 1])
def test_another_sum_than_was_asked_for_waits_at_the_desk_and_is_given_once(
    client, session, now, kind, fen
):
    number, pledge = an_order(session, now, provider=kind)
    session.commit()

    assert {call(client, kind, says(kind, number, fen, now)) for _ in range(3)} == {HEARD[kind]}

    assert order(session, number).status is OnlineOrderStatus.HELD
    assert balances(session) == {f"at_{kind}": fen, "unmatched": -fen}
    (held,) = receipts(session)
    assert "100.00 元" in (held.remark or "")
    reference = (held.remark or "")[-8:]
    desk.assign(session, DESK, held.ref, reference, now=now)
    assert balances(session) == {f"at_{kind}": fen, "prepaid": -fen}
    assert session.scalars(select(VaultReceipt.pledge_id)).all() == [pledge.id]
    assert breaches(session, now) == {}


def test_a_rightly_signed_word_about_nothing_paid_changes_nothing(client, session, now):
    number, _ = an_order(session, now)
    other, _ = an_order(session, now, provider=ALIPAY, contact="13800000002")
    session.commit()
    closed = wechat_says(wechat_order(number, 10_000, now, trade_state="CLOSED"), now)
    refund = wechat_says(wechat_order(number, 10_000, now), now, event="REFUND.SUCCESS")

    assert [call(client, WECHAT, one) for one in (closed, refund)] == [204, 204]
    waiting = alipay_says(other, "100.00", now, trade_status="WAIT_BUYER_PAY")
    assert call(client, ALIPAY, waiting) == 200
    assert receipts(session) == []


def test_a_serial_nobody_knows_is_refused_without_going_out_to_fetch_its_key(client, session, now):
    number, _ = an_order(session, now)
    session.commit()
    said = wechat_says(wechat_order(number, 10_000, now), now, serial="7777777777")

    assert call(client, WECHAT, said) == 401  # the net is shut: going out would be an error 500


@BOTH
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"a=1&a=2", b"sign=x", b"[" * 5000])
def test_nonsense_is_refused_and_is_no_fault_of_ours(client, session, now, kind, body):
    headers = {"Content-Type": "application/json", "Wechatpay-Timestamp": "x"}

    assert call(client, kind, (headers, body)) in {400, 401}
    assert receipts(session) == []


def test_a_callback_larger_than_any_true_one_is_not_read(client, now):
    body = BytesIO(b"x" * (64 * 1024 + 1))

    assert client.post("/api/payments/wechat", data=body).status_code == 413


def test_a_provider_that_is_not_set_up_has_no_door(app: Flask, client, now):
    app.extensions["payments"] = {}

    assert client.post("/api/payments/wechat").status_code == 404
    assert client.post("/api/payments/alipay").status_code == 404


def test_the_callback_needs_no_token_of_a_form_of_ours(app: Flask, session, now):
    number, _ = an_order(session, now)
    session.commit()
    app.config["WTF_CSRF_ENABLED"] = True

    assert call(app.test_client(), WECHAT, says(WECHAT, number, 10_000, now)) == 204


def test_what_is_refused_is_logged_without_a_number_a_sum_or_a_payer(client, session, now, caplog):
    number, _ = an_order(session, now)
    session.commit()

    call(client, WECHAT, wechat_says(wechat_order(number, 98_765, now), now, by="nobody"))

    (line,) = [one for one in caplog.records if "callback" in one.getMessage()]
    assert line.facts == {"provider": "wechat", "why": "forged"}
    assert not [w for w in (number, "98765", "oUpF8") if w in caplog.text]


def test_what_a_provider_reported_is_not_taken_back_as_the_desks_mistake(client, session, now):
    number, _ = an_order(session, now)
    session.commit()
    call(client, WECHAT, says(WECHAT, number, 10_000, now))
    (receipt,) = receipts(session)

    with pytest.raises(WrongState):
        desk.take_back(
            session, DESK, receipt.ref, first="account:first", reason="金额记错了", now=now
        )

    session.rollback()
    assert balances(session) == {"at_wechat": 10_000, "prepaid": -10_000}


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE online_orders SET paid_fen = paid_fen - 1",
        "UPDATE online_orders SET status = 'open'",
        "UPDATE online_orders SET status = 'held'",
        "UPDATE receipts SET bank_line = 'wechat:other'",
        "UPDATE vault_orders SET pledge_id = (SELECT MAX(id) FROM pledges)",
        "DELETE FROM vault_orders",
        "UPDATE online_orders SET provider = 'alipay'",
    ],
)
def test_the_check_names_an_order_that_does_not_agree_with_the_books(client, session, now, spoil):
    number, _ = an_order(session, now)
    a_pledge(session, contact="13800000009")
    session.commit()
    call(client, WECHAT, says(WECHAT, number, 10_000, now))
    assert breaches(session, now) == {}

    session.execute(text(spoil))

    assert "online_payments" in breaches(session, now)


def test_money_whose_donor_is_unknown_by_now_still_waits_at_the_desk(client, session, now):
    number, _ = an_order(session, now)
    session.execute(delete(VaultOrder))
    session.commit()

    assert call(client, WECHAT, says(WECHAT, number, 10_000, now)) == 204
    assert balances(session) == {"at_wechat": 10_000, "unmatched": -10_000}


def test_the_order_number_tells_neither_reference_nor_code(session, now):
    number, pledge = an_order(session, now)
    other, _ = an_order(session, now, contact="13800000002")

    assert len({number, other}) == 2
    assert len(number) == 24
    assert not [w for w in (pledge.code, pledge.donor_ref) if w in number or number in w]
    assert session.scalar(select(func.count(OnlineOrder.id))) == 2


def test_the_same_sum_by_bank_beside_it_is_another_money(client, session, now):
    number, _ = an_order(session, now)
    session.commit()
    call(client, WECHAT, says(WECHAT, number, 10_000, now))
    reference = receipts(session)[0].payment_reference

    desk.record(session, DESK, BankLine(reference, Fen(10_000), now.date(), line="B1"), now=now)

    assert balances(session) == {"bank": 10_000, "at_wechat": 10_000, "prepaid": -20_000}
    assert breaches(session, now) == {}
