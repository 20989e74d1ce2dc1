"""The policy of weights: changed on trial over the last run's records, then kept or left."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from services.gate import Card
from services.pairing import policies
from services.runs import trying
from services.runs.sides import PLEDGES, SIDES
from vocabulary.errors import BadInput, NotFound, NotPermitted, Refused
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import refused
from web.core.messages import sentence
from web.forms.policy import NAMES, KeepForm, weights_form
from web.staff.matching_runs import SIDE_NAMES, grouped

bp = Blueprint("policy", __name__, url_prefix="/matching/policy")


@bp.get("/")
@may(Act.SEE_FAIRNESS)
def index() -> str:
    """Show the weights in force; with others in the address, what they would change."""
    kind = request.args.get("kind", PLEDGES)
    if kind not in SIDES:
        raise NotFound()
    return _page(kind, request.args.to_dict(), KeepForm(formdata=None))


def _page(kind: str, asked: dict[str, str], keep_form: KeepForm) -> str:
    session, viewer = requests.session(), current_viewer()
    own = trying.weights(session, viewer, kind)
    is_tried = bool(own["numbers"].keys() & asked.keys())
    form = _form(own, asked if is_tried else None)
    tried = None
    if is_tried and form.validate():
        tried = _attempt(kind, form, own)
    return render_template(
        "staff/policy/index.html",
        kind=kind,
        sides=SIDE_NAMES,
        own=own,
        form=form,
        keep_form=keep_form,
        fields=[form[name] for name in own["numbers"]],
        changed=_changed(own, form) if tried else [],
        tried=tried,
        kinds=grouped(tried) if tried else [],
        versions=policies.versions(session, viewer),
        may_keep=not viewer.roles.isdisjoint(PERMISSIONS[Act.KEEP_POLICY]),
    )


def _form(own: Card, asked: dict[str, str] | None) -> FlaskForm:
    form = weights_form(own["numbers"])
    given = None if asked is None else MultiDict(asked)
    return form(formdata=given, meta={"csrf": False})


def _numbers(own: Card, form: FlaskForm) -> dict[str, int]:
    return {name: form[name].data for name in own["numbers"]}


def _attempt(kind: str, form: FlaskForm, own: Card) -> Card | None:
    try:
        return trying.attempt(requests.session(), current_viewer(), kind, _numbers(own, form))
    except BadInput as refusal:
        form[str(refusal.params["field"])].errors = ["这一项至少 1"]
        return None


def _changed(own: Card, form: FlaskForm) -> list[str]:
    """Say which weights differ, in words."""
    return [
        f"{NAMES[name]}：{own['numbers'][name]} → {number}"
        for name, number in _numbers(own, form).items()
        if number != own["numbers"][name]
    ]


@bp.post("/")
@may(Act.KEEP_POLICY)
def keep() -> str | Response:
    """Keep what was tried as a new version."""
    kind = request.form.get("kind", "")
    if kind not in SIDES:
        refused("先选是认捐还是爱心妈妈。")
        return redirect(url_for(".index"), 303)
    session, by = requests.session(), current_viewer()
    form = KeepForm()
    own = trying.weights(session, by, kind)
    asked = {name: request.form.get(name, "") for name in own["numbers"]}
    numbers = _form(own, asked)
    if not (numbers.validate() and form.validate_on_submit()):
        requests.keep_nothing()
        return _page(kind, asked, form)
    try:
        version = _kept(kind, _numbers(own, numbers), form)
    except (NotFound, NotPermitted):
        raise
    except Refused as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "danger")
        return redirect(url_for(".index", kind=kind), 303)
    flash(f"留下了，版本 {version}。用它的第一次配对要另一位看过才放行。", "success")
    return redirect(url_for(".index", kind=kind), 303)


def _kept(kind: str, numbers: dict[str, Any], form: KeepForm) -> str:
    session, by, now = requests.session(), current_viewer(), requests.now()
    tried = policies.changed(session, SIDES[kind].kind, numbers)
    was = request.form.get("was", "")
    return policies.keep(session, by, tried, was=was, why=form.why.data or "", now=now)
