"""A volunteer's own log: a visit in a few taps, a worry that calls the case worker, what stands."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.care import hers, visit_lists, visits
from services.gate import Card
from services.letters.letter_screening import Piece
from vocabulary.dates import today
from vocabulary.enums import Role, VisitKind
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import current_viewer, for_roles
from web.core.acting import saying
from web.forms.visits import VisitForm

bp = Blueprint("visits", __name__, url_prefix="/visits")
MOTHER = for_roles(Role.VOLUNTEER)
WORRIED = "收到了。经办人今天给你打电话；现在就有危险，先打 110。"


@bp.route("/<string:ref>", methods=["GET", "POST"])
@MOTHER
def show(ref: str) -> str | Response:
    """Write a visit down, over the ones that stand."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    pair = hers.pair(session, viewer, ref, now=now)
    form = VisitForm(data={"met_on": today(now), "kind": VisitKind.VISIT.value})
    warned: list[Piece] = []
    if form.validate_on_submit():
        warned = _warnings(form)
        if not warned and _recorded(ref, form):
            return redirect(url_for(".show", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return _page(ref, pair, form, warned)


def _warnings(form: VisitForm) -> list[Piece]:
    """Ask once before a name or a place is kept; a worry is never asked about first."""
    is_sure = "sure" in request.form or bool(form.is_worry.data)
    return [] if is_sure else visits.warnings(current_viewer(), form.words.data or "")


def _recorded(ref: str, form: VisitForm) -> bool:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        is_called = visits.record(session, viewer, ref, form.visit(), now=now)
    except BadInput as refusal:
        form.say(refusal)
        return False
    flash(WORRIED if is_called else "记下了，谢谢你去看孩子。", "success")
    return True


def _page(ref: str, pair: Card, form: VisitForm, warned: list[Piece]) -> str:
    if pair.has("child"):
        requests.note_read("child.read", [f"child:{pair['child']['ref']}"])
    found = visit_lists.hers(requests.session(), current_viewer(), ref, now=requests.now())
    return render_template(
        "volunteer/visits/show.html", pair=pair, form=form, warned=warned, visits=found
    )


@bp.post("/<string:ref>/take-back")
@MOTHER
def take_back(ref: str) -> Response:
    """Take back what was written down today by mistake."""
    act = partial(visits.take_back, requests.session(), current_viewer(), ref, now=requests.now())
    with saying("撤回了。"):
        act()
    return redirect(url_for("volunteer.home"), 303)
