"""The school door: whom to hand what, one list, one action; nothing a family said."""

from flask import Blueprint, render_template

from vocabulary.enums import Role
from web.core import hands, harm, inboxes, letters
from web.core.access import for_roles
from web.school import batches, classes

OFFICER = for_roles(Role.SCHOOL_OFFICER)

handovers = Blueprint("handovers", __name__)
slips = Blueprint("slips", __name__)
hands.attach(handovers, OFFICER, prints=True)
hands.attach_slips(slips, OFFICER)
inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, OFFICER)
worries = Blueprint("harm", __name__)
harm.attach(worries, OFFICER)
helped = Blueprint("letters", __name__)
letters.attach(helped, OFFICER, "/children/<string:ref>/letter", role=Role.SCHOOL_OFFICER)

bp = Blueprint("school", __name__, url_prefix="/school")
for part in (handovers, slips, batches.bp, classes.bp, inbox, worries, helped):
    bp.register_blueprint(part)


@bp.get("/")
@OFFICER
def home() -> str:
    """Show this month's list: who is next, who is left, who has it."""
    return render_template("school/home.html", batches=hands.current(), door="school")
