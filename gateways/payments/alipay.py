"""支付宝 through python-alipay-sdk: a page on the phone; callbacks are signed forms.

The library stamps with the machine's own clock and time zone; ours is given to it instead.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from alipay import AliPay as Library
from alipay.utils import AliPayConfig

from gateways.payments.protocol import (
    SUBJECT,
    Asked,
    CallbackRefused,
    Paid,
    Standing,
    Step,
    WhyRefused,
    is_fresh,
)
from vocabulary.dates import SHANGHAI
from vocabulary.enums import PaymentProvider
from vocabulary.money import Fen

_SECONDS = 10
_INSTANT = "%Y-%m-%d %H:%M:%S"
_SUM = re.compile(r"(\d{1,10})\.(\d{2})", re.ASCII)
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
_DONE, _ABSENT = "10000", "ACQ.TRADE_NOT_EXIST"
_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class AlipayFacts:
    """What a merchant knows of himself and of the provider."""

    appid: str
    private_key: str = field(repr=False)
    alipay_public_key: str = field(repr=False)


class Alipay:
    """One application at Alipay."""

    kind = PaymentProvider.ALIPAY

    def __init__(self, facts: AlipayFacts, *, notify_url: str) -> None:
        self._facts = facts
        self._notify_url = notify_url
        self._library = Library(
            appid=facts.appid,
            app_notify_url=notify_url,
            app_private_key_string=facts.private_key,
            alipay_public_key_string=facts.alipay_public_key,
            sign_type="RSA2",
            config=AliPayConfig(timeout=_SECONDS),
        )

    def begin(self, asked: Asked) -> Step:
        """Sign the link to the page there; nothing is sent."""
        content = {
            "subject": SUBJECT,
            "out_trade_no": asked.number,
            "total_amount": _yuan(asked.amount),
            "product_code": "QUICK_WAP_PAY",
            "time_expire": _said(asked.expires_at),
        }
        words = self._library.client_api(
            "alipay.trade.wap.pay",
            content,
            notify_url=self._notify_url,
            return_url=asked.return_to,
            timestamp=_said(asked.now),
        )
        return Step(link=f"{self._library._gateway}?{words}")  # noqa: SLF001 it has no other door

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Paid | None:
        """Read a callback: a form, signed over all its fields."""
        del headers
        told = _fields(body)
        if not self._is_signed(told):
            raise CallbackRefused(WhyRefused.FORGED)
        if not is_fresh(_instant_of(told.get("notify_time")), now=now):
            raise CallbackRefused(WhyRefused.STALE)
        if told.get("app_id") != self._facts.appid:
            raise CallbackRefused(WhyRefused.OTHER_APP)
        return _paid(told, "gmt_payment") if told.get("trade_status") in _PAID else None

    def _is_signed(self, told: Mapping[str, str]) -> bool:
        data = dict(told)
        signature = data.pop("sign", "")
        try:
            return bool(signature) and bool(self._library.verify(data, signature))
        except Exception:  # the library raises whatever its libraries do on nonsense
            return False

    def ask(self, number: str, *, now: datetime) -> Paid | Standing:
        """Ask by our number; a payer who never opened the page left no order there."""
        try:
            said: Any = self._library.server_api(
                "alipay.trade.query", {"out_trade_no": number}, timestamp=_said(now)
            )
        except Exception:  # out of reach, unsigned, or not what an answer looks like
            return Standing.UNCLEAR
        if not isinstance(said, dict):
            return Standing.UNCLEAR
        if said.get("sub_code") == _ABSENT:
            return Standing.NEVER
        if said.get("code") != _DONE or said.get("out_trade_no") != number:
            return Standing.UNCLEAR
        return _standing(said)


def _standing(said: Mapping[str, str]) -> Paid | Standing:
    match said.get("trade_status"):
        case "TRADE_SUCCESS" | "TRADE_FINISHED":
            try:
                return _paid(said, "send_pay_date")
            except CallbackRefused:
                return Standing.UNCLEAR
        case "WAIT_BUYER_PAY":
            return Standing.WAITING
        case "TRADE_CLOSED":
            return Standing.NEVER
        case _:
            return Standing.UNCLEAR


def _paid(told: Mapping[str, str], paid_at: str) -> Paid:
    found = _SUM.fullmatch(told.get("total_amount", ""))
    if not found or not told.get("out_trade_no") or not told.get("trade_no"):
        raise CallbackRefused(WhyRefused.UNREADABLE)
    return Paid(
        number=told["out_trade_no"],
        amount=Fen(int(found[1]) * 100 + int(found[2])),
        at=_instant_of(told.get(paid_at) or told.get("notify_time")),
        provider_number=told["trade_no"][:64],
    )


def _fields(body: bytes) -> dict[str, str]:
    """Read a form's fields; a field that stands twice is nobody's we trust."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise CallbackRefused(WhyRefused.UNREADABLE) from error
    told = dict(pairs)
    if len(told) != len(pairs):
        raise CallbackRefused(WhyRefused.UNREADABLE)
    return told


def _instant_of(text: str | None) -> datetime:
    try:
        return datetime.strptime(text or "", _INSTANT).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise CallbackRefused(WhyRefused.UNREADABLE) from error


def _said(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime(_INSTANT)


def _yuan(amount: Fen) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
