"""Money lost on its way: one asks for it to be written off, an approver agrees."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.books import write_offs
from vocabulary.enums import WriteOffReason
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.returns import AgainForm, WriteOffForm

bp = Blueprint("write_offs", __name__)


@bp.get("/write-offs/")
@may(Act.ASK_WRITE_OFF)
def index() -> str:
    """List what waits for a second person, then what was decided."""
    found = write_offs.listing(requests.session(), current_viewer())
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found])
    return render_template("staff/write_offs/index.html", found=found)


@bp.route("/stipends/<string:ref>/write-off", methods=["GET", "POST"])
@may(Act.ASK_WRITE_OFF)
def ask(ref: str) -> str | Response:
    """Ask for one instalment on its way to be written off."""
    session, viewer = requests.session(), current_viewer()
    card, form = write_offs.lost(session, viewer, ref), WriteOffForm()
    if form.validate_on_submit():
        reason = WriteOffReason(form.reason.data)
        with onto(form):
            write_offs.ask(session, viewer, ref, reason=reason, now=requests.now())
            flash("记下了，等审批人同意后核销。", "success")
            return redirect(url_for(".index"), 303)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/write_offs/ask.html", card=card, form=form)


@bp.get("/write-offs/<string:ref>")
@may(Act.ASK_WRITE_OFF)
def detail(ref: str) -> str:
    """Show one request and what this person may do about it."""
    card = write_offs.detail(requests.session(), current_viewer(), ref)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/write_offs/detail.html", card=card, form=AgainForm())


@bp.post("/write-offs/<string:ref>/agree")
@may(Act.AGREE_WRITE_OFF)
def agree(ref: str) -> Response:
    """Write it off as the second person."""
    with saying("核销了，两个人的名字都留着。"):
        write_offs.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/write-offs/<string:ref>/turn-down")
@may(Act.ASK_WRITE_OFF)
def turn_down(ref: str) -> Response:
    """Leave it as it is."""
    with saying("记下了，不核销，接着查。"):
        write_offs.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
