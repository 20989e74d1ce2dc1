"""Payment orders: chosen batches for the bank, as a table and as a paper to sign, and its answers."""

from datetime import datetime
from io import BytesIO

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response

from gateways import order_sheets, pdfs
from gateways.order_sheets import Line, Order
from privacy.permissions import Act
from services.batches import bank_answers, orders
from services.handover.slips import amount_words
from vocabulary.dates import today
from vocabulary.enums import BankAnswer
from vocabulary.errors import BadInput, ClockLeapt, OrderDamaged, OrderOver, OrderStale
from vocabulary.money import format_yuan_short
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import NO_LONGER, WHATEVER, onto, saying
from web.forms.batches import AnswerForm, BackForm, OrderForm, PaidForm

bp = Blueprint("orders", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REASONS = {
    "none": "先勾上要付的批次。",
    "no_account": "{memos} 没有账号或开户行、账号读不出来，或卡收不了款，付不了。去掉它，请旗妇联补上。",
    "account_changes": "{memos} 的账户或卡这几天正在改，改好以前不往那里付。去掉它，改好了再做。",
    "not_between": "在做拨付单那天以后、今天以前",
    "nobody_asked": "请写问了银行哪一位、怎么说的",
}
_NOT_HANDED_OUT = (ClockLeapt, OrderDamaged, OrderOver, OrderStale)


@bp.post("/orders/")
@may(Act.SEND_BATCH)
def make() -> Response:
    """Make an order of the ticked batches."""
    refs, back = request.form.getlist("batch"), redirect(url_for("staff.batches.index"), 303)
    if not OrderForm().validate_on_submit():
        return back
    done = "拨付单做好了。下载表格传到网银，或打印签字交给银行。"
    with saying(done, REASONS, but=(BadInput, *NO_LONGER)):
        ref = orders.prepare(requests.session(), current_viewer(), refs, now=requests.now())
        return redirect(url_for(".detail", ref=ref), 303)
    return back


@bp.get("/orders/<string:ref>")
@may(Act.SEND_BATCH)
def detail(ref: str) -> str:
    """Show an order, its lines, and what the bank answered to each."""
    return _page(ref)


def _page(ref: str, form: PaidForm | None = None, back_form: BackForm | None = None) -> str:
    form = form or PaidForm(formdata=None, data={"on": today(requests.now())})
    back_form = back_form or BackForm(formdata=None)
    order = orders.detail(requests.session(), current_viewer(), ref)
    requests.note_read("order.read", [f"payment_order:{ref}"])
    words = amount_words(order["fen"])
    return render_template(
        "staff/orders/detail.html", order=order, words=words, form=form, back_form=back_form
    )


@bp.post("/orders/<string:ref>.xlsx")
@may(Act.SEND_BATCH)
def sheet(ref: str) -> Response:
    """Hand out the table that a bank's batch upload takes, and keep that it was."""
    with saying(but=_NOT_HANDED_OUT):
        data, name = BytesIO(order_sheets.table(_taken(ref, "xlsx"))), f"weiguang-{ref}.xlsx"
        return send_file(data, XLSX, as_attachment=True, download_name=name)
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/orders/<string:ref>.pdf")
@may(Act.SEND_BATCH)
def paper(ref: str) -> Response:
    """Hand out the paper to sign, and keep that it was."""
    with saying(but=_NOT_HANDED_OUT):
        data, name = BytesIO(pdfs.order(_taken(ref, "pdf"))), f"weiguang-{ref}.pdf"
        return send_file(data, "application/pdf", as_attachment=True, download_name=name)
    return redirect(url_for(".detail", ref=ref), 303)


def _taken(ref: str, form: str) -> Order:
    now: datetime = requests.now()
    card, lines = orders.take(requests.session(), current_viewer(), ref, form, now=now)
    operator = current_app.config["SETTINGS"].operator
    return Order(
        ref=ref,
        made_on=today(card["made_at"]),
        made_by=card["made_by_name"],
        payer=operator.bank_holder,
        payer_account=operator.bank_account,
        total_fen=card["fen"],
        total_words=amount_words(card["fen"]),
        digest=card["digest"],
        lines=[Line(one.payee, one.number, one.bank, one.fen, one.words) for one in lines],
    )


@bp.post("/orders/<string:ref>/paid")
@may(Act.SEND_BATCH)
def paid(ref: str) -> str | Response:
    """Record that the bank paid every line that was not answered."""
    form = PaidForm()
    if form.validate_on_submit() and form.on.data:
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with saying(), onto(form, REASONS, but=(BadInput,)):
            count = bank_answers.all_paid(session, viewer, ref, on=form.on.data, now=now)
            flash(f"记下了：{count} 批已拨付，转交的人会收到通知。", "success")
        if not form.errors:
            return redirect(url_for(".detail", ref=ref), 303)
    return _page(ref, form)


@bp.post("/orders/<string:ref>/back")
@may(Act.SEND_BATCH)
def back(ref: str) -> str | Response:
    """Put back what the bank was never given."""
    form = BackForm()
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        note = form.note.data or ""
        with saying(), onto(form, REASONS, but=(BadInput,)):
            count = bank_answers.none_given(session, viewer, ref, now=now, note=note)
            flash(f"{count} 批放回“等拨付”。金额变了的，换了新的批次号。", "success")
        if not form.errors:
            return redirect(url_for("staff.batches.index"), 303)
    return _page(ref, back_form=form)


@bp.route("/batches/<string:ref>/answer", methods=["GET", "POST"])
@may(Act.SEND_BATCH)
def answer(ref: str) -> str | Response:
    """Record what the bank says of one batch."""
    card = bank_answers.line(requests.session(), current_viewer(), ref)
    form, before = AnswerForm(), card["answer"] is BankAnswer.UNCLEAR
    form.offer([one for one in BankAnswer if not (before and one is BankAnswer.UNCLEAR)])
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, REASONS, but=WHATEVER):
            bank_answers.answer(session, viewer, ref, form.told(), now=now)
            total = format_yuan_short(card["fen"])
            flash(f"记下了：{card['batch']['memo']}，{total}。", "success")
            return redirect(url_for(".detail", ref=card["order_ref"]), 303)
    return render_template("staff/orders/answer.html", card=card, form=form, before=before)
