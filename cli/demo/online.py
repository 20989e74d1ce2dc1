"""Payments through a provider in the demo world: one paid and paid out, one paid and still there."""

from datetime import date, timedelta
from functools import partial

from cli.demo import bank, cast
from cli.demo.stage import Stage
from gateways.payments import Paid
from privacy import viewers
from privacy.viewers import Viewer
from services.donors import donors
from services.online_payments import orders, taking
from services.pledges import pledges
from services.vault import vault
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import PaymentProvider, Role

_FEE = 60
_TENPAY = "财付通支付科技有限公司"


def play(stage: Stage) -> None:
    """Let the visited donor pay twice by 微信支付; the first payment has reached our bank."""
    paid = stage.today - timedelta(days=9)
    fen = stage.scene(paid, partial(_pay, stage, paid, 1), hour=20)
    if not fen:
        return
    stage.scene(paid + timedelta(days=1), partial(_pay_out, stage, paid, fen), hour=10)
    again = stage.today - timedelta(days=2)
    stage.scene(again, partial(_pay, stage, again, 2), hour=20)


def _pay(stage: Stage, day: date, number: int) -> int:
    """Place an order, and let the provider say that it was paid; return the sum."""
    session, now = stage.session, clock.now()
    donor_id = vault.find_donor_by_contact(session, cast.VISITED_DONOR)
    if donor_id is None:
        return 0
    me = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=donor_id)
    pledge = max(donors.home(session, me, now=now).pledges, key=lambda card: card["offered_on"])
    kind = PaymentProvider.WECHAT
    months, _ = pledges.how_to_pay(session, me, pledge["donor_ref"])["sums"][0]
    own = orders.place(session, me, pledge["donor_ref"], kind, months, fee=_FEE, now=now)
    amount = orders.one(session, me, own)["amount_fen"]
    said = Paid(own, amount, at(day, 20), f"420000{day:%Y%m%d}{number:010}")
    taking.take(session, viewers.engine("payments"), kind, said, now=now)
    return int(amount)


def _pay_out(stage: Stage, paid: date, fen: int) -> None:
    """Book the bank's line by which the provider paid out, less its fee."""
    net = fen - (fen * _FEE + 5_000) // 10_000
    on = paid + timedelta(days=1)
    bank.book(stage, f"{on:%Y%m%d},,{net / 100:.2f},{_TENPAY},微信支付结算款,W{on:%Y%m%d}1")
