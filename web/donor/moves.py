"""Another payer: asked by who pays now; answered by who is asked, behind a link of his own."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.donors import donors
from services.giving import moving
from vocabulary.errors import BadInput, TooManyTries
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.core.filters import full_day
from web.core.messages import sentence
from web.donor import asking, pledge_effects
from web.forms.giving import PayerForm, TakeOverForm
from web.forms.pledge import SENTENCES

bp = Blueprint("moves", __name__)
_OWN = "这是你自己的联系方式。请填对方的。"


@bp.route("/pledges/<string:ref>/payer", methods=["GET", "POST"])
@behind_link("donor_link")
def ask(ref: str) -> str | Response:
    """Ask another person to go on paying, once it was read what that means."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    card = donors.pledge(session, viewer, ref, now=now)
    form = PayerForm()
    form.offer(moving.days(session, viewer, ref, now=now))
    if form.validate_on_submit() and not asking.wants_edit():
        contact = form.contact.data or ""
        how = form.how()
        mark = f"{ref}/{contact}/{how.from_on or ''}/{how.overlap_months}"
        if not asking.is_yes(mark):
            return asking.show_effect(form, mark, **pledge_effects.of_payer(card, contact, how))
        try:
            moving.ask(session, viewer, ref, contact, how=how, now=now)
        except BadInput as refusal:
            is_own = refusal.params.get("reason") == "own"
            form.contact.errors = [_OWN if is_own else SENTENCES["contact"]]
        except TooManyTries as refusal:
            form.contact.errors = [sentence(refusal)]
        else:
            flash("发出去了。对方 14 天内答复都行，有答复告诉你。", "success")
            return redirect(url_for("donor.home"), 303)
    return asking.show("payer", form, card)


@bp.post("/payer/<string:ref>/undo")
@behind_link("donor_link")
def undo(ref: str) -> Response:
    """Take the asking back."""
    act = partial(moving.undo, requests.session(), current_viewer(), ref, now=requests.now())
    return asking.ask(act, "撤回了，还是由你付。")


@bp.route("/take-over/<string:ref>", methods=["GET", "POST"])
@behind_link("donor_link")
def answer(ref: str) -> str | Response:
    """Say yes, after reading what is given, for how long, and who sees what."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    asked = moving.one_asked(session, viewer, ref, now=now)
    form = TakeOverForm()
    if form.validate_on_submit():
        pledge = moving.accept(session, viewer, ref, now=now)
        if asked["is_contact"]:
            flash("说好了，从现在起由你做联系人。", "success")
            return redirect(url_for("donor.groups.show", ref=pledge), 303)
        day = asked["from_on"]
        since = f"从{full_day(day)}那一期起" if day else "从下一期起"
        flash(f"说好了。第一笔到账后，{since}由你接着付。", "success")
        return redirect(url_for("donor.pledges.pay", ref=pledge), 303)
    if request.method == "POST":
        requests.keep_nothing()
    page = "groups/asked" if asked["is_contact"] else "pledges/take_over"
    return render_template(f"donor/{page}.html", form=form, asked=asked)


@bp.post("/take-over/<string:ref>/decline")
@behind_link("donor_link")
def decline(ref: str) -> Response:
    """Say no; whoever was unknown here is forgotten with it."""
    moving.decline(requests.session(), current_viewer(), ref, now=requests.now())
    flash("知道了。留下的联系方式没有用处的，已经删掉。", "success")
    return redirect(url_for("public.home"), 303)
