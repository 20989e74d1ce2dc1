"""The donor's pay page offers what is set up, leads there, and says what came; the desk sees sums."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db
from gateways.payments import Paid
from models.online_payments import ProviderPayout
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import engine
from services import links
from services.links import Subject
from services.online_payments import taking
from tests.factories import a_pledge, an_account
from tests.payments.merchants import Provider, standing_by
from tests.payments.worlds import WECHAT, an_order, order, with_providers
from tests.web.desks import sign_in
from vocabulary import clock
from vocabulary.enums import LinkPurpose, Role
from vocabulary.money import Fen

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36"}
IN_WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0"}


@pytest.fixture
def client(app: Flask):
    """Requests share the test's session: what a test has read does not hold them up."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


@pytest.fixture
def provider(app: Flask, now):
    before = app.extensions["payments"]
    with_providers(app)
    said = Provider()
    with standing_by(said, now):
        yield said
    app.extensions["payments"] = before


@pytest.fixture
def pledge(client, session, now):
    """A pledge whose donor entered by his link."""
    pledge, _ = a_pledge(session)
    own = VaultPledge.pledge_id == pledge.id
    donor_id = session.scalars(select(VaultPledge.donor_id).where(own)).one()
    who = Subject(donor_id=donor_id)
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, who, now=now)
    session.commit()
    client.get(f"/d/{token}")
    return pledge


def place(client, pledge, months="1", provider="wechat"):
    address = f"/donor/payments/for/{pledge.donor_ref}"
    return client.post(address, data={"months": months, "provider": provider})


def test_without_a_provider_the_page_offers_the_bank_alone(client, pledge):
    page = client.get(f"/donor/pledges/{pledge.donor_ref}/pay").get_data(as_text=True)

    assert "收款账户" in page
    assert not [word for word in ("微信支付", "支付宝", "/donor/payments/") if word in page]


def test_without_a_provider_no_order_is_made(client, session, pledge):
    answer = place(client, pledge)

    assert answer.location == f"/donor/pledges/{pledge.donor_ref}/pay"
    assert session.scalar(select(VaultPledge.pledge_id)) == pledge.id


def test_the_page_offers_what_is_set_up_beside_the_bank(client, pledge, provider):
    page = client.get(f"/donor/pledges/{pledge.donor_ref}/pay").get_data(as_text=True)

    assert [w for w in ("用微信支付付", "用支付宝付", "收款账户") if w not in page] == []


def test_a_phone_is_led_to_the_providers_page_and_a_desk_gets_a_code(client, pledge, provider):
    address = place(client, pledge).location

    on_phone = client.get(address, headers=PHONE).get_data(as_text=True)
    at_desk = client.get(address).get_data(as_text=True)

    assert 'href="https://wx.tenpay.com/pay?prepay_id=wx1&amp;redirect_url=' in on_phone
    assert 'referrerpolicy="origin"' in on_phone
    assert "data:image/svg" in at_desk
    assert {made["out_trade_no"] for made in provider.made} == {address.rpartition("/")[2]}


def test_in_wechats_own_browser_the_page_says_how_to_leave_it(client, pledge, provider):
    address = place(client, pledge).location

    page = client.get(address, headers=IN_WECHAT).get_data(as_text=True)

    assert "在浏览器打开" in page
    assert "先在浏览器里打开你的专用链接" in page  # the other browser does not know him yet
    assert provider.made == []


def test_in_wechat_on_a_computer_a_code_is_shown_for_the_telephone(client, pledge, provider):
    address = place(client, pledge).location
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0 WindowsWechat"}

    page = client.get(address, headers=agent).get_data(as_text=True)

    assert "data:image/svg" in page
    assert "在浏览器打开" not in page


def test_a_double_tap_makes_one_order(client, pledge, provider):
    assert place(client, pledge).location == place(client, pledge).location


@pytest.mark.parametrize("bad", [{"months": "7"}, {"months": "x"}, {"provider": "paypal"}])
def test_what_was_not_offered_leads_back_to_the_page(client, pledge, provider, bad):
    answer = place(client, pledge, **bad)

    assert answer.location == f"/donor/pledges/{pledge.donor_ref}/pay"


def test_a_provider_out_of_reach_leaves_the_order_and_says_so(client, pledge, provider):
    address = place(client, pledge).location
    provider.is_broken = True

    page = client.get(address, headers=PHONE)

    assert page.status_code == 200
    assert "现在连不上微信支付" in page.get_data(as_text=True)


def test_the_page_says_paid_held_expired(client, session, pledge, provider, now):
    address = place(client, pledge).location
    number = address.rpartition("/")[2]
    with clock.moved_to(now + timedelta(hours=3)):
        assert "时间到了" in client.get(address).get_data(as_text=True)

    who = viewers.engine("payments")
    taking.take(session, who, WECHAT, Paid(number, Fen(9_900), now, "42000"), now=now)
    session.commit()
    assert "正在核对" in client.get(address).get_data(as_text=True)
    assert order(session, number).paid_fen == 9_900


def test_anothers_pledge_is_absent_whatever_the_form_says(client, session, pledge, provider, now):
    _, other = an_order(session, now, contact="13800000002")
    session.commit()
    answers = [place(client, other), place(client, other, months="x")]

    assert [one.status_code for one in answers] == [404, 404]


def test_anothers_order_is_absent(client, session, pledge, provider, now):
    number, _ = an_order(session, now, contact="13800000002")
    session.commit()

    assert client.get(f"/donor/payments/{number}").status_code == 404


def test_the_desk_reads_sums_orders_and_numbers_and_types_a_fee(client, session, now):
    number, pledge = an_order(session, now)
    who = viewers.engine("payments")
    taking.take(session, who, WECHAT, Paid(number, Fen(10_000), now, "420001234"), now=now)
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    sign_in(client, "shoukuan")

    assert "/staff/online-payments/" in client.get("/staff/receipts/").get_data(as_text=True)
    page = client.get("/staff/online-payments/").get_data(as_text=True)

    assert [w for w in (number, "420001234", "¥100.00") if w not in page] == []
    assert not [w for w in (pledge.code, pledge.donor_ref) if w in page]
    assert "还没有结算" in page


def test_a_fee_that_does_not_add_up_is_said_beside_its_field_and_the_right_one_is_taken(
    client, session, now
):
    number, _ = an_order(session, now)
    who = viewers.engine("payments")
    taking.take(session, who, WECHAT, Paid(number, Fen(10_000), now, "420001234"), now=now)
    payout = ProviderPayout(provider=WECHAT, key="N1", amount_fen=Fen(9_940), on=now.date())
    session.add(payout)
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    address = f"/staff/online-payments/payouts/{payout.ref}"
    sign_in(client, "shoukuan")

    wrong = client.post(address, data={"fee": "0.61"}).get_data(as_text=True)
    assert "对不上" in wrong
    assert 'value="0.61"' in wrong
    assert "手续费没看懂" in client.post(address, data={"fee": "?"}).get_data(as_text=True)
    assert client.post(address, data={"fee": "0.60"}).status_code == 303

    session.expire_all()
    assert session.scalars(select(ProviderPayout.fee_fen)).all() == [60]
