"""The volunteer's door: where she stands, and what she still lacks."""

from flask import Blueprint, render_template

from services.care import hers, visit_lists
from services.letters import letter_friends
from services.pairing import volunteers
from vocabulary.enums import Role
from web.core import care_words, harm, inboxes, requests
from web.core.access import current_viewer, for_roles
from web.core.letters import as_role
from web.volunteer import care, letters, visits

MOTHER = for_roles(Role.VOLUNTEER)

inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, MOTHER)

worries = Blueprint("harm", __name__)
harm.attach(worries, MOTHER)

bp = Blueprint("volunteer", __name__, url_prefix="/volunteer")
bp.register_blueprint(inbox)
bp.register_blueprint(letters.bp)
bp.register_blueprint(care.bp)
bp.register_blueprint(visits.bp)
bp.register_blueprint(worries)


@bp.get("/")
@MOTHER
def home() -> str:
    """Show her own state: which papers count until when, and which are missing."""
    me = volunteers.myself(requests.session(), current_viewer(), now=requests.now())
    if me is not None:
        requests.note_read("volunteer.read", [f"volunteer:{me['ref']}"])
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    paired = hers.children(session, viewer, now=now)
    shown = [f"child:{one['child']['ref']}" for one in paired if one.has("child")]
    if shown:
        requests.note_read("child.read", shown)
    friends = letter_friends.mine(requests.session(), as_role(Role.VOLUNTEER))
    return render_template(
        "volunteer/home.html",
        volunteer=me,
        friends=friends,
        asked=hers.proposals(session, viewer, now=now),
        waiting=hers.waiting(session, viewer),
        paired=paired,
        last=visit_lists.last_days(session, viewer),
        words=care_words,
    )
