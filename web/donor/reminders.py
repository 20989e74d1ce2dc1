"""How long before a payment a donor wants to be told."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from services.donors import donors
from services.giving import reminding
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import asking
from web.forms.donor import RemindForm

bp = Blueprint("reminders", __name__, url_prefix="/pledges")


@bp.route("/<string:ref>/reminders", methods=["GET", "POST"])
@behind_link("donor_link")
def choose(ref: str) -> str | Response:
    """Choose how many days ahead."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    card = donors.pledge(session, viewer, ref, now=now)
    form = RemindForm(days=str(card["remind_days"]))
    if form.validate_on_submit():
        days = int(form.days.data)
        reminding.choose(session, viewer, ref, days, now=now)
        flash(f"记下了，钱不够的时候提前 {days} 天告诉你。", "success")
        return redirect(url_for("donor.home"), 303)
    return asking.show("remind", form, card)
