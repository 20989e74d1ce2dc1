"""Reports that somebody fears for a child: the list of work, and who sees to each."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import harm
from vocabulary.errors import AlreadyDecided
from web.core import harm as button
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence

bp = Blueprint("harm", __name__)
button.attach(bp, may(Act.ANSWER_HARM))


@bp.get("/harm")
@may(Act.ANSWER_HARM)
def index() -> str:
    """List the reports, those nobody has taken up first."""
    found = harm.reports(requests.session(), current_viewer())
    requests.note_read("harm.read", [f"harm:{one['ref']}" for one in found])
    return render_template("staff/harm/index.html", reports=found)


@bp.post("/harm/<string:ref>/take-up")
@may(Act.ANSWER_HARM)
def take_up(ref: str) -> Response:
    """Take one up; the second to do so is told."""
    try:
        harm.take_up(requests.session(), current_viewer(), ref, now=requests.now())
    except AlreadyDecided as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "warning")
    else:
        flash("记下了，由你接手。先确认孩子现在安全。", "success")
    return redirect(url_for("staff.harm.index"), 303)
