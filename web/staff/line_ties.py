"""A credit in 待核对 that is no gift: said by the collecting desk, tied by the paying desk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.batches import line_ties
from services.books import receipts
from services.gate import Card
from vocabulary.enums import TieKind
from vocabulary.money import format_yuan
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.core.filters import full_day
from web.forms.line_ties import TargetForm, TieForm
from web.forms.unclaimed import PressForm

bp = Blueprint("line_ties", __name__, url_prefix="/line-ties")
_SAID = {
    "say_what": "请写一句，至少 4 个字。",
    "not_shown": "银行流水里还没有这一笔。等流水上有了再提。",
    "unfit": "这一笔现在合不上了，请刷新后再看。",
}


@bp.route("/receipts/<string:ref>", methods=["GET", "POST"])
@may(Act.RECORD_MONEY)
def ask(ref: str) -> str | Response:
    """Say, as the collecting desk, what a credit is instead of a gift."""
    session, viewer, form = requests.session(), current_viewer(), TieForm()
    card = receipts.one(session, viewer, ref)
    if form.validate_on_submit():
        kind, words = TieKind(form.kind.data), form.words.data or ""
        with onto(form, _SAID):
            line_ties.ask(session, viewer, ref, kind, words=words, now=requests.now())
            flash("记下了，拨付岗来认是哪一笔。认好以前，它还在待核对到账里。", "success")
            return redirect(url_for("staff.receipts.index"), 303)
    return render_template("staff/line_ties/ask.html", card=card, form=form)


@bp.get("/")
@may(Act.SEND_BATCH)
def index() -> str:
    """List for the paying desk what was said."""
    found = line_ties.listing(requests.session(), current_viewer())
    return render_template("staff/line_ties/index.html", found=found)


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.SEND_BATCH)
def detail(ref: str) -> str | Response:
    """Show what it may be; tie it, as the second person."""
    session, viewer, form = requests.session(), current_viewer(), TargetForm()
    card = line_ties.detail(session, viewer, ref)
    form.offer(_choices(card))
    if form.validate_on_submit():
        with onto(form, _SAID):
            line_ties.agree(session, viewer, ref, str(form.target.data), now=requests.now())
            flash("认好了，账上和银行一致，两个人的名字都留着。", "success")
            return redirect(url_for(".index"), 303)
    return render_template("staff/line_ties/detail.html", card=card, form=form, press=PressForm())


def _choices(card: Card) -> list[tuple[str, str]]:
    batches = [(one["ref"], _of_batch(one)) for one in card["batches"]]
    batches += [(one["ref"], _of_debt(one)) for one in card["owed"]]
    return batches + [
        (one["ref"], f"{full_day(one['on'])}支出 {format_yuan(-one['amount_fen'])}")
        for one in card["debits"]
    ]


def _of_batch(one: Card) -> str:
    holder = "户名一致" if one["same_holder"] else "户名不一致，先问银行"
    payee = f"，付给 {one['payee']}（{holder}）" if one["payee"] else "，户名没有留底"
    return f"{full_day(one['sent_on'])}拨付 {format_yuan(one['sent_fen'])}，{one['memo']}{payee}"


def _of_debt(one: Card) -> str:
    hand = one["hand"]["name"] if one.has("hand") else "儿童主任或旗妇联"
    batch = one["batch"]["memo"] if one.has("batch") else ""
    return f"{hand}，还欠 {format_yuan(one['open_fen'])}，{batch}"


@bp.post("/<string:ref>/turn-down")
@may(Act.SEND_BATCH)
def turn_down(ref: str) -> Response:
    """Leave the credit in 待核对."""
    with saying("记下了，都不是。这一笔还在收款岗的待核对到账里。"):
        line_ties.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
