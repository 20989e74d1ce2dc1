"""What a donor does with one pledge: pay, pause, go on, change, stop, undo."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from services.donors import donors
from services.gate import Card
from services.pledges import changes, pledges
from vocabulary.enums import PledgeKind
from vocabulary.errors import BadInput, Refused
from vocabulary.money import format_yuan_short
from web.core import requests, ways
from web.core.access import behind_link, current_viewer
from web.core.filters import coming
from web.donor import asking, pledge_effects
from web.forms.donor import FreeTermsForm, PaidForm, PauseForm, StopForm, TermsForm
from web.forms.pledge import SENTENCES

bp = Blueprint("pledges", __name__, url_prefix="/pledges")
_TERMS_FAULTS = {
    "unchanged": "和现在的一样，没有要改的。",
    "beyond_need": "孩子这边用不了这么多，已经有人一起帮。请选少一点的，多出来的下面有去处。",
}


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
    return render_template(
        "donor/pledges/pay.html",
        pledge=card,
        form=form,
        is_fresh=is_fresh,
        account=ways.account(card["reference"], now=requests.now()),
        providers=list(ways.online()),
    )


@bp.route("/<string:ref>/pause", methods=["GET", "POST"])
@behind_link("donor_link")
def pause(ref: str) -> str | Response:
    """Ask for a pause, once its first and last day were seen."""
    card = _pledge(ref)
    form = PauseForm().offer(card["rhythm"])
    now = requests.now()
    if form.validate_on_submit() and not asking.wants_edit():
        months = form.months.data
        try:
            seen = changes.foresee_pause(*_who(ref), months=months, now=now)
        except Refused as refusal:
            return asking.refused(refusal)
        mark = f"{seen.from_on}/{months}"
        if asking.is_yes(mark):
            words = f"好，从{coming(seen.from_on)}起停 {months} 个月。"
            act = partial(changes.pause, *_who(ref), months=months, now=now)
            return asking.ask(act, words + "到日子之前可以撤回。")
        return asking.show_effect(form, mark, **pledge_effects.of_pause(card, seen))
    from_on = changes.first_day(*_who(ref), now=now)
    return asking.show("pause", form, card, from_on=from_on)


@bp.post("/<string:ref>/resume")
@behind_link("donor_link")
def resume(ref: str) -> str | Response:
    """Ask to go on before the pause is over, once the first day was seen."""
    card, now = _pledge(ref), requests.now()
    from_on = changes.first_day(*_who(ref), now=now)
    if asking.wants_edit():
        return redirect(url_for("donor.home"), 303)
    if not asking.is_yes(str(from_on)):
        return asking.show_effect(
            FlaskForm(), str(from_on), **pledge_effects.of_resume(card, from_on)
        )
    words = f"好，从{asking.that_day(from_on)}起接着给。到日子之前可以撤回。"
    return asking.ask(partial(changes.resume, *_who(ref), now=now), words)


@bp.route("/<string:ref>/terms", methods=["GET", "POST"])
@behind_link("donor_link")
def terms(ref: str) -> str | Response:
    """Ask for another sum or rhythm, once its first day was seen."""
    card, now = _pledge(ref), requests.now()
    form, is_beyond = _terms_form(card), False
    if form.validate_on_submit() and not asking.wants_edit():
        to = form.asked()
        try:
            seen = changes.foresee_terms(*_who(ref), to=to, now=now)
        except BadInput as refusal:
            is_beyond = refusal.params.get("reason") == "beyond_need"
            _say(form, str(refusal.params.get("reason")))
        else:
            mark = f"{seen.from_on}/{to[0]}/{to[1]}"
            if not asking.is_yes(mark):
                return asking.show_effect(form, mark, **pledge_effects.of_terms(card, seen))
            act = partial(changes.change_terms, *_who(ref), to=to, now=now)
            return asking.ask(act, pledge_effects.said_of_terms(seen))
    days = changes.days_for_terms(*_who(ref), now=now)
    return asking.show("terms", form, card, days=days, is_beyond=is_beyond)


def _say(form: TermsForm | FreeTermsForm, reason: str) -> None:
    first = next(field for field in form if field.name in {"monthly", "amount"})
    first.errors = [_TERMS_FAULTS.get(reason, SENTENCES["amount"])]


def _terms_form(card: Card) -> TermsForm | FreeTermsForm:
    if card["kind"] is PledgeKind.GAP_FUND:
        amount = format_yuan_short(card["instalment_fen"]).removeprefix("¥")
        return FreeTermsForm(amount=amount, rhythm=card["rhythm"].value)
    return TermsForm(monthly=str(card["monthly_fen"]), rhythm=card["rhythm"].value)


@bp.route("/<string:ref>/stop", methods=["GET", "POST"])
@behind_link("donor_link")
def stop(ref: str) -> str | Response:
    """Ask to stop: a question first, with the gentler way beside it."""
    card = _pledge(ref)
    form = StopForm()
    from_on = changes.first_day(*_who(ref), now=requests.now())
    if form.validate_on_submit():
        words = f"记下了，{coming(from_on)}起停。在那之前可以撤回。"
        act = partial(changes.stop, *_who(ref), reason=form.said(), now=requests.now())
        return asking.ask(act, words)
    return asking.show("stop", form, card, from_on=from_on)


@bp.post("/changes/<string:ref>/undo")
@behind_link("donor_link")
def undo(ref: str) -> Response:
    """Take a change back before its day."""
    return asking.ask(partial(changes.undo, *_who(ref), now=requests.now()), "撤回了，一切照旧。")


def _who(ref: str) -> tuple[Any, Any, str]:
    return requests.session(), current_viewer(), ref


def _pledge(ref: str) -> Card:
    return donors.pledge(requests.session(), current_viewer(), ref, now=requests.now())
