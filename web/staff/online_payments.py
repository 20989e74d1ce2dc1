"""What payment providers hold for us, pay out, and keep: at the collecting desk, without a child."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.online_payments import bills, orders, payouts
from services.online_payments.bills import Differs
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.receipts import BillForm, FeeForm

bp = Blueprint("online_payments", __name__, url_prefix="/online-payments")
_DOES_NOT_ADD_UP = (
    "对不上：从最早的没结算的订单加起，没有哪几笔正好是结算的数加这个手续费。照平台账单再看一遍。"
)

_UNREAD = {
    "empty": "这份文件是空的。",
    "too_large": "这份账单太大了，按月分开下载再传。",
    "not_text": "没看懂这份文件。请传平台下载的 CSV，不要另存成别的格式。",
    "no_header": "没找到表头。微信支付请下载“交易账单”，支付宝请下载“业务明细”。",
    "no_lines": "这份账单里一笔也没有。",
    "line": "第 {line} 行没看懂，整份没有对。",
    "no_totals": "没找到合计行，可能没有下载完整，整份没有对。",
    "does_not_add_up": "各行加起来和账单自己的合计不一样，可能没有下载完整，整份没有对。",
}
_WHY = {
    Differs.NOT_OURS: "账单上有，我们没有这张订单",
    Differs.NOT_BOOKED: "账单上付了，我们还没有记到账",
    Differs.OTHER_SUM: "金额不一样",
    Differs.OTHER_FEE: "手续费不一样",
    Differs.GIVEN_BACK: "平台退了款",
    Differs.NOT_ON_BILL: "我们记了到账，账单上没有",
    Differs.TWICE: "账单上同一张订单出现两次",
}


@bp.get("/")
@may(Act.RECORD_MONEY)
def index() -> str:
    """Show what each provider holds, its payouts and the latest orders."""
    shown = orders.desk(requests.session(), current_viewer())
    return render_template("staff/online_payments/index.html", title="线上支付", **shown)


@bp.route("/bill", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def bill() -> str:
    """Hold a provider's bill against our orders and its payouts; nothing of it is booked."""
    form, found = BillForm(), None
    if form.validate_on_submit():
        content = form.file.data.stream.read(bills.LARGEST + 1)
        try:
            found = bills.compare(requests.session(), current_viewer(), content, now=requests.now())
        except BadInput as refusal:
            said = _UNREAD[str(refusal.params["reason"])]
            form.file.errors = [said.format(line=refusal.params.get("line", ""))]
    if request.method == "POST" and found is None:
        requests.keep_nothing()
    return render_template(
        "staff/online_payments/bill.html", title="对平台账单", form=form, found=found, why=_WHY
    )


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
