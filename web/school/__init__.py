"""The school door: whom to hand what, one list, one action; nothing a family said."""

from flask import Blueprint

from vocabulary.enums import Role
from web.core import hands, letters
from web.core.access import for_roles
from web.school import classes

OFFICER = for_roles(Role.SCHOOL_OFFICER)

helped = Blueprint("letters", __name__)
letters.attach(helped, OFFICER, "/children/<string:ref>/letter", role=Role.SCHOOL_OFFICER)

bp = Blueprint("school", __name__, url_prefix="/school")
bp.add_url_rule("/", "home", OFFICER(hands.home))
shared = (*hands.parts(OFFICER, prints=True), *hands.own_parts(OFFICER))
for part in (*shared, classes.bp, helped):
    bp.register_blueprint(part)
