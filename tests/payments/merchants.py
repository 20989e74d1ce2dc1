"""Both sides of a payment provider, made for a test: keys, signed callbacks, and a server to ask."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.payments.alipay import Alipay, AlipayFacts
from gateways.payments.wechat import WeChatFacts, WeChatPay
from vocabulary.dates import SHANGHAI

APPID, MCHID, APIV3 = "wx0000000000000001", "1900000001", "k" * 32
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026"
ALIPAY_APP = "2021000000000001"
_INSTANT = "%Y-%m-%d %H:%M:%S"


@cache
def key(whose: str) -> rsa.RSAPrivateKey:
    del whose
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(whose: str) -> str:
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key(whose).private_bytes(serialization.Encoding.PEM, form, plain).decode()


def public_pem(whose: str) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key(whose).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def signed(whose: str, text: str) -> str:
    return base64.b64encode(
        key(whose).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    ).decode()


@cache
def wechat() -> WeChatPay:
    facts = WeChatFacts(
        appid=APPID,
        mchid=MCHID,
        serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
        private_key=private_pem("merchant"),
        apiv3_key=APIV3,
        public_key_id=PUBLIC_KEY_ID,
        public_key=public_pem("wechat"),
    )
    return WeChatPay(facts, notify_url="https://weiguang.example.org/api/payments/wechat")


@cache
def alipay() -> Alipay:
    facts = AlipayFacts(ALIPAY_APP, private_pem("merchant"), public_pem("alipay"))
    return Alipay(facts, notify_url="https://weiguang.example.org/api/payments/alipay")


Callback = tuple[dict[str, str], bytes]


def wechat_order(number: str, fen: int, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "appid": APPID,
        "mchid": MCHID,
        "out_trade_no": number,
        "transaction_id": f"42000{number[:20]}",
        "trade_type": "H5",
        "trade_state": "SUCCESS",
        "success_time": at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": fen, "payer_total": fen, "currency": "CNY"},
    } | more


def wechat_says(
    order: Mapping[str, Any],
    at: datetime,
    *,
    by: str = "wechat",
    serial: str = PUBLIC_KEY_ID,
    event: str = "TRANSACTION.SUCCESS",
) -> Callback:
    """A callback as WeChat Pay sends it: the order sealed, the whole signed with its time."""
    nonce = secrets.token_hex(6)
    seal = AESGCM(APIV3.encode()).encrypt(
        nonce.encode(), json.dumps(order).encode(), b"transaction"
    )
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "original_type": "transaction",
        "associated_data": "transaction",
        "nonce": nonce,
        "ciphertext": base64.b64encode(seal).decode(),
    }
    said = {"id": secrets.token_hex(16), "event_type": event}
    body = json.dumps(said | {"resource_type": "encrypt-resource", "resource": resource})
    return _headers(body, at, by=by, serial=serial), body.encode()


def _headers(body: str, at: datetime, *, by: str, serial: str) -> dict[str, str]:
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": signed(by, f"{stamp}\n{nonce}\n{body}\n"),
        "Content-Type": "application/json",
    }


def alipay_says(
    number: str, yuan: str, at: datetime, *, by: str = "alipay", **more: str
) -> Callback:
    """A callback as Alipay sends it: a form, signed over its sorted fields."""
    when = at.astimezone(SHANGHAI).strftime(_INSTANT)
    told = {
        "notify_time": when,
        "notify_type": "trade_status_sync",
        "notify_id": secrets.token_hex(16),
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "app_id": ALIPAY_APP,
        "trade_no": f"2026112122{number[:18]}",
        "out_trade_no": number,
        "buyer_logon_id": "138****0001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": yuan,
        "subject": "爱心资助",
        "gmt_payment": when,
    } | more
    words = "&".join(f"{k}={v}" for k, v in sorted(told.items()) if k != "sign_type")
    form = told | {"sign": signed(by, words)}
    return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()


class Provider:
    """The provider's own server: one order a number, whatever is asked how often."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.made: list[dict[str, Any]] = []
        self.is_broken = False
        self.signs_as = "wechat"

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """What WeChat Pay answers to making an order, and to being asked for one."""
        if self.is_broken:
            return 500, {"code": "SYSTEM_ERROR"}
        if method == "POST":
            asked = json.loads(body)
            self.made.append(asked)
            kind = path.rpartition("/")[2]
            named = {"h5": "h5_url", "native": "code_url"}[kind]
            address = {
                "h5": "https://wx.tenpay.com/pay?prepay_id=wx1",
                "native": "weixin://pay?p=1",
            }
            return 200, {named: address[kind]}
        number = path.rpartition("/")[2].partition("?")[0]
        found = self.orders.get(number)
        return (200, found) if found else (404, {"code": "ORDER_NOT_EXIST"})

    def query(self, body: bytes) -> dict[str, Any]:
        """What Alipay answers to `alipay.trade.query`."""
        content = json.loads(parse_qs(body.decode())["biz_content"][0])
        absent = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST", "msg": "Business Failed"}
        return self.orders.get(content["out_trade_no"], absent)


@contextmanager
def standing_by(provider: Provider, now: datetime) -> Iterator[None]:
    """Let both libraries speak to a server on this machine, which answers for the provider."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider, now))
    Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    core, library = wechat()._library._core, alipay()._library
    before = core._gate_way, library._gateway
    core._gate_way, library._gateway = here, f"{here}/gateway.do"
    try:
        yield
    finally:
        core._gate_way, library._gateway = before
        server.shutdown()
        server.server_close()


def _handler(provider: Provider, now: datetime) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/gateway.do"):
                self._alipay(self.path.partition("?")[2].encode())
            else:
                self._wechat(b"")

        def do_POST(self) -> None:
            self._wechat(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _wechat(self, body: bytes) -> None:
            status, said = provider.answer(self.command, self.path, body)
            text = json.dumps(said)
            self._send(
                status, text, _headers(text, now, by=provider.signs_as, serial=PUBLIC_KEY_ID)
            )

        def _alipay(self, body: bytes) -> None:
            if provider.is_broken:
                self._send(500, "", {})
                return
            told = json.dumps(provider.query(body), separators=(",", ":"))
            sign = signed("alipay", told)
            self._send(200, f'{{"alipay_trade_query_response":{told},"sign":"{sign}"}}', {})

        def _send(self, status: int, text: str, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Type" not in headers:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler
