"""What payment providers hold for us, pay out, and keep: at the collecting desk, without a child."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.online_payments import orders, payouts
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.receipts import FeeForm

bp = Blueprint("online_payments", __name__, url_prefix="/online-payments")
_DOES_NOT_ADD_UP = (
    "对不上：从最早的没结算的订单加起，没有哪几笔正好是结算的数加这个手续费。照平台账单再看一遍。"
)


@bp.get("/")
@may(Act.RECORD_MONEY)
def index() -> str:
    """Show what each provider holds, its payouts and the latest orders."""
    shown = orders.desk(requests.session(), current_viewer())
    return render_template("staff/online_payments/index.html", title="线上支付", **shown)


@bp.route("/payouts/<string:ref>", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def explain(ref: str) -> str | Response:
    """Take the fee of a provider's bill, which explains its payout to the fen or not at all."""
    session, viewer, form = requests.session(), current_viewer(), FeeForm()
    card = payouts.one(session, viewer, ref)
    if form.validate_on_submit():
        try:
            count = payouts.explain(session, viewer, ref, form.fen, now=requests.now())
        except BadInput:
            form.fee.errors = [_DOES_NOT_ADD_UP]
        except AlreadyDecided as refusal:
            requests.keep_nothing()
            flash(sentence(refusal), "warning")
            return redirect(url_for(".index"), 303)
        else:
            flash(f"对上了：这笔结算是 {count} 张订单。", "success")
            return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(
        "staff/online_payments/explain.html", title="结算的手续费", form=form, payout=card
    )
