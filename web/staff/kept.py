"""What a hand kept of an instalment: stated by one person, agreed to by an approver."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import kept, kept_lists
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.kept import KeptForm
from web.forms.returns import AgainForm

bp = Blueprint("kept", __name__)
_SAID = {
    "not_a_part": "比这一期没到的还多，请核对金额。",
    "say_what": "请写一句，至少 4 个字。",
}


@bp.get("/kept/")
@may(Act.ASK_WRITE_OFF)
def index() -> str:
    """List what waits for a second person, then what hands owe and have paid."""
    found = kept_lists.listing(requests.session(), current_viewer())
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found])
    return render_template("staff/kept/index.html", found=found)


@bp.route("/stipends/<string:ref>/kept", methods=["GET", "POST"])
@may(Act.ASK_WRITE_OFF)
def ask(ref: str) -> str | Response:
    """Say how much of one instalment was kept."""
    session, viewer, form = requests.session(), current_viewer(), KeptForm()
    card = kept_lists.line(session, viewer, ref)
    if form.validate_on_submit():
        fen, words = form.fen, form.words.data or ""
        with onto(form, _SAID):
            kept.ask(session, viewer, ref, fen=fen, words=words, now=requests.now())
            flash("记下了，等审批人同意。同意以前，账上不动。", "success")
            return redirect(url_for(".index"), 303)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/kept/ask.html", card=card, form=form)


@bp.get("/kept/<string:ref>")
@may(Act.ASK_WRITE_OFF)
def detail(ref: str) -> str:
    """Show one and what this person may do about it."""
    card = kept_lists.detail(requests.session(), current_viewer(), ref)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/kept/detail.html", card=card, form=AgainForm())


@bp.post("/kept/<string:ref>/agree")
@may(Act.AGREE_WRITE_OFF)
def agree(ref: str) -> Response:
    """Agree as the second person."""
    with saying("核定了，两个人的名字都留着。少的一份由备用金先补给孩子。"):
        kept.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/kept/<string:ref>/turn-down")
@may(Act.ASK_WRITE_OFF)
def turn_down(ref: str) -> Response:
    """Leave it as it is."""
    with saying("记下了，账上没有动，接着查。"):
        kept.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
