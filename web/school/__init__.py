"""The school door: whom to hand what, one list, one action; nothing a family said."""

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from vocabulary.enums import Role
from vocabulary.errors import LinkExpired
from web.core import hands, letters
from web.core.access import for_roles, link_viewer
from web.school import classes

OFFICER = for_roles(Role.SCHOOL_OFFICER)

helped = Blueprint("letters", __name__)
letters.attach(helped, OFFICER, "/children/<string:ref>/letter", role=Role.SCHOOL_OFFICER)

bp = Blueprint("school", __name__, url_prefix="/school")
bp.add_url_rule("/", "home", OFFICER(hands.home))
shared = (*hands.parts(OFFICER, prints=True), *hands.own_parts(OFFICER))
for part in (*shared, classes.bp, helped):
    bp.register_blueprint(part)


@bp.before_request
def _lead_to_her_class() -> Response | None:
    """Lead a class teacher who scans a stub to her own door: the code on it names the school's."""
    is_scan = request.endpoint == "school.slips.scanned" and request.method == "GET"
    if not is_scan or current_user.is_authenticated:
        return None
    try:
        link_viewer("class_link")
    except LinkExpired:
        return None
    return redirect(url_for("classroom.slips.scanned", **request.view_args or {}))
