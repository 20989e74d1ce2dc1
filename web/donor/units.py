"""A donor lets his work unit collect for a pledge, or no more."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from services.work_units import joining
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.forms.work_units import JoinForm

bp = Blueprint("units", __name__, url_prefix="/pledges")


@bp.route("/<string:ref>/unit", methods=["GET", "POST"])
@behind_link("donor_link")
def join(ref: str) -> str | Response:
    """Take the code of a unit."""
    session, viewer, form = requests.session(), current_viewer(), JoinForm()
    card = joining.page(session, viewer, ref)
    if form.validate_on_submit():
        try:
            joining.join(session, viewer, ref, form.code.data or "", now=requests.now())
        except BadInput:
            form.code.errors = ["没有这个代收码。问单位经办人，再看一遍。"]
        else:
            flash("记下了，单位经办人能看到这个付款编号了。", "success")
            return redirect(url_for(".join", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("donor/units/join.html", card=card, form=form)


@bp.post("/<string:ref>/unit/leave")
@behind_link("donor_link")
def leave(ref: str) -> Response:
    """Take a pledge out of its unit's list."""
    if FlaskForm().validate_on_submit():
        joining.leave(requests.session(), current_viewer(), ref, now=requests.now())
        flash("退出了，下次自己付。", "success")
    return redirect(url_for(".join", ref=ref), 303)
