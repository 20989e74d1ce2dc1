"""The ways to pay of this installation: its bank account always, providers where they are set up."""

from datetime import datetime

from flask import current_app

from config import Settings
from gateways.payments import Account, Asked
from gateways.payments.bank_transfer import BankTransfer
from gateways.payments.configured import Ways
from vocabulary.money import Fen


def online() -> Ways:
    """Return the providers through which a donor may pay; none unless the settings name one."""
    found: Ways = current_app.extensions["payments"]
    return found


def account(reference: str, *, now: datetime) -> Account | None:
    """Return where a transfer under a payment reference goes."""
    settings: Settings = current_app.config["SETTINGS"]
    own = settings.operator
    bank = BankTransfer(own.bank_holder, own.bank_account, own.bank_name)
    asked = Asked(reference, Fen(0), now=now, expires_at=now, return_to=settings.public_url)
    return bank.begin(asked).account
