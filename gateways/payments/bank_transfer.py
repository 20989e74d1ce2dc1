"""By bank, as ever: the account and a reference; the bank's statement alone says what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateways.payments.protocol import (
    Account,
    Asked,
    CallbackRefused,
    Paid,
    Standing,
    Step,
    WhyRefused,
)


@dataclass(frozen=True, slots=True)
class BankTransfer:
    """A transfer to our account: `number` of what is asked is the payment reference."""

    holder: str
    account: str
    bank: str
    kind: None = None

    def begin(self, asked: Asked) -> Step:
        """Name the account and the remark."""
        return Step(account=Account(self.holder, self.account, self.bank, asked.number))

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Paid | None:
        """Refuse: a bank sends no callbacks, so whatever claims to be one is forged."""
        del headers, body, now
        raise CallbackRefused(WhyRefused.FORGED)

    def ask(self, number: str, *, now: datetime) -> Paid | Standing:
        """Know nothing: what came stands on the next statement."""
        del number, now
        return Standing.UNCLEAR
