"""The paying desk: one sum per hand and month, from our account with our memo. No child, no donor."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.batches import bank_debits, batches, orders, payouts, returns, unique_sums
from services.routes import unseen
from vocabulary.enums import BankAnswer, LossEnd
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import format_yuan_short
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, refused
from web.core.labels import label
from web.core.messages import sentence
from web.forms.batches import NOTHING_READ, AnswerForm, DebitForm, SendForm

REASONS = {
    "not_between": "在这一批开出以后、今天以前",
    "second_with_bank": "这一期补发的一笔正在银行手里。先把那一笔记清，再来记这一笔",
    "say_what": "写清楚问了谁、是怎么知道的，至少 4 个字",
    "names_a_batch": "这一行写着批次号，不是手续费",
    "none_given_back": "没有这个数、日子又近的退还记录。先在待核对到账里记下退回的日子",
    "nobody_asked": "请写问了银行哪一位、怎么说的",
}

_ENDS = {
    LossEnd.CAME: "核销取消了，三天以后算到卡上；备用金垫的已经还回去。",
    LossEnd.CAME_TWICE: "补发的一份已经拨付，家里有两份，账不再动；旗里会收到消息，请他们和家里说清。",
    LossEnd.CAME_BACK: "核销取消了，这一期只发一次；备用金垫的已经还回去。",
}
_NOT_SENT = {
    "changed": (
        "这一批刚刚变了，没有记。看一遍现在的金额："
        "已经按原来的数付了，把差的补一笔、备注一样，再点“已拨付”。"
    ),
    "account_changes": "收款的账户或卡这几天正在改，没有记，也先别付。改好了再付。",
}
bp = Blueprint("batches", __name__, url_prefix="/batches")


@bp.get("/")
@may(Act.SEND_BATCH)
def index() -> str:
    """List what is to be sent and what was."""
    session, viewer = requests.session(), current_viewer()
    now, to_send = requests.now(), orders.with_accounts(session, viewer)
    return render_template(
        "staff/batches/index.html",
        title="拨付",
        to_send=to_send,
        odd=unique_sums.in_batches(session, viewer, [card["ref"] for card in to_send]),
        with_bank=batches.with_the_bank(session, viewer),
        orders=orders.listing(session, viewer),
        unsettled=payouts.unsettled(session, viewer),
        explained=bank_debits.listing(session, viewer),
        given_up=unseen.answerable(session, viewer),
        silent=payouts.without_debit(session, viewer, now=now),
        returning=returns.expected(session, viewer),
        sent=batches.sent(session, viewer),
        total_fen=sum(card["total_fen"] for card in to_send),
    )


@bp.post("/<string:ref>/send")
@may(Act.SEND_BATCH)
def send(ref: str) -> Response:
    """Record that the bank took a batch's sum."""
    form, session, viewer = SendForm(), requests.session(), current_viewer()
    # A press that says nothing of what was read is one of a batch that changed.
    read = form.read() if form.validate_on_submit() else NOTHING_READ
    try:
        card = batches.send(session, viewer, ref, now=requests.now(), read=read)
    except BadInput as refusal:
        refused(_NOT_SENT[str(refusal.params["reason"])])
    except (AlreadyDecided, WrongState) as refusal:
        refused(sentence(refusal))
    else:
        total = format_yuan_short(card["total_fen"])
        flash(f"记下了：{card['memo']}，{total} 已拨付，转交的人会收到通知。", "success")
    return redirect(url_for(".index"), 303)


@bp.route("/<string:ref>/bank", methods=["GET", "POST"])
@may(Act.SEND_BATCH)
def bank_said(ref: str) -> str | Response:
    """Record what the bank says of a card's payment that no statement shows."""
    card = unseen.payment(requests.session(), current_viewer(), ref)
    form, now = AnswerForm(), requests.now()
    form.offer([BankAnswer.PAID, BankAnswer.NOT_PAID])
    if form.validate_on_submit():
        with onto(form, REASONS):
            ends = unseen.say(requests.session(), current_viewer(), ref, form.told(), now=now)
            said = "".join(_ENDS[end] for end in sorted(set(ends)))
            flash(f"记下了：{card['memo']}，{label(form.told().answer)}。{said}", "success")
            return redirect(url_for(".index"), 303)
    return render_template("staff/batches/bank_said.html", card=card, form=form)


@bp.route("/debits/<string:ref>", methods=["GET", "POST"])
@may(Act.SEND_BATCH)
def debit(ref: str) -> str | Response:
    """Say what a debit was that names no batch of ours, or not rightly."""
    session, viewer, form = requests.session(), current_viewer(), DebitForm()
    card = bank_debits.one(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, REASONS):
            ends = bank_debits.explain(session, viewer, ref, form.said(), now=requests.now())
            flash("记下了，这一行对上了。" if ends else "记下了。这一行还要等下文。", "success")
            return redirect(url_for(".index"), 303)
    return render_template("staff/batches/debit.html", card=card, form=form)
