"""The door of whoever hands over for a work unit: a school's list and acts, and never a payer.

What a unit has alone: before a list is handed over its clerk says whose guardian works there.
"""

from flask import Blueprint, flash, redirect, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from services.work_units import stepping_aside
from vocabulary.enums import Role
from vocabulary.errors import AlreadyDecided
from web.core import hands, requests
from web.core.access import current_viewer, for_roles
from web.core.messages import sentence

HAND = for_roles(Role.UNIT_HAND)

bp = Blueprint("unit_hand", __name__, url_prefix="/unit/hand")
bp.add_url_rule("/", "home", HAND(hands.home))
for part in (*hands.parts(HAND, prints=True), *hands.own_parts(HAND)):
    bp.register_blueprint(part)


@bp.post("/batches/<string:ref>/own-staff")
@HAND
def own_staff(ref: str) -> Response:
    """Keep of which families of a list a guardian works in the unit."""
    home, form = redirect(url_for(".home"), 303), FlaskForm()
    if not form.validate_on_submit():
        return home
    named = request.form.getlist("line")
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        count = stepping_aside.say(session, viewer, ref, own_staff=named, now=now)
    except AlreadyDecided as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "warning")
        return home
    said = (
        f"记下了。这 {count} 份别交，退回账户，往后改由旗妇联转交。"
        if count
        else "记下了，可以交了。"
    )
    flash(said, "success")
    return home
