"""微信支付 (API v3) through wechatpayv3: a page on the phone, a code to scan elsewhere.

The provider's public key comes from the merchant's page, so that nothing is fetched to check a
signature. The library's own callback accepts any age and, for a serial it does not know, goes out to
fetch certificates: both are refused here before it is asked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests
from wechatpayv3 import WeChatPay as Library
from wechatpayv3 import WeChatPayType

from gateways.payments.protocol import (
    SUBJECT,
    Asked,
    CallbackRefused,
    Paid,
    Standing,
    Step,
    Unreachable,
    WhyRefused,
    is_fresh,
)
from vocabulary.dates import SHANGHAI
from vocabulary.enums import PaymentProvider
from vocabulary.money import Fen

_SECONDS = (5, 10)
_DONE, _ABSENT = 200, 404
_HEADERS = ("Signature", "Timestamp", "Nonce", "Serial", "Signature-Type")
_PAID = "SUCCESS"
_WAITING = frozenset({"NOTPAY", "USERPAYING", "ACCEPT"})
_NEVER = frozenset({"CLOSED", "REVOKED", "PAYERROR"})


@dataclass(frozen=True, slots=True)
class WeChatFacts:
    """What a merchant knows of himself and of the provider."""

    appid: str
    mchid: str
    serial: str
    private_key: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    public_key_id: str
    public_key: str = field(repr=False)


class WeChatPay:
    """One merchant at WeChat Pay."""

    kind = PaymentProvider.WECHAT

    def __init__(self, facts: WeChatFacts, *, notify_url: str) -> None:
        self._facts = facts
        self._library = Library(
            wechatpay_type=WeChatPayType.H5,
            mchid=facts.mchid,
            private_key=facts.private_key,
            cert_serial_no=facts.serial,
            appid=facts.appid,
            apiv3_key=facts.apiv3_key,
            notify_url=notify_url,
            public_key=facts.public_key,
            public_key_id=facts.public_key_id,
            timeout=_SECONDS,
        )

    def begin(self, asked: Asked) -> Step:
        """Make the order there, or find it: the same number and sum give the same order."""
        scene: dict[str, Any] = {"payer_client_ip": asked.address}
        if asked.on_phone:
            scene["h5_info"] = {"type": "Wap"}
        said = self._call(
            "pay",
            description=SUBJECT,
            out_trade_no=asked.number,
            amount={"total": int(asked.amount), "currency": "CNY"},
            time_expire=asked.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            scene_info=scene,
            pay_type=WeChatPayType.H5 if asked.on_phone else WeChatPayType.NATIVE,
        )
        if said is None:
            raise Unreachable
        if asked.on_phone:
            return Step(link=f"{said['h5_url']}&redirect_url={quote(asked.return_to, safe='')}")
        return Step(code=said["code_url"])

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Paid | None:
        """Read a callback of a payment."""
        ours = {f"Wechatpay-{name}": headers.get(f"Wechatpay-{name}", "") for name in _HEADERS}
        if ours["Wechatpay-Serial"] != self._facts.public_key_id:
            raise CallbackRefused(WhyRefused.FORGED)
        told = self._opened(ours, body)
        if not is_fresh(_instant_of(ours["Wechatpay-Timestamp"]), now=now):
            raise CallbackRefused(WhyRefused.STALE)
        order = told.get("resource")
        if told.get("event_type") != "TRANSACTION.SUCCESS" or not isinstance(order, dict):
            return None
        return self._paid(order) if order.get("trade_state") == _PAID else None

    def _opened(self, ours: Mapping[str, str], body: bytes) -> dict[str, Any]:
        try:
            told = self._library.callback(ours, body)
        except Exception as error:  # the library raises bare ones, for shapes as for signatures
            raise CallbackRefused(WhyRefused.FORGED) from error
        if not isinstance(told, dict):
            raise CallbackRefused(WhyRefused.FORGED)
        return told

    def _paid(self, order: Mapping[str, Any]) -> Paid:
        if (order.get("appid"), order.get("mchid")) != (self._facts.appid, self._facts.mchid):
            raise CallbackRefused(WhyRefused.OTHER_APP)
        try:
            if order["amount"].get("currency", "CNY") != "CNY":
                raise CallbackRefused(WhyRefused.UNREADABLE)
            return Paid(
                number=str(order["out_trade_no"]),
                amount=Fen(_whole(order["amount"]["total"])),
                at=datetime.fromisoformat(order["success_time"]),
                provider_number=str(order["transaction_id"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CallbackRefused(WhyRefused.UNREADABLE) from error

    def ask(self, number: str, *, now: datetime) -> Paid | Standing:
        """Ask by our number; an order that was never begun there is NEVER."""
        del now
        try:
            said = self._call("query", out_trade_no=number)
        except Unreachable:
            return Standing.UNCLEAR
        if said is None:
            return Standing.NEVER
        state = said.get("trade_state")
        if state == _PAID:
            try:
                return self._paid(said)
            except CallbackRefused:
                return Standing.UNCLEAR
        if state in _WAITING:
            return Standing.WAITING
        return Standing.NEVER if state in _NEVER else Standing.UNCLEAR

    def _call(self, what: str, **words: Any) -> dict[str, Any] | None:
        """Return the signed answer, None where there is no such order. Raises Unreachable."""
        try:
            code, text = getattr(self._library, what)(**words)
            said = json.loads(text) if text else {}
        except (requests.RequestException, ValueError, TypeError) as error:
            raise Unreachable from error
        except Exception as error:  # an answer whose signature does not fit is a bare Exception
            raise Unreachable from error
        if code == _DONE and isinstance(said, dict):
            return said
        if code == _ABSENT and isinstance(said, dict) and said.get("code") == "ORDER_NOT_EXIST":
            return None
        raise Unreachable


def _instant_of(seconds: str) -> datetime:
    """Read the header's seconds; it is signed, so a strange one is a stranger's."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CallbackRefused(WhyRefused.FORGED) from error


def _whole(number: object) -> int:
    """Take a whole number of fen and nothing that only looks like one."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise CallbackRefused(WhyRefused.UNREADABLE)
    return number
