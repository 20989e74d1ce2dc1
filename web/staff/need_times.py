"""When somebody may come for one of a child's needs, changed."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.children import child_file, children
from vocabulary.enums import CareTime, NeedKind
from vocabulary.errors import AlreadyDecided, NotFound
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.forms.children import TimesForm

bp = Blueprint(
    "need_times", __name__, url_prefix="/children/<string:ref>/need/<string:need_ref>/times"
)
_NO_TIMES = "助学金不分时间，不用选。"


@bp.route("", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def change(ref: str, need_ref: str) -> str | Response:
    """Show the form; keep the times."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = child_file.detail(session, viewer, ref, now=now)
    need = next((one for one in child["needs"] if one["ref"] == need_ref), None)
    if need is None:
        raise NotFound()
    if need["kind"] is NeedKind.FINANCIAL:
        flash(_NO_TIMES, "warning")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    form = TimesForm(times=need["times"].split())
    if form.validate_on_submit():
        times = [CareTime(one) for one in form.times.data or []]
        with saying(but=(AlreadyDecided,)):
            children.change_times(session, viewer, need_ref, times, now=now)
            flash("记下了，今晚起按这个时间配。", "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/need_times/change.html", child=child, need=need, form=form)
