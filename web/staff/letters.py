"""The moderator's desk: original and proposed text side by side, then release or return."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.gate import Card
from services.letters import letter_desk, letter_friends
from vocabulary.enums import LetterReturn
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import NO_LONGER, onto, saying
from web.forms.letters import ERRORS, ReleaseForm, ReturnForm, TypeForm

bp = Blueprint("letters", __name__, url_prefix="/letters")
_TALK = {"reason": LetterReturn.TALK_FIRST.value}


@bp.get("/")
@may(Act.MODERATE_LETTERS)
def index() -> str:
    """List what is not delivered yet, what worries first."""
    found = letter_desk.waiting(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("letter.list", [f"letter:{card['ref']}" for card in found])
    friends = letter_friends.waiting(requests.session(), current_viewer())
    return render_template("staff/letters/index.html", waiting=found, friends=friends)


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.MODERATE_LETTERS)
def detail(ref: str) -> str | Response:
    """Show a letter; take the text that is to go."""
    card = _card(ref)
    form = ReleaseForm(data={"text": card["proposed"]})
    if form.validate_on_submit():
        session, by, now = requests.session(), current_viewer(), requests.now()
        text, seen = form.text.data or "", form.seen.data or ""
        with onto(form, ERRORS):
            letter_desk.release(session, by, ref, text, now=now, seen=seen)
            flash("看过了，和这一批的信一起寄出。", "success")
            return redirect(url_for("staff.letters.index"), 303)
        if form.text.errors:
            form.seen.data = text
    requests.note_read("letter.read", [f"letter:{ref}"])
    return _show(card, release=form)


@bp.post("/<string:ref>/type")
@may(Act.MODERATE_LETTERS)
def type_up(ref: str) -> str | Response:
    """Take the words of a letter that came as a photograph alone."""
    card, form = _card(ref), TypeForm()
    if form.validate_on_submit():
        session, by, now = requests.session(), current_viewer(), requests.now()
        with onto(form, ERRORS):
            letter_desk.type_up(session, by, ref, form.text.data or "", now=now)
            flash("打好了，接着看要不要改。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _show(card, typed=form)


@bp.post("/<string:ref>/return")
@may(Act.MODERATE_LETTERS)
def send_back(ref: str) -> str | Response:
    """Return a letter to its writer."""
    card, form = _card(ref), ReturnForm()
    if form.validate_on_submit():
        reason, now = LetterReturn(form.reason.data), requests.now()
        with onto(form):
            letter_desk.send_back(requests.session(), current_viewer(), ref, reason=reason, now=now)
            flash("退回了，写信的人会知道为什么；另一边什么都不会知道。", "success")
            return redirect(url_for("staff.letters.index"), 303)
    return _show(card, back=form)


@bp.post("/<string:ref>/clear")
@may(Act.MODERATE_LETTERS)
def clear(ref: str) -> Response:
    """Say that what worried was seen to."""
    return _step(ref, letter_desk.clear, "记下了，现在可以看要不要改、能不能寄。")


@bp.post("/<string:ref>/raise")
@may(Act.MODERATE_LETTERS)
def raise_worry(ref: str) -> Response:
    """Put a letter before the case staff."""
    return _step(ref, letter_desk.raise_worry, "告诉经办人和审批人了，处理以前不会寄出。")


@bp.post("/<string:ref>/take-back")
@may(Act.MODERATE_LETTERS)
def take_back(ref: str) -> Response:
    """Look at a released letter again."""
    return _step(ref, letter_desk.take_back, "先不寄，再看一遍。")


def _step(ref: str, act: Callable[..., None], said: str) -> Response:
    with saying(said, ERRORS, but=(BadInput, *NO_LONGER)):
        act(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


def _card(ref: str) -> Card:
    return letter_desk.detail(requests.session(), current_viewer(), ref, now=requests.now())


def _show(
    card: Card,
    *,
    release: ReleaseForm | None = None,
    typed: TypeForm | None = None,
    back: ReturnForm | None = None,
) -> str:
    form = release or ReleaseForm(formdata=None, data={"text": card["proposed"]})
    again = []
    if form.seen.data:
        session, viewer = requests.session(), current_viewer()
        again = letter_desk.remarks(session, viewer, card["ref"], form.seen.data)
    return render_template(
        "staff/letters/detail.html",
        card=card,
        form=form,
        typed=typed or TypeForm(formdata=None),
        back=back or ReturnForm(formdata=None, data=_TALK if card["is_stopped"] else None),
        again=again,
    )
