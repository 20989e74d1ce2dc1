"""The volunteer's door: where she stands, and what she still lacks."""

from flask import Blueprint, render_template

from services import letter_friends, volunteers
from vocabulary.enums import Role
from web.core import inboxes, requests
from web.core.access import current_viewer, for_roles
from web.core.letters import as_role
from web.volunteer import letters

MOTHER = for_roles(Role.VOLUNTEER)

inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, MOTHER)

bp = Blueprint("volunteer", __name__, url_prefix="/volunteer")
bp.register_blueprint(inbox)
bp.register_blueprint(letters.bp)


@bp.get("/")
@MOTHER
def home() -> str:
    """Show her own state: which papers count until when, and which are missing."""
    me = volunteers.myself(requests.session(), current_viewer(), now=requests.now())
    if me is not None:
        requests.note_read("volunteer.read", [f"volunteer:{me['ref']}"])
    friends = letter_friends.mine(requests.session(), as_role(Role.VOLUNTEER))
    return render_template("volunteer/home.html", volunteer=me, friends=friends)
