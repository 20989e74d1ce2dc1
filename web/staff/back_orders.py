"""退款表: what two people decided to give back, as the table that a bank's batch upload takes."""

from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from gateways import order_sheets
from gateways.order_sheets import Line, Order
from privacy.permissions import Act
from services.books import back_orders
from services.handover.slips import amount_words
from vocabulary.errors import (
    AlreadyDecided,
    BadInput,
    BooksDisagree,
    ClockLeapt,
    OrderDamaged,
    OrderOver,
    Refused,
)
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.unclaimed import PressForm

bp = Blueprint("back_orders", __name__, url_prefix="/back-orders")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOTHING = "没有等着退的钱，或别的同事刚做了一张表。"


@bp.get("/")
@may(Act.PAY_BACK)
def index() -> str:
    """List what goes into the next table, and the tables made."""
    session, viewer = requests.session(), current_viewer()
    ready = back_orders.ready(session, viewer)
    found = back_orders.listing(session, viewer)
    return render_template(
        "staff/back_orders/index.html", ready=ready, found=found, press=PressForm()
    )


@bp.post("/")
@may(Act.PAY_BACK)
def make() -> Response:
    """Make one table of all that is ready."""
    try:
        ref = back_orders.make(requests.session(), current_viewer(), now=requests.now())
    except BadInput:
        return _back(_NOTHING, url_for(".index"))
    except (AlreadyDecided, BooksDisagree, ClockLeapt) as refusal:
        return _back(sentence(refusal), url_for(".index"))
    flash("退款表做好了。下载下来传到网银，传完就把文件删掉。", "success")
    return redirect(url_for(".detail", ref=ref), 303)


@bp.get("/<string:ref>")
@may(Act.PAY_BACK)
def detail(ref: str) -> str:
    """Show a table's lines, without the numbers, and which have left."""
    order = back_orders.detail(requests.session(), current_viewer(), ref)
    words = amount_words(order["fen"])
    return render_template(
        "staff/back_orders/detail.html", order=order, words=words, press=PressForm()
    )


@bp.post("/<string:ref>.xlsx")
@may(Act.PAY_BACK)
def sheet(ref: str) -> Response:
    """Hand the table out, and keep that it was."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        card, lines = back_orders.take(session, viewer, ref, now=now)
    except (BooksDisagree, ClockLeapt, OrderDamaged, OrderOver) as refusal:
        return _back(_over(refusal), url_for(".detail", ref=ref))
    operator = current_app.config["SETTINGS"].operator
    order = Order(
        ref=ref,
        made_on=card["made_on"],
        made_by="",
        payer=operator.bank_holder,
        payer_account=operator.bank_account,
        total_fen=card["fen"],
        total_words=amount_words(card["fen"]),
        digest=card["digest"],
        lines=[Line(one.holder, one.number, one.bank, one.fen, one.words) for one in lines],
    )
    name, data = f"weiguang-{ref}.xlsx", BytesIO(order_sheets.table(order))
    return send_file(data, XLSX, as_attachment=True, download_name=name)


def _over(refusal: Refused) -> str:
    if isinstance(refusal, OrderOver):
        return "里面有的已经有了结果，这张表不能再下载。下载过的也不要再交给银行。"
    return sentence(refusal)


def _back(words: str, to: str) -> Response:
    requests.keep_nothing()
    flash(words, "warning")
    return redirect(to, 303)
