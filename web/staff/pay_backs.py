"""余款退回: what a stopped pledge had left goes back where it came from, by two and the paying desk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import pay_backs, refused_backs
from services.gate import Card
from services.handover.slips import amount_words
from vocabulary.enums import Role
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import WHATEVER, onto, saying
from web.forms.rests import AccountForm
from web.forms.unclaimed import AgreeForm, PaidForm, PressForm, RefusedForm

bp = Blueprint("pay_backs", __name__, url_prefix="/pay-backs")
_SAID = {
    "another_holder": "和银行流水上的付款户名不一样。只退回付款的那个户名；填错了就照回单改。",
    "missing": "请照银行回单填。",
    "no_account": "账号太短，照银行回单再看一遍。",
    "another_account": "和第一个人填的账号不一样。照银行回单再输一遍；还不一样，先别同意。",
    "not_between": "在拨付岗放行以后、今天以前。",
    "nobody_asked": "请写问了银行哪一位、怎么说的。",
}


@bp.get("/")
@may(Act.PAY_BACK)
def index() -> str:
    """List the desk's own."""
    viewer = current_viewer()
    found = pay_backs.listing(requests.session(), viewer)
    ends = viewer.has(Role.CUSTODIAN)
    return render_template("staff/pay_backs/index.html", found=found, ends=ends)


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.PAY_BACK)
def detail(ref: str) -> str | Response:
    """Show one; take the account that it goes to, as the first person."""
    session, viewer, form = requests.session(), current_viewer(), AccountForm()
    card = pay_backs.detail(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, _SAID):
            pay_backs.make(session, viewer, ref, form.said(), now=requests.now())
            flash("记下了，等另一位同事照回单再输一遍账号。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _page(card, form=form)


@bp.post("/<string:ref>/agree")
@may(Act.PAY_BACK)
def agree(ref: str) -> str | Response:
    """Agree as the second person."""
    session, viewer, form = requests.session(), current_viewer(), AgreeForm()
    card = pay_backs.detail(session, viewer, ref)
    with onto(form, _SAID):
        pay_backs.agree(session, viewer, ref, again=form.again.data or "", now=requests.now())
        flash("两个人都核对了，等拨付岗放行。", "success")
        return redirect(url_for(".detail", ref=ref), 303)
    return _page(card, again=form)


@bp.post("/<string:ref>/turn-down")
@may(Act.PAY_BACK)
def turn_down(ref: str) -> Response:
    """Let it be made out anew."""
    with saying("填的账户清掉了，重新填一次。"):
        pay_backs.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/order")
@may(Act.PAY_BACK)
def order(ref: str) -> str | Response:
    """Show what the bank is to be given, with the whole number; it is traced."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    with saying(but=WHATEVER):
        card, number = pay_backs.order(session, viewer, ref, now=now)
        words = amount_words(card["fen"])
        return render_template("staff/pay_backs/order.html", card=card, number=number, words=words)
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/paid")
@may(Act.PAY_BACK)
def paid(ref: str) -> str | Response:
    """State the day on which the bank sent it back."""
    session, viewer, form = requests.session(), current_viewer(), PaidForm()
    card = pay_backs.detail(session, viewer, ref)
    if form.validate_on_submit() and form.on.data is not None:
        with onto(form, _SAID):
            pay_backs.pay(session, viewer, ref, on=form.on.data, now=requests.now())
            flash("记下了，这笔钱退回了原来的账户。", "success")
            return redirect(url_for(".index"), 303)
    return _page(card, day=form)


@bp.post("/<string:ref>/refused")
@may(Act.PAY_BACK)
def refused(ref: str) -> str | Response:
    """State on the bank's word that it did not leave; it is made out anew."""
    session, viewer, form = requests.session(), current_viewer(), RefusedForm()
    card = pay_backs.detail(session, viewer, ref)
    if form.validate_on_submit():
        with onto(form, _SAID):
            note = form.note.data or ""
            refused_backs.of_rest(session, viewer, ref, note=note, now=requests.now())
            flash("记下了。同一笔钱换了附言重新列出来，照回单再填一次账户。", "success")
            return redirect(url_for(".index"), 303)
    return _page(card, bank=form)


@bp.get("/release")
@may(Act.SEND_BATCH)
def to_release() -> str:
    """List for the paying desk what waits for its release: sum and memo, no name."""
    found = pay_backs.to_release(requests.session(), current_viewer())
    return render_template("staff/pay_backs/to_release.html", found=found, press=PressForm())


@bp.post("/<string:ref>/release")
@may(Act.SEND_BATCH)
def release(ref: str) -> Response:
    """Let one go to the bank."""
    with saying("放行了，由核对的人去银行退。", but=WHATEVER):
        pay_backs.release(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".to_release"), 303)


def _page(
    card: Card,
    *,
    form: AccountForm | None = None,
    again: AgreeForm | None = None,
    day: PaidForm | None = None,
    bank: RefusedForm | None = None,
) -> str:
    """Show one with its forms; the one that was refused comes back as it was filled in."""
    return render_template(
        "staff/pay_backs/detail.html",
        card=card,
        form=form or AccountForm(),
        again=again or AgreeForm(),
        day=day or PaidForm(),
        bank=bank or RefusedForm(),
        press=PressForm(),
    )
