"""A donor pays through a provider: he chooses, is led there, and reads here what came of it."""

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateways.payments import Asked, Step, Unreachable
from services.gate import Card
from services.online_payments import orders
from services.pledges import pledges
from vocabulary.enums import OnlineOrderStatus, PaymentProvider
from vocabulary.errors import BadInput
from web.core import limits, requests, ways
from web.core.access import behind_link, current_viewer
from web.forms.donor import OnlineForm

bp = Blueprint("payments", __name__, url_prefix="/payments")
_REFUSED = {
    "not_offered": "选一下付几个月。",
    "too_many": "开着的付款单太多了，先付完一张，或过两个小时再来。",
}
_OPEN = frozenset({OnlineOrderStatus.OPEN, OnlineOrderStatus.UNKNOWN})
_IN_WECHAT, _ON_PHONE = "MicroMessenger", "Mobile"


@bp.post("/for/<string:ref>")
@behind_link("donor_link")
@limits.ON_PAYMENTS
def place(ref: str) -> Response:
    """Make the order, then show it: a second tap finds the same one."""
    pledges.how_to_pay(requests.session(), current_viewer(), ref)  # another's is absent first
    form = OnlineForm().offer(ways.online())
    if not form.validate_on_submit():
        requests.keep_nothing()
        flash(_REFUSED["not_offered"], "danger")
        return redirect(url_for("donor.pledges.pay", ref=ref), 303)
    kind = PaymentProvider(form.provider.data)
    who = requests.session(), current_viewer()
    fee, now = ways.online()[kind].fee, requests.now()
    try:
        number = orders.place(*who, ref, kind, form.months.data, fee=fee, now=now)
    except BadInput as refusal:
        requests.keep_nothing()
        flash(_REFUSED[str(refusal.params["reason"])], "danger")
        return redirect(url_for("donor.pledges.pay", ref=ref), 303)
    return redirect(url_for(".show", number=number), 303)


@bp.get("/<string:number>")
@behind_link("donor_link")
def show(number: str) -> str:
    """Say where the payment stands; while it may be paid, lead to the provider."""
    card = orders.one(requests.session(), current_viewer(), number)
    requests.note_read("payment.show", [f"payment:{number}"])
    is_open = card["status"] in _OPEN and card["expires_at"] > requests.now()
    # On a computer even WeChat's own browser shows a code that the telephone scans.
    is_shut_in = all(word in request.user_agent.string for word in (_IN_WECHAT, _ON_PHONE))
    step, lost = (None, False) if not is_open or is_shut_in else _begin(card)
    return render_template(
        "donor/payments/show.html",
        order=card,
        is_open=is_open,
        is_shut_in=is_shut_in,
        is_lost=lost,
        link=step.link if step else None,
        code=_picture(step.code) if step and step.code else None,
    )


def _picture(text: str) -> str:
    picture: str = segno.make(text, error="m").svg_data_uri(scale=6, border=2)
    return picture


def _begin(card: Card) -> tuple[Step | None, bool]:
    """Ask the provider for its page; the same number and sum are the same order there."""
    way = ways.online().get(card["provider"])
    if way is None:
        return None, True
    # What follows may wait for the provider: it holds no reader's place in the database meanwhile.
    requests.session().rollback()
    asked = Asked(
        number=card["number"],
        amount=card["amount_fen"],
        now=requests.now(),
        expires_at=card["expires_at"],
        return_to=f"{current_app.config['SETTINGS'].public_url}{url_for('.show', number=card['number'])}",
        on_phone=_ON_PHONE in request.user_agent.string,
        address=request.remote_addr or "",
    )
    try:
        return way.provider.begin(asked), False
    except Unreachable:
        return None, True
