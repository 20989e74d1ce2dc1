"""改付款编号: a booking leaves the pledge it stands under by two people of the collecting desk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import receipt_moves, receipts, sent_on
from vocabulary.errors import WrongState
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.line_ties import MoveAgreeForm, MoveForm
from web.forms.unclaimed import PressForm

bp = Blueprint("receipt_moves", __name__, url_prefix="/receipt-moves")
_SAID = {
    "say_what": "请写一句，至少 4 个字。",
    "typo": "最后一位对不上，多半有一位写错了。",
    "unknown": "没有发出过这个付款编号，再核对一下。",
    "unchanged": "和现在的付款编号一样。",
    "another_reference": "和第一个人填的不一样。再看一遍凭据；还不一样，先别同意。",
    receipts.PAID_ONLINE: "这笔是支付平台说到账的，不是登记时记错，不能改。",
    receipts.ON_STATEMENT: "流水写明了这个付款编号：要改，就写上对的付款编号。",
    sent_on.FUND_SHORT: "这笔钱付的已经拨出去了，要由爱心备用金补上，备用金眼下不够。等有钱进来再点。",
    WrongState.code: "这笔钱退给了人、进了备用金，或是另加的一份，备用金补不了。请和保密员商量。",
}


@bp.get("/")
@may(Act.MOVE_RECEIPT)
def index() -> str:
    """List what was asked, what waits first."""
    found = receipt_moves.listing(requests.session(), current_viewer())
    return render_template("staff/receipt_moves/index.html", found=found)


@bp.route("/receipts/<string:ref>", methods=["GET", "POST"])
@may(Act.MOVE_RECEIPT)
def ask(ref: str) -> str | Response:
    """Ask, as the first person, for one booking to go elsewhere."""
    session, viewer, form = requests.session(), current_viewer(), MoveForm()
    card = receipts.one(session, viewer, ref)
    if form.validate_on_submit():
        to, words = form.reference.data or "", form.words.data or ""
        with onto(form, _SAID):
            made = receipt_moves.ask(session, viewer, ref, to, words=words, now=requests.now())
            flash("记下了，等另一位收款岗的同事同意。", "success")
            return redirect(url_for(".detail", ref=made), 303)
    return render_template("staff/receipt_moves/ask.html", card=card, form=form)


@bp.get("/<string:ref>")
@may(Act.MOVE_RECEIPT)
def detail(ref: str) -> str:
    """Show one and what this person may do about it."""
    return _page(ref, MoveAgreeForm())


@bp.post("/<string:ref>/agree")
@may(Act.MOVE_RECEIPT)
def agree(ref: str) -> str | Response:
    """Agree as the second person."""
    session, viewer, form = requests.session(), current_viewer(), MoveAgreeForm()
    again = form.again.data or ""
    with onto(form, _SAID):
        receipt_moves.agree(session, viewer, ref, again=again, now=requests.now())
        flash("改好了，两个人的名字都留着。原来那一笔不删，另记一笔抵掉。", "success")
        return redirect(url_for(".detail", ref=ref), 303)
    return _page(ref, form)


@bp.post("/<string:ref>/turn-down")
@may(Act.MOVE_RECEIPT)
def turn_down(ref: str) -> Response:
    """Leave it as it is."""
    with saying("记下了，这一笔照旧。"):
        receipt_moves.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


def _page(ref: str, form: MoveAgreeForm) -> str:
    card = receipt_moves.detail(requests.session(), current_viewer(), ref)
    return render_template(
        "staff/receipt_moves/detail.html", card=card, form=form, press=PressForm()
    )
