"""The policy of weights: tried over the last run's records by the clock, read, then kept or left."""

from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from services.gate import Card
from services.pairing import policies
from services.runs import trials, trying
from services.runs.sides import PLEDGES, SIDES
from vocabulary.enums import TrialStatus
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, Refused, RunDamaged
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import refused, saying
from web.core.messages import sentence
from web.forms.policy import NAMES, KeepForm, weights_form
from web.staff.matching_runs import PHASES, SIDE_NAMES, grouped

bp = Blueprint("policy", __name__, url_prefix="/matching/policy")
_UNDER_WAY = (TrialStatus.ASKED, TrialStatus.RUNNING)


@bp.get("/")
@may(Act.SEE_FAIRNESS)
def index() -> str:
    """Show the weights in force, one's own latest trials, and the versions that were kept."""
    return _page(_kind(request.args.get("kind", PLEDGES)), None)


def _kind(asked: str) -> str:
    if asked not in SIDES:
        raise NotFound()
    return asked


def _page(kind: str, form: FlaskForm | None, fault: str = "") -> str:
    session, viewer = requests.session(), current_viewer()
    own = trying.weights(session, viewer, kind)
    form = form or weights_form(own["numbers"])(formdata=None)
    return render_template(
        "staff/policy/index.html",
        kind=kind,
        sides=SIDE_NAMES,
        own=own,
        form=form,
        fault=fault,
        fields=[form[name] for name in own["numbers"]],
        trials=[
            one.and_also(changed=_changed(own, one))
            for one in trying.own_trials(session, viewer, kind)
        ],
        versions=policies.versions(session, viewer),
    )


@bp.post("/try")
@may(Act.SEE_FAIRNESS)
def attempt() -> str | Response:
    """Ask what other weights would change; the clock takes it up within a minute."""
    kind = request.form.get("kind", "")
    if kind not in SIDES:
        refused("先选是认捐还是爱心妈妈。")
        return redirect(url_for(".index"), 303)
    session, by = requests.session(), current_viewer()
    own = trying.weights(session, by, kind)
    form, fault = weights_form(own["numbers"])(), ""
    if form.validate_on_submit():
        numbers = {name: form[name].data for name in own["numbers"]}
        try:
            ref = trials.ask(session, by, kind, numbers, now=requests.now())
        except (BadInput, AlreadyDecided, RunDamaged) as refusal:
            fault = _said(form, refusal)
        else:
            return redirect(url_for(".trial", ref=ref), 303)
    requests.keep_nothing()
    return _page(kind, form, fault)


def _said(form: FlaskForm, refusal: Refused) -> str:
    """Put a refusal beside its weight; return what belongs to none."""
    if isinstance(refusal, AlreadyDecided):
        return "还没有配过，没有可以试的。第一次配过以后再来。"
    if not isinstance(refusal, BadInput):
        return sentence(refusal)
    form[str(refusal.params["field"])].errors = ["这一项至少 1"]
    return ""


@bp.get("/trials/<string:ref>")
@may(Act.SEE_FAIRNESS)
def trial(ref: str) -> str | Response:
    """Show how far a trial is, asking again by itself, or what the weights would change."""
    return _trial(ref, KeepForm(formdata=None))


def _trial(ref: str, form: KeepForm) -> str | Response:
    session, viewer = requests.session(), current_viewer()
    found = trying.trial(session, viewer, ref)
    own = trying.weights(session, viewer, found["kind"])
    told = found["progress"]
    page = render_template(
        "staff/policy/trial.html",
        trial=found,
        tried=found["found"],
        kinds=grouped(found["found"]) if found["found"] else [],
        changed=_changed(own, found),
        is_old=own["digest"] != found["against"],
        side=SIDE_NAMES[found["kind"]],
        phase=PHASES.get(told.get("phase", "")),
        done=told.get("done", 0),
        of=told.get("of", 0),
        keep_form=form,
        may_keep=not viewer.roles.isdisjoint(PERMISSIONS[Act.KEEP_POLICY]),
    )
    if found["status"] not in _UNDER_WAY:
        return page
    answer = make_response(page)
    answer.headers["Refresh"] = "3"
    return answer


def _changed(own: Card, found: Card) -> list[str]:
    """Say which weights differ from those in force, in words."""
    return [
        f"{NAMES[name]}：{own['numbers'][name]} → {number}"
        for name, number in found["numbers"].items()
        if number != own["numbers"].get(name)
    ]


@bp.post("/trials/<string:ref>/stop")
@may(Act.SEE_FAIRNESS)
def stop(ref: str) -> Response:
    """Stop one's own trial."""
    act = partial(trials.stop, requests.session(), current_viewer(), ref, now=requests.now())
    with saying("正在停，不试了。"):
        act()
    return redirect(url_for(".trial", ref=ref), 303)


@bp.post("/trials/<string:ref>/keep")
@may(Act.KEEP_POLICY)
def keep(ref: str) -> str | Response:
    """Keep what was tried as a new version."""
    form = KeepForm()
    found = trying.trial(requests.session(), current_viewer(), ref)
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _trial(ref, form)
    with saying("留下了。用它的第一次配对要另一位看过才放行。"):
        _keep(found, form.why.data or "")
    return redirect(url_for(".index", kind=found["kind"]), 303)


def _keep(found: Card, why: str) -> None:
    if found["status"] is not TrialStatus.DONE:
        raise AlreadyDecided()
    session, by, now = requests.session(), current_viewer(), requests.now()
    numbers: dict[str, Any] = found["numbers"]
    tried = policies.changed(session, SIDES[found["kind"]].kind, numbers)
    policies.keep(session, by, tried, was=found["against"], why=why, now=now)
