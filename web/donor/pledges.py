"""What a donor does with one pledge: pay, pause, go on, change, stop, undo."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from services import changes, donors, pledges
from services.gate import Card
from vocabulary.enums import PledgeKind, Rhythm
from vocabulary.errors import BadInput, NotFound, Refused
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.core.filters import in_yuan
from web.core.messages import sentence
from web.forms.donor import FreeTermsForm, PaidForm, PauseForm, StopForm, TermsForm
from web.forms.pledge import SENTENCES

bp = Blueprint("pledges", __name__, url_prefix="/pledges")
_UNCHANGED = "和现在的一样，没有要改的。"


@bp.route("/<string:ref>/pay", methods=["GET", "POST"])
@behind_link("donor_link")
def pay(ref: str) -> str | Response:
    """Say how to pay, and take the word that it was paid."""
    card = pledges.how_to_pay(requests.session(), current_viewer(), ref)
    form = PaidForm()
    if form.validate_on_submit():
        amount, now = form.fen(), requests.now()
        pledges.said_paid(requests.session(), current_viewer(), ref, amount, now=now)
        flash("知道了。银行的账一般 1 到 3 个工作日核对完，到账了这里会写。", "success")
        return redirect(url_for("donor.home"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    is_fresh = "fresh" in request.args
    return render_template("donor/pledges/pay.html", pledge=card, form=form, is_fresh=is_fresh)


@bp.route("/<string:ref>/pause", methods=["GET", "POST"])
@behind_link("donor_link")
def pause(ref: str) -> str | Response:
    """Ask for a pause."""
    card = _pledge(ref)
    form = PauseForm().offer(card["rhythm"])
    from_on = changes.effective_on(card["rhythm"], card["rhythm"], now=requests.now())
    if form.validate_on_submit():
        months = form.months.data
        words = f"好，从{from_on.month}月{from_on.day}日起停 {months} 个月。到日子之前可以撤回。"
        return _ask(lambda: changes.pause(*_who(ref), months=months, now=requests.now()), words)
    return _show("pause", form, card, from_on=from_on)


@bp.post("/<string:ref>/resume")
@behind_link("donor_link")
def resume(ref: str) -> Response:
    """Ask to go on before the pause is over."""
    words = "好，从下一次到日子起接着给。"
    return _ask(lambda: changes.resume(*_who(ref), now=requests.now()), words)


@bp.route("/<string:ref>/terms", methods=["GET", "POST"])
@behind_link("donor_link")
def terms(ref: str) -> str | Response:
    """Ask for another sum or rhythm."""
    card = _pledge(ref)
    form = _terms_form(card)
    if form.validate_on_submit():
        try:
            changes.change_terms(*_who(ref), to=form.asked(), now=requests.now())
        except BadInput as refusal:
            first = next(field for field in form if field.name in {"monthly", "amount"})
            unchanged = refusal.params.get("reason") == "unchanged"
            first.errors = [_UNCHANGED if unchanged else SENTENCES["amount"]]
        else:
            flash("记下了。到日子之前可以撤回。", "success")
            return redirect(url_for("donor.home"), 303)
    days = {r: changes.effective_on(card["rhythm"], r, now=requests.now()) for r in Rhythm}
    return _show("terms", form, card, days=days)


def _terms_form(card: Card) -> TermsForm | FreeTermsForm:
    if card["kind"] is PledgeKind.GAP_FUND:
        amount = in_yuan(card["instalment_fen"])
        return FreeTermsForm(amount=amount, rhythm=card["rhythm"].value)
    return TermsForm(monthly=str(card["monthly_fen"]), rhythm=card["rhythm"].value)


@bp.route("/<string:ref>/stop", methods=["GET", "POST"])
@behind_link("donor_link")
def stop(ref: str) -> str | Response:
    """Ask to stop: a question first, with the gentler way beside it."""
    card = _pledge(ref)
    form = StopForm()
    from_on = changes.effective_on(card["rhythm"], card["rhythm"], now=requests.now())
    if form.validate_on_submit():
        words = f"记下了，{from_on.month}月{from_on.day}日起停。在那之前可以撤回。"
        return _ask(lambda: changes.stop(*_who(ref), reason=form.said(), now=requests.now()), words)
    return _show("stop", form, card, from_on=from_on)


@bp.post("/changes/<string:ref>/undo")
@behind_link("donor_link")
def undo(ref: str) -> Response:
    """Take a change back before its day."""
    return _ask(lambda: changes.undo(*_who(ref), now=requests.now()), "撤回了，一切照旧。")


def _who(ref: str) -> tuple[Any, Any, str]:
    return requests.session(), current_viewer(), ref


def _pledge(ref: str) -> Card:
    return donors.pledge(requests.session(), current_viewer(), ref, now=requests.now())


def _ask(act: Callable[[], object], words: str) -> Response:
    """Do it and go back to the page with a word about it; a refusal keeps nothing."""
    try:
        act()
    except NotFound:
        raise
    except Refused as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "danger")
    else:
        flash(words, "success")
    return redirect(url_for("donor.home"), 303)


def _show(name: str, form: FlaskForm, card: Card, **more: object) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(f"donor/pledges/{name}.html", form=form, pledge=card, **more)
