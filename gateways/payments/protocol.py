"""What every way to pay does: lead a donor to it, hear what it says, answer when it is asked.

An order is named by our own random number and by nothing else, in both directions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from vocabulary.enums import PaymentProvider
from vocabulary.money import Fen

WINDOW = timedelta(minutes=5)
"""How old a callback may be; providers sign each repetition anew."""
SUBJECT = "爱心资助"
"""All that a provider reads of what is paid for: neither a child nor a programme."""


class WhyRefused(StrEnum):
    """Why a callback has no effect; the log holds this word and nothing else of it."""

    FORGED = "forged"
    STALE = "stale"
    UNREADABLE = "unreadable"
    OTHER_APP = "other_app"
    UNKNOWN_ORDER = "unknown_order"


class CallbackRefused(Exception):
    """Nobody who may say so said that money came."""

    def __init__(self, why: WhyRefused) -> None:
        super().__init__(why.value)
        self.why = why


class Unreachable(Exception):
    """The provider did not answer, or not clearly: nothing is known of what it did."""


class Standing(StrEnum):
    """What a provider says of an order for which no money came."""

    WAITING = "waiting"
    NEVER = "never"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as a provider hears of it. `address` is the payer's, where a provider demands it."""

    number: str
    amount: Fen
    now: datetime
    expires_at: datetime
    return_to: str
    on_phone: bool = False
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """Where a transfer goes, and the remark that names what it is for."""

    holder: str
    number: str
    bank: str
    remark: str


@dataclass(frozen=True, slots=True)
class Step:
    """What the donor does next: opens a link, scans a code, or transfers to an account."""

    link: str | None = None
    code: str | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A provider's word that money came. Who paid is left out on purpose."""

    number: str
    amount: Fen
    at: datetime
    provider_number: str


class Provider(Protocol):
    """One way to pay."""

    @property
    def kind(self) -> PaymentProvider | None:
        """Say which provider it is; None for the bank."""

    def begin(self, asked: Asked) -> Step:
        """Lead the donor to paying an order; the same number again is the same order.

        Raises Unreachable.
        """

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Paid | None:
        """Read a callback: money that came, or None for what moves none. Raises CallbackRefused."""

    def ask(self, number: str, *, now: datetime) -> Paid | Standing:
        """Ask what became of an order, under the number it was made with."""


def is_fresh(said_at: datetime, *, now: datetime) -> bool:
    """Say whether a callback was signed within the window, in either direction of two clocks."""
    return abs(now - said_at) <= WINDOW
