"""The collecting desk: money by its reference. Nothing here knows a child."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import dividing, receipts
from services.books.receipts import BankLine
from services.online_payments import orders
from vocabulary.dates import today
from vocabulary.errors import BadInput, NeedsSecondPerson, WrongState
from vocabulary.money import format_yuan_short
from vocabulary.refs import new_token
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import NO_LONGER, onto, saying
from web.forms.receipts import AssignForm, ReceiptForm, TakeBackForm

_REFUSED = {
    WrongState.code: "这笔钱已经用来付助学金，不够整笔冲销。请先和保密员、审计员商量怎么补。",
    NeedsSecondPerson.code: (
        "这笔已经记到一位捐赠人名下，一个人不能动。在“最近的到账”里点“改付款编号”，等另一位同意。"
    ),
    receipts.PAID_ONLINE: (
        "这笔是支付平台说到账的，不是登记时记错，不能冲销。平台退了款的，先和审计员商量。"
    ),
    receipts.ON_STATEMENT: (
        "银行流水上有这一笔，不能冲销。还没对上的，在它那一页填付款编号；流水写明了付款编号的，"
        "就是那位捐赠人的，先和审计员商量。"
    ),
}
bp = Blueprint("receipts", __name__, url_prefix="/receipts")

_UNFIT = {
    "typo": "最后一位对不上，多半有一位写错了。",
    "unknown": "没有发出过这个付款编号，再核对一下。",
    "some_unknown": "没有发出过这几个付款编号：{which}。别的都对，改了再点。",
    "sums_differ": "写的数加起来是 {said}，这一笔是 {came}。差在哪一位，问过再改。",
    "does_not_split": "分不开：各人每期的数加起来不是这笔钱。写上各是多少，像“AX123456:100 AX654321:50”。",
}
_SAID = {
    "received_on": f"到账日期不能晚于今天，也不能早于 {receipts.EARLIEST.year} 年。",
    "line": "这个流水号已经登记过一次，看看下面最近的到账。",
    "amount": "金额要大于 0。",
}


@bp.route("/", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def index() -> str | Response:
    """Take one credit of the bank's statement, and show what was announced and what came."""
    form = ReceiptForm()
    if form.validate_on_submit() and not _asks_about_typo(form):
        session, viewer, key = requests.session(), current_viewer(), form.key.data or None
        with onto(form, _SAID):
            card = receipts.record(session, viewer, _line(form), now=requests.now(), form_key=key)
            _say(
                card["remark"] or card["payment_reference"],
                card["amount_fen"],
                is_matched=card["is_matched"],
            )
            return redirect(url_for(".index"), 303)
    return _page(form)


def _line(form: ReceiptForm) -> BankLine:
    return BankLine(
        form.reference.data,
        form.fen,
        form.received_on.data,
        form.payer.data or None,
        form.line.data or None,
    )


def _asks_about_typo(form: ReceiptForm) -> bool:
    """Ask once when the reference cannot be right; whoever insists books it as unmatched."""
    text = form.reference.data or ""
    if form.as_written.data or receipts.is_known(requests.session(), current_viewer(), text):
        return False
    if receipts.is_typo(text):
        form.reference.errors = [
            "这个付款编号的最后一位对不上，多半有一位写错了。再看一眼流水；流水上就这样写的，勾上下面那一格。"
        ]
    else:
        form.reference.errors = [
            "没有发出过这个付款编号。再看一眼流水；流水上就这样写的，勾上下面那一格。"
        ]
    return True


def _say(reference: str, fen: int, *, is_matched: bool) -> None:
    if is_matched:
        flash(f"记下了：{reference}，{format_yuan_short(fen)}。", "success")
    else:
        flash(
            f"记下了 {format_yuan_short(fen)}，放在“待核对到账”。找到付款编号后再对上。", "warning"
        )


def _page(form: ReceiptForm) -> str:
    session, viewer = requests.session(), current_viewer()
    if request.method == "POST":
        requests.keep_nothing()
    else:
        form.received_on.data = form.received_on.data or today(requests.now())
        form.reference.data = form.reference.data or request.args.get("reference", "")
        form.key.data = new_token("receipt_form")
    return render_template(
        "staff/receipts/index.html",
        title="到账登记",
        form=form,
        asks=bool(form.reference.errors) or bool(form.as_written.data),
        announced=receipts.announced(session, viewer),
        unmatched=receipts.recent(session, viewer, is_matched=False),
        recent=receipts.recent(session, viewer, limit=30),
        has_online=orders.is_any(session, viewer),
    )


@bp.route("/<string:ref>/assign", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def assign(ref: str) -> str | Response:
    """Give unmatched money to the reference it should have named."""
    session, viewer, form = requests.session(), current_viewer(), AssignForm()
    card = receipts.one(session, viewer, ref)
    if form.validate_on_submit():
        with saying(), onto(form, _UNFIT, but=(BadInput,)):
            count = _give(ref, form.reference.data)
            among = f"，分给 {count} 个付款编号" if count > 1 else ""
            flash(f"对上了：{format_yuan_short(card['amount_fen'])}{among}。", "success")
        if not form.errors:
            return redirect(url_for(".index"), 303)
    return render_template("staff/receipts/assign.html", title="核对到账", form=form, card=card)


def _give(ref: str, text: str) -> int:
    """Give the money to the one reference of a text, or divide it; return among how many."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    if dividing.names_several(text):
        return dividing.divide(session, viewer, ref, text, now=now)
    receipts.assign(session, viewer, ref, text, now=now)
    return 1


@bp.route("/<string:ref>/take-back", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def take_back(ref: str) -> str | Response:
    """Ask why, then take a wrong booking back by a new entry."""
    session, viewer, form = requests.session(), current_viewer(), TakeBackForm()
    card = receipts.one(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, _REFUSED, but=(NeedsSecondPerson, *NO_LONGER)):
            receipts.take_back(session, viewer, ref, reason=form.reason.data, now=requests.now())
            then = (
                "照流水再记一次对的。" if card["shown_on"] is None else "这笔钱放回了待核对到账。"
            )
            flash(f"冲销了 {format_yuan_short(card['amount_fen'])}。{then}", "success")
            return redirect(url_for(".index"), 303)
    return render_template("staff/receipts/take_back.html", title="冲销到账", form=form, card=card)
