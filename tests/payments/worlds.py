"""A donor who chose to pay online, and a provider that speaks."""

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.payments.configured import Way
from models.ledger import Receipt
from models.online_payments import OnlineOrder
from models.pledges import Pledge
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services.books import ledger
from services.checking import checks
from services.online_payments import orders
from tests.factories import a_pledge, viewer
from tests.payments import merchants
from vocabulary.enums import AccountKind, PaymentProvider, Role

WECHAT, ALIPAY = PaymentProvider.WECHAT, PaymentProvider.ALIPAY
OF_MONEY = (
    "online_payments",
    "receipts_booked",
    "empty_transactions",
    "postings_per_transaction",
    "postings_total",
    "posting_words",
    "balances",
)


def donor_of(session: Session, pledge: Pledge) -> Viewer:
    own = VaultPledge.pledge_id == pledge.id
    donor_id = session.scalars(select(VaultPledge.donor_id).where(own)).one()
    return viewer(Role.DONOR, donor_id=donor_id)


def an_order(
    session: Session,
    now: datetime,
    *,
    provider: PaymentProvider = WECHAT,
    months: int = 1,
    **more: Any,
) -> tuple[str, Pledge]:
    """An order of 100 yuan a month for a new pledge; `fee` in parts of 10,000."""
    fee = more.pop("fee", 0)
    pledge, _ = a_pledge(session, **more)
    who = donor_of(session, pledge)
    number = orders.place(session, who, pledge.donor_ref, provider, months, fee=fee, now=now)
    return number, pledge


def order(session: Session, number: str) -> OnlineOrder:
    session.expire_all()
    return session.scalars(select(OnlineOrder).where(OnlineOrder.number == number)).one()


def receipts(session: Session) -> list[Receipt]:
    return list(session.scalars(select(Receipt).order_by(Receipt.id)))


def balances(session: Session) -> dict[str, int]:
    """Every account that is not empty."""
    found = {kind.value: int(ledger.balance(session, kind)) for kind in AccountKind}
    return {name: fen for name, fen in found.items() if fen}


def breaches(session: Session, now: datetime) -> dict[str, list[str]]:
    """What the checks of the money find; nothing where the books agree."""
    report = checks.report(session, viewers.console(), now=now)
    return {
        one["name"]: one["findings"]
        for one in report["checks"]
        if one["name"] in OF_MONEY and one["findings"]
    }


def with_providers(app: Flask) -> None:
    """Let an installation take both providers, for one test."""
    app.extensions["payments"] = {
        WECHAT: Way(merchants.wechat(), 60),
        ALIPAY: Way(merchants.alipay(), 0),
    }
