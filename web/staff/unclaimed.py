"""待核对满期: money that nobody claimed in its time, decided by two of the collecting desk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import receipts, refused_backs, unclaimed
from services.gate import Card
from vocabulary.errors import NotFound
from vocabulary.unclaimed import months
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.unclaimed import AgreeForm, AskForm, ClaimForm, PaidForm, PressForm, RefusedForm

bp = Blueprint("unclaimed", __name__, url_prefix="/unclaimed")

_SAID = {
    "say_what": "请写一句，至少 4 个字。",
    "no_account": "请填原来的付款账号，银行回单上有。查不到的，选“转入爱心备用金”。",
    "another_account": "和第一个人填的账号不一样。照银行回单再输一遍；还不一样，先别同意。",
    "not_between": "在两个人定下以后、今天以前。",
    "nobody_asked": "请写问了银行哪一位、怎么说的。",
    # What became of the money meanwhile.
    "waiting": "还没有满公布的期限，先留着等人来认。",
    "decided": "这笔钱已经处理过了，看看“最近的到账”。",
    "spent": "备用金眼下不够放回这一笔，等有钱进来再点。",
}


@bp.get("/")
@may(Act.DECIDE_UNCLAIMED)
def index() -> str:
    """List what waited its whole time, then what was asked and decided."""
    session, viewer = requests.session(), current_viewer()
    overdue = unclaimed.overdue(session, viewer, now=requests.now())
    found = unclaimed.listing(session, viewer)
    return render_template(
        "staff/unclaimed/index.html", overdue=overdue, found=found, months=months()
    )


@bp.route("/receipts/<string:ref>", methods=["GET", "POST"])
@may(Act.DECIDE_UNCLAIMED)
def ask(ref: str) -> str | Response:
    """Ask, as the first person, for one sum to go back or to the fund."""
    session, viewer, form = requests.session(), current_viewer(), AskForm()
    card = receipts.one(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, _SAID):
            made = unclaimed.ask(session, viewer, ref, form.asked(), now=requests.now())
            flash("记下了，等另一位收款岗的同事同意。", "success")
            return redirect(url_for(".detail", ref=made), 303)
    return render_template("staff/unclaimed/ask.html", card=card, form=form)


@bp.get("/<string:ref>")
@may(Act.DECIDE_UNCLAIMED)
def detail(ref: str) -> str:
    """Show one decision and what this person may do about it."""
    return _page(unclaimed.detail(requests.session(), current_viewer(), ref))


@bp.post("/<string:ref>/agree")
@may(Act.DECIDE_UNCLAIMED)
def agree(ref: str) -> str | Response:
    """Agree as the second person."""
    session, viewer, form = requests.session(), current_viewer(), AgreeForm()
    card = unclaimed.detail(session, viewer, ref)
    with onto(form, _SAID):
        unclaimed.agree(session, viewer, ref, again=form.again.data or "", now=requests.now())
        flash("两个人都同意了，名字都留着。", "success")
        return redirect(url_for(".detail", ref=ref), 303)
    return _page(card, form=form)


@bp.post("/<string:ref>/paid")
@may(Act.DECIDE_UNCLAIMED)
def paid(ref: str) -> str | Response:
    """State the day on which the bank sent it back."""
    session, viewer, form = requests.session(), current_viewer(), PaidForm()
    card = unclaimed.detail(session, viewer, ref)
    if form.validate_on_submit() and form.on.data is not None:
        with onto(form, _SAID):
            unclaimed.pay(session, viewer, ref, on=form.on.data, now=requests.now())
            flash("记下了，这笔钱退回了原来的账户。", "success")
            return redirect(url_for(".index"), 303)
    return _page(card, day=form)


@bp.post("/<string:ref>/refused")
@may(Act.DECIDE_UNCLAIMED)
def refused(ref: str) -> str | Response:
    """State on the bank's word that it did not leave; the money waits again."""
    session, viewer, form = requests.session(), current_viewer(), RefusedForm()
    card = unclaimed.detail(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, _SAID):
            note = form.note.data or ""
            refused_backs.of_unclaimed(session, viewer, ref, note=note, now=requests.now())
            flash("记下了。这笔钱又在“待核对满期”里，照回单重新提一次。", "success")
            return redirect(url_for(".index"), 303)
    return _page(card, bank=form)


@bp.post("/<string:ref>/turn-down")
@may(Act.DECIDE_UNCLAIMED)
def turn_down(ref: str) -> Response:
    """Leave the money where it is."""
    with saying("记下了，先不动，接着等。"):
        unclaimed.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.route("/<string:ref>/claimed", methods=["GET", "POST"])
@may(Act.DECIDE_UNCLAIMED)
def claim(ref: str) -> str | Response:
    """Ask for what went to the fund to wait again: its payer came forward."""
    session, viewer, form = requests.session(), current_viewer(), ClaimForm()
    card = unclaimed.detail(session, viewer, ref)
    if not card["may_be_claimed"]:
        raise NotFound()
    if form.validate_on_submit():
        words = form.words.data or ""
        with onto(form, _SAID):
            made = unclaimed.claim(session, viewer, ref, words=words, now=requests.now())
            flash("记下了，等另一位收款岗的同事同意。", "success")
            return redirect(url_for(".detail", ref=made), 303)
    return render_template("staff/unclaimed/claim.html", card=card, form=form)


def _page(
    card: Card,
    *,
    form: AgreeForm | None = None,
    day: PaidForm | None = None,
    bank: RefusedForm | None = None,
) -> str:
    return render_template(
        "staff/unclaimed/detail.html",
        card=card,
        form=form or AgreeForm(),
        day=day or PaidForm(),
        bank=bank or RefusedForm(),
        press=PressForm(),
    )
