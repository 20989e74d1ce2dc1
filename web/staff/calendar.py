"""校历: a banner's school holidays, looked at before they are kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import places
from services.gate import Card
from services.routes import calendar
from vocabulary.enums import HolidayKind
from vocabulary.errors import BadInput, NotPermitted
from web.core import requests
from web.core.access import current_viewer, may
from web.forms.routes import HolidayForm, WithdrawHolidayForm

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

REASONS = {
    "before_start": "最后一天在第一天以前，请再看一遍",
    "too_long": "一个假期最多 100 天，请再看一遍",
    "not_between": "还没有过完、一年半以内的假期才能填",
    "too_far_ahead": "连着的几个假期算一个：最后一个月要提前三个多月发，太早了。请看一遍日子",
    "overlaps": "和已经填的假期重叠了，先收回那一个",
}


@bp.route("/", methods=["GET", "POST"])
@may(Act.ENTER_CALENDAR)
def index() -> str | Response:
    """List the holidays; show what a new one would do, then keep it."""
    session, viewer = requests.session(), current_viewer()
    form, seen = HolidayForm(), None
    form.offer(places.banners(session, viewer))
    if form.validate_on_submit():
        seen = _looked(form)
        if seen is not None and "keep" in request.form:
            kind, banner = HolidayKind(form.kind.data), form.banner.data
            calendar.enter(session, viewer, banner, kind, form.closed(), now=requests.now())
            flash("记下了。假期里到期的，放假前那一批一起发。", "success")
            return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    found = calendar.listing(session, viewer, now=requests.now())
    return render_template("staff/calendar/index.html", holidays=found, form=form, seen=seen)


def _looked(form: HolidayForm) -> Card | None:
    """Return what a holiday would do, or put on the form why it cannot be."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        return calendar.preview(session, viewer, form.banner.data, form.closed(), now=now)
    except BadInput as refusal:
        form[str(refusal.params["field"])].errors = [REASONS[str(refusal.params["reason"])]]
    except NotPermitted:
        form.banner.errors = ["请选自己旗县的"]
    return None


@bp.post("/withdraw")
@may(Act.ENTER_CALENDAR)
def withdraw() -> Response:
    """Take a holiday back."""
    form = WithdrawHolidayForm()
    if form.validate_on_submit():
        ref = form.ref.data or ""
        calendar.withdraw(requests.session(), current_viewer(), ref, now=requests.now())
        flash("收回了。已经提前开出的照样发，不会再开一次。", "success")
    return redirect(url_for(".index"), 303)
