"""余款退回: what a stopped pledge had left goes back where it came from, by two and the paying desk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import pay_backs
from services.gate import Card
from services.handover.slips import amount_words
from vocabulary.enums import Role
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    BooksDisagree,
    ClockLeapt,
    NotFound,
    Refused,
)
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.rests import AccountForm
from web.forms.unclaimed import AgreeForm, PaidForm, PressForm

bp = Blueprint("pay_backs", __name__, url_prefix="/pay-backs")
_SAID = {
    "another_holder": "和银行流水上的付款户名不一样。只退回付款的那个户名；填错了就照回单改。",
    "missing": "请照银行回单填。",
    "no_account": "账号太短，照银行回单再看一遍。",
    "another_account": "和第一个人填的账号不一样。照银行回单再输一遍；还不一样，先别同意。",
    "not_between": "在拨付岗放行以后、今天以前。",
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
    if not form.is_submitted():
        return _page(card, form, AgreeForm(), PaidForm())
    if form.validate():
        try:
            pay_backs.make(session, viewer, ref, form.said(), now=requests.now())
        except (BadInput, AlreadyDecided) as refusal:
            _onto(form, refusal)
        else:
            flash("记下了，等另一位同事照回单再输一遍账号。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    requests.keep_nothing()
    return _page(card, form, AgreeForm(), PaidForm())


@bp.post("/<string:ref>/agree")
@may(Act.PAY_BACK)
def agree(ref: str) -> str | Response:
    """Agree as the second person."""
    session, viewer, form = requests.session(), current_viewer(), AgreeForm()
    card = pay_backs.detail(session, viewer, ref)
    form.validate_on_submit()
    try:
        pay_backs.agree(session, viewer, ref, again=form.again.data or "", now=requests.now())
    except (ActedBefore, AlreadyDecided, BadInput) as refusal:
        requests.keep_nothing()
        _onto(form, refusal)
        return _page(card, AccountForm(), form, PaidForm())
    flash("两个人都核对了，等拨付岗放行。", "success")
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/turn-down")
@may(Act.PAY_BACK)
def turn_down(ref: str) -> Response:
    """Let it be made out anew."""
    try:
        pay_backs.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    except AlreadyDecided as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "warning")
    else:
        flash("填的账户清掉了，重新填一次。", "success")
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/order")
@may(Act.PAY_BACK)
def order(ref: str) -> str | Response:
    """Show what the bank is to be given, with the whole number; it is traced."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        card, number = pay_backs.order(session, viewer, ref, now=now)
    except (AlreadyDecided, BooksDisagree, ClockLeapt) as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "warning")
        return redirect(url_for(".detail", ref=ref), 303)
    words = amount_words(card["fen"])
    return render_template("staff/pay_backs/order.html", card=card, number=number, words=words)


@bp.post("/<string:ref>/paid")
@may(Act.PAY_BACK)
def paid(ref: str) -> str | Response:
    """State the day on which the bank sent it back."""
    session, viewer, form = requests.session(), current_viewer(), PaidForm()
    card = pay_backs.detail(session, viewer, ref)
    if form.validate_on_submit() and form.on.data is not None:
        try:
            pay_backs.pay(session, viewer, ref, on=form.on.data, now=requests.now())
        except (AlreadyDecided, BadInput) as refusal:
            _onto(form, refusal)
        else:
            flash("记下了，这笔钱退回了原来的账户。", "success")
            return redirect(url_for(".index"), 303)
    requests.keep_nothing()
    return _page(card, AccountForm(), AgreeForm(), form)


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
    try:
        pay_backs.release(requests.session(), current_viewer(), ref, now=requests.now())
    except NotFound:
        raise
    except Refused as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "warning")
    else:
        flash("放行了，由核对的人去银行退。", "success")
    return redirect(url_for(".to_release"), 303)


def _onto(form: AccountForm | AgreeForm | PaidForm, refusal: Refused) -> None:
    name = str(refusal.params.get("field", ""))
    if name in form:
        form[name].errors = [_SAID[str(refusal.params["reason"])]]
    else:
        form.form_errors.append(sentence(refusal))


def _page(card: Card, form: AccountForm, again: AgreeForm, day: PaidForm) -> str:
    return render_template(
        "staff/pay_backs/detail.html",
        card=card,
        form=form,
        again=again,
        day=day,
        press=PressForm(),
    )
