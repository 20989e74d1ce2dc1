"""The register of incidents: what went wrong, whom we told, and who is affected."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.gate import Card
from services.oversight import honey, incidents
from services.oversight.incidents import NewIncident, Span
from vocabulary.enums import FoundBy, Harmed, Role, Told
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.core.subject_words import SUBJECTS
from web.forms.incidents import AffectedForm, IncidentForm, StepForm

bp = Blueprint("incidents", __name__, url_prefix="/incidents")

REASONS = {
    "in_future": "这一天还没到，请再看一遍",
    "after_found": "发生不会晚于发现，请再看一遍",
    "nothing_asked": "填登录名或记录的编号，两样里填一样",
    "unknown_login": "没有这个登录名，请再看一遍",
    "bad_span": "最多查 400 天，先填早的一天，再填晚的一天",
}


@bp.get("/")
@may(Act.SEE_INCIDENTS)
def index() -> str:
    """List incidents, and the honey records that somebody opened."""
    session, viewer = requests.session(), current_viewer()
    return render_template(
        "staff/incidents/index.html",
        title="安全事件",
        found=incidents.listing(session, viewer),
        openings=honey.openings(session, viewer),
    )


@bp.route("/new", methods=["GET", "POST"])
@may(Act.SEE_INCIDENTS)
def new() -> str | Response:
    """Enter an incident."""
    form = IncidentForm()
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, REASONS):
            ref = incidents.enter(session, viewer, _incident(form), now=now)
            flash("记下了。接着查谁受影响，再把告诉了谁记进来。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return render_template("staff/incidents/new.html", title="记一件安全事件", form=form)


def _incident(form: IncidentForm) -> NewIncident:
    return NewIncident(
        what=(form.what.data or "").strip(),
        happened_on=form.happened_on.data,
        found_on=form.found_on.data,
        found_by=FoundBy(form.found_by.data),
        harmed=tuple(Harmed(one) for one in form.harmed.data or ()),
    )


@bp.get("/<string:ref>")
@may(Act.SEE_INCIDENTS)
def detail(ref: str) -> str:
    """Show an incident, its steps, and the question "who is affected"."""
    requests.note_read("incident.read", [f"incident:{ref}"])
    return _detail(ref)


def _detail(
    ref: str,
    *,
    form: StepForm | None = None,
    asked: AffectedForm | None = None,
    answer: Card | None = None,
) -> str:
    incident = incidents.show(requests.session(), current_viewer(), ref)
    days = {"first": incident["happened_on"], "last": incident["found_on"]}
    return render_template(
        "staff/incidents/detail.html",
        title="安全事件",
        incident=incident,
        form=form or StepForm(formdata=None),
        asked=asked or AffectedForm(formdata=None, **days),
        answer=answer,
        kinds=SUBJECTS,
        sees_refs=current_viewer().has(Role.CUSTODIAN),
    )


@bp.post("/<string:ref>/affected")
@may(Act.LIST_AFFECTED)
def affected(ref: str) -> str:
    """Ask the access log; the asking is kept too. Nothing that is typed stands in an address."""
    form, answer = AffectedForm(), None
    if form.validate_on_submit():
        with onto(form, REASONS):
            answer = _affected(form, ref)
    return _detail(ref, asked=form, answer=answer)


def _affected(form: AffectedForm, ref: str) -> Card:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    span = Span(form.first.data, form.last.data)
    if form.login.data:
        login = form.login.data
        return incidents.read_by(session, viewer, ref, login=login, span=span, now=now)
    code = form.code.data or ""
    return incidents.read_who(session, viewer, ref, code=code, span=span, now=now)


@bp.post("/<string:ref>/steps")
@may(Act.SEE_INCIDENTS)
def step(ref: str) -> str | Response:
    """Keep what was done and who was told."""
    session, viewer, form = requests.session(), current_viewer(), StepForm()
    if not form.validate_on_submit():
        return _detail(ref, form=form)
    told = Told(form.told.data) if form.told.data else None
    done = (form.done.data or "").strip()
    with saying():
        incidents.add_step(session, viewer, ref, done=done, told=told, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/close")
@may(Act.SEE_INCIDENTS)
def close(ref: str) -> Response:
    """Say that everything was done."""
    with saying("这一件办完了，记录留着。"):
        incidents.close(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
