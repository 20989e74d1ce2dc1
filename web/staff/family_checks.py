"""抽问家庭: how far each batch's random question is, whom to call or visit, and how it was drawn."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF, Act
from services.family_checks import desk
from services.figures import figures
from vocabulary.enums import Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, FiguresDamaged
from web.core import requests
from web.core.access import current_viewer, for_roles, may
from web.core.messages import sentence
from web.forms.answers import AssistedForm

bp = Blueprint("family_checks", __name__, url_prefix="/family-checks")


@bp.get("/")
@may(Act.SEE_FAMILY_CHECKS)
def index() -> str:
    """Show case staff whom to ask, the auditor the draws, and everybody here the published counts."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    is_staff = viewer.has(*CASE_STAFF)
    asks = desk.to_ask(session, viewer, now=now) if is_staff else []
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in asks])
    try:
        month, damaged = figures.public_month(session), ""
    except FiguresDamaged as refusal:
        month, damaged = None, sentence(refusal)
    return render_template(
        "staff/family_checks/index.html",
        asks=asks,
        batches=desk.batches(session, viewer) if is_staff else None,
        draws=desk.audited(session, viewer) if viewer.has(Role.AUDITOR) else None,
        month=month,
        damaged=damaged,
        is_staff=is_staff,
    )


@bp.route("/<string:ref>", methods=["GET", "POST"])
@for_roles(*CASE_STAFF)
def answer(ref: str) -> str | Response:
    """Enter what one drawn family said on the telephone or at home: 由…代办."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    one, form = desk.line(session, viewer, ref, now=now), AssistedForm()
    if form.validate_on_submit() and _entered(ref, form):
        flash("记下了，由你代办。学校和经手的人什么也看不到。", "success")
        return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{one['child']['ref']}"])
    return render_template("staff/family_checks/answer.html", one=one, form=form)


def _entered(ref: str, form: AssistedForm) -> bool:
    try:
        desk.answer(requests.session(), current_viewer(), ref, form.reply(), now=requests.now())
    except BadInput as refusal:
        form.say(refusal)
    except (ActedBefore, AlreadyDecided) as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False
