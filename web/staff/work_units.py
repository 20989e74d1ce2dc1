"""Work units: entered by an administrator, before a clerk of one gets an account."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.accounts import staffing
from services.work_units import units
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto
from web.forms.work_units import UnitForm

bp = Blueprint("work_units", __name__, url_prefix="/work-units")
_SAID = {
    "no_name": "单位全称至少两个字。",
    "name_taken": "这里已经有同名的单位。",
    "unknown_place": "没有这个地方，请重新选。",
}


@bp.route("/", methods=["GET", "POST"])
@may(Act.GRANT_ROLE)
def index() -> str | Response:
    """List the units, and take one more."""
    session, viewer, form = requests.session(), current_viewer(), UnitForm()
    form.offer_places(staffing.places(session, viewer))
    if form.validate_on_submit():
        name, region = form.name.data or "", form.region.data
        with onto(form, _SAID):
            units.enter(session, viewer, name, region, now=requests.now())
            flash("记下了。现在可以给它的经办人建帐号。", "success")
            return redirect(url_for(".index"), 303)
    found = units.listing(session, viewer)
    return render_template("staff/work_units/index.html", found=found, form=form)
