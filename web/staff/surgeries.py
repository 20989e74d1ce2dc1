"""A sum for a child's surgery: one of the staff asks for it, an approver agrees."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.earmarks import surgeries
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.returns import AgainForm
from web.forms.surgeries import SurgeryForm

bp = Blueprint("surgeries", __name__)
_SAID = {"missing": "请写医院怎么说，最多 300 字。"}


@bp.get("/surgeries/")
@may(Act.ASK_SURGERY)
def index() -> str:
    """List what waits for a second person, then what was decided."""
    found = surgeries.listing(requests.session(), current_viewer())
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found])
    return render_template("staff/surgeries/index.html", found=found)


@bp.route("/children/<string:ref>/surgery", methods=["GET", "POST"])
@may(Act.ASK_SURGERY)
def ask(ref: str) -> str | Response:
    """Ask for a sum for one child."""
    session, viewer = requests.session(), current_viewer()
    child, form = surgeries.child(session, viewer, ref), SurgeryForm()
    if form.validate_on_submit():
        note, now = form.note.data or "", requests.now()
        with onto(form, _SAID):
            surgeries.ask(session, viewer, ref, form.fen, note, now=now)
            flash("记下了，等审批人同意。", "success")
            return redirect(url_for(".index"), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/surgeries/ask.html", child=child, form=form)


@bp.get("/surgeries/<string:ref>")
@may(Act.ASK_SURGERY)
def detail(ref: str) -> str:
    """Show one request and what this person may do about it."""
    card = surgeries.detail(requests.session(), current_viewer(), ref)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/surgeries/detail.html", card=card, form=AgainForm())


@bp.post("/surgeries/<string:ref>/agree")
@may(Act.AGREE_SURGERY)
def agree(ref: str) -> Response:
    """Agree as the second person."""
    with saying("同意了，随下一批拨付；钱够了才走。"):
        surgeries.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/surgeries/<string:ref>/turn-down")
@may(Act.ASK_SURGERY)
def turn_down(ref: str) -> Response:
    """Leave it as it is."""
    with saying("记下了，这笔不付。"):
        surgeries.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
