"""The check before two people know each other: by pledge code and child, and two of the staff."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.gate import Card
from services.reveals import reveal_checks
from vocabulary.enums import ChildWord, RevealBar
from vocabulary.errors import ActedBefore, BadInput, NoConsent
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto
from web.forms.reveals import BarForm, CheckForm, SecondForm

bp = Blueprint("reveals", __name__, url_prefix="/reveals")
_SAID = {"word": "孩子没有说愿意，不能往下办。孩子不愿意，请到下面点“不让互相认识”。"}


@bp.get("/")
@may(Act.CHECK_REVEAL)
def index() -> str:
    """List the checks that wait."""
    found = reveal_checks.waiting(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("child.read", [f"child:{card['child']['ref']}" for card in found])
    return render_template("staff/reveals/index.html", waiting=found)


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.CHECK_REVEAL)
def detail(ref: str) -> str | Response:
    """Show one check; the first of two people brings the child's word, the second agrees."""
    card = _card(ref)
    form = SecondForm() if card["first_by"] else CheckForm()
    if form.validate_on_submit():
        word = ChildWord(form.word.data) if isinstance(form, CheckForm) else None
        session, by, now = requests.session(), current_viewer(), requests.now()
        with onto(form, _SAID, but=(BadInput, ActedBefore, NoConsent)):
            both = reveal_checks.confirm(session, by, ref, word=word, now=now)
            flash("好了，两边现在互相认识了。" if both else "记下了，等另一位同事。", "success")
            return redirect(url_for("staff.reveals.index"), 303)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return _show(card, form, BarForm())


@bp.post("/<string:ref>/turn-down")
@may(Act.CHECK_REVEAL)
def turn_down(ref: str) -> str | Response:
    """Let nothing be shown."""
    card, form = _card(ref), BarForm()
    if form.validate_on_submit():
        bar, now = RevealBar(form.bar.data), requests.now()
        with onto(form, but=(ActedBefore,)):
            reveal_checks.turn_down(requests.session(), current_viewer(), ref, bar=bar, now=now)
            flash("记下了。两边都不会知道是谁没同意、为什么。", "success")
            return redirect(url_for("staff.reveals.index"), 303)
    return _show(card, SecondForm() if card["first_by"] else CheckForm(formdata=None), form)


def _card(ref: str) -> Card:
    return reveal_checks.detail(requests.session(), current_viewer(), ref, now=requests.now())


def _show(card: Card, form: CheckForm | SecondForm, bar: BarForm) -> str:
    return render_template("staff/reveals/detail.html", card=card, form=form, bar=bar)
