"""What a payment provider calls back: its signature is its key, its answer is what it understands."""

from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response

from extensions import csrf
from gateways.payments import CallbackRefused, Paid, WhyRefused
from privacy import viewers
from services.online_payments import taking
from vocabulary.enums import PaymentProvider
from web.core import limits, requests, ways
from web.core.access import open_to_all

bp = Blueprint("payments", __name__, url_prefix="/payments")
LARGEST = 64 * 1024
_UNSIGNED = frozenset({WhyRefused.FORGED, WhyRefused.STALE})
# What each repeats its callback for until it reads it: 支付宝 wants a word, 微信支付 a status.
_HEARD = {PaymentProvider.WECHAT: ("", 204), PaymentProvider.ALIPAY: ("success", 200)}


@bp.post("/<string:kind>")
@open_to_all
@limits.ON_CALLBACKS
@csrf.exempt  # a provider has no form of ours: its signature over every byte stands in its place
def hear(kind: str) -> Response:
    """Take a provider's word, once; the same word again is answered the same."""
    provider = next((one for one in ways.online() if one.value == kind), None)
    if provider is None:
        abort(404)
    way = ways.online()[provider]
    request.max_content_length = LARGEST
    try:
        paid = way.provider.hear(dict(request.headers), request.get_data(), now=requests.now())
        if paid is not None:
            _take(provider, paid)
    except CallbackRefused as refusal:
        return _refuse(provider, refusal.why)
    return current_app.make_response(_HEARD[provider])


def _take(provider: PaymentProvider, paid: Paid) -> None:
    by = viewers.engine("payments")
    taking.take(requests.session(), by, provider, paid, now=requests.now())


def _refuse(provider: PaymentProvider, why: WhyRefused) -> Response:
    """Say no, and log by whom and why: no number, no sum, no payer."""
    facts = {"provider": provider.value, "why": why.value}
    current_app.logger.warning("a payment callback was refused", extra={"facts": facts})
    return current_app.make_response(("fail", 401 if why in _UNSIGNED else 400))
