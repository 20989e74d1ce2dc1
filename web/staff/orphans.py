"""没有人能答的余款: what a donor left who has died or is forgotten, given its end by two custodians."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.giving import orphans
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.rests import EndForm
from web.forms.unclaimed import PressForm

bp = Blueprint("orphans", __name__, url_prefix="/rests")


@bp.get("/")
@may(Act.END_REST)
def index() -> str:
    """List what waits."""
    found = orphans.listing(requests.session(), current_viewer())
    return render_template("staff/orphans/index.html", found=found)


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.END_REST)
def detail(ref: str) -> str | Response:
    """Show one; say, as the first person, what becomes of it."""
    session, viewer, form = requests.session(), current_viewer(), EndForm()
    card = orphans.detail(session, viewer, ref)
    form.offer(card["ways"])
    if form.validate_on_submit():
        with onto(form):
            orphans.ask(session, viewer, ref, str(form.way.data), now=requests.now())
            flash("记下了，等另一位保密员同意。", "success")
            return redirect(url_for(".index"), 303)
    return render_template("staff/orphans/detail.html", card=card, form=form, press=PressForm())


@bp.post("/<string:ref>/agree")
@may(Act.END_REST)
def agree(ref: str) -> Response:
    """Carry it out as the second person."""
    with saying("照办了，两个人的名字都留着。"):
        orphans.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/<string:ref>/turn-down")
@may(Act.END_REST)
def turn_down(ref: str) -> Response:
    """Let it wait on."""
    with saying("记下了，接着放着。"):
        orphans.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
