"""A list approved at once: what was looked at and ticked, one by one, never one's own."""

from collections import Counter

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF, Act
from services.pairing import approvals, matches
from services.pairing.approvals import Shown
from vocabulary.dates import today
from web.core import requests
from web.core.access import current_viewer, for_roles, may
from web.core.messages import sentence
from web.staff.matches import children_on, rows_of

bp = Blueprint("several", __name__, url_prefix="/matches/several")


@bp.get("/")
@for_roles(*sorted(CASE_STAFF))
def index() -> str:
    """List what waits with a box to tick; one's own has none."""
    viewer, now = current_viewer(), requests.now()
    desk = approvals.desk(requests.session(), viewer, ref=None, show=Shown.ALL, now=now)
    requests.note_read("child.read", children_on(desk))
    own = [approvals.acted_before(card, viewer) for card in desk["rows"]]
    rows = [
        row | {"ref": card["child_ref"], "own": mine}
        for row, card, mine in zip(
            rows_of(desk, Shown.ALL, on=today(now)), desk["rows"], own, strict=True
        )
    ]
    return render_template("staff/several/index.html", rows=rows, total=desk["total"])


@bp.post("/")
@may(Act.APPROVE_MATCH)
def approve() -> Response:
    """Approve what was ticked; say of the others why not."""
    refs = [ref for ref in request.form.getlist("ref") if ref.isalnum()][: approvals.LIMIT]
    if not refs:
        requests.keep_nothing()
        flash("还没有勾选。", "warning")
        return redirect(url_for(".index"), 303)
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = matches.approve_several(session, viewer, refs, now=now)
    left = Counter(sentence(why) for _, why in found if why is not None)
    if done := len(found) - left.total():
        flash(f"{done} 份同意了。", "success")
    for words, count in left.items():
        flash(f"{count} 份没有同意：{words}", "warning")
    return redirect(url_for(".index" if left else "staff.matches.queue"), 303)
