"""What volunteers wrote down about their visits: worries first; and one written down for her."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.care import desk, rhythms, visit_lists, visits
from vocabulary.dates import today
from vocabulary.enums import VisitKind, VisitRhythm
from vocabulary.errors import BadInput, NotFound
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import refused, saying
from web.forms.visits import VisitForm

bp = Blueprint("visits", __name__, url_prefix="/visits")


@bp.get("/")
@may(Act.ANSWER_HARM)
def index() -> str:
    """List worries that nobody took up, then the latest visits."""
    found = visit_lists.desk(requests.session(), current_viewer())
    requests.note_read("child.read", sorted({f"child:{one['child']['ref']}" for one in found}))
    return render_template("staff/visits/index.html", visits=found)


@bp.post("/<string:ref>/take-up")
@may(Act.ANSWER_HARM)
def take_up(ref: str) -> Response:
    """Say that one has called her."""
    act = partial(visits.take_up, requests.session(), current_viewer(), ref, now=requests.now())
    with saying("记下了，由你跟进。"):
        act()
    return redirect(url_for(".index"), 303)


@bp.route("/of/<string:ref>", methods=["GET", "POST"])
@may(Act.NOTE_CARE_ANSWER)
def new(ref: str) -> str | Response:
    """Write down what she told by telephone."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    match = desk.detail(session, viewer, ref, now=now)
    if match["status"] not in visits.PAIRED:
        raise NotFound()
    form = VisitForm(data={"met_on": today(now), "kind": VisitKind.VISIT.value})
    if form.validate_on_submit():
        try:
            visits.record_for(session, viewer, ref, form.visit(), now=now)
        except BadInput as refusal:
            form.say(refusal)
        else:
            flash("替她记下了。", "success")
            return redirect(url_for("staff.care.detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{match['child']['ref']}"])
    return render_template("staff/visits/new.html", match=match, form=form)


@bp.post("/of/<string:ref>/rhythm")
@may(Act.NOTE_CARE_ANSWER)
def rhythm(ref: str) -> Response:
    """Keep how often the two agreed to meet."""
    said = request.form.get("rhythm", "")
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    desk.detail(session, viewer, ref, now=now)
    if said not in set(VisitRhythm):
        refused("先选多久见一次。")
    else:
        with saying("记下了，她的页面上也看得到。"):
            rhythms.agree(session, viewer, ref, VisitRhythm(said), now=now)
    return redirect(url_for("staff.care.detail", ref=ref), 303)
