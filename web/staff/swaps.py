"""A swap by hand: another pledge for a proposed child, once it is said what the whole loses."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF
from services.pairing import swapping
from web.core import reasons, requests
from web.core.access import current_viewer, for_roles
from web.core.acting import WHATEVER, saying
from web.forms.matches import SwapForm

bp = Blueprint("swaps", __name__, url_prefix="/matches")


@bp.route("/<string:ref>/swap/<string:code>", methods=["GET", "POST"])
@for_roles(*sorted(CASE_STAFF))
def swap(ref: str, code: str) -> str | Response:
    """Give this child another pledge; a refusal is told on the page of its proposal."""
    form = SwapForm()
    is_sure = form.validate_on_submit()
    with saying(but=WHATEVER):
        return _swapped(ref, code, form) if is_sure else _asked(ref, code, form)
    return redirect(url_for("staff.matches.detail", ref=ref), 303)


def _swapped(ref: str, code: str, form: SwapForm) -> Response:
    session, by, note = requests.session(), current_viewer(), form.note.data or ""
    made = swapping.swap(session, by, ref, code, note=note, now=requests.now())
    flash("换好了，等别的审批人决定。你提出的，自己不能批。", "success")
    return redirect(url_for("staff.matches.detail", ref=made[0]), 303)


def _asked(ref: str, code: str, form: SwapForm) -> str:
    found = swapping.foresee(requests.session(), current_viewer(), ref, code, now=requests.now())
    shown = [found["match"], *([found["other"]] if found["other"] else [])]
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in shown])
    cost = reasons.loss(found["cost"]) if found["cost"] else None
    return render_template("staff/swaps/swap.html", swap=found, cost=cost, form=form)
