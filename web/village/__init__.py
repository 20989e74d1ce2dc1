"""The village door: families of her own village, and handing over where there is no school."""

from flask import Blueprint, render_template

from services import families as village_families
from services import reveal_pairs
from vocabulary.enums import Role
from web.core import hands, harm, inboxes, requests
from web.core.access import current_viewer, for_roles
from web.village import families, file, letters, reveals

DIRECTOR = for_roles(Role.VILLAGE_DIRECTOR)

handovers = Blueprint("handovers", __name__)
slips = Blueprint("slips", __name__)
hands.attach(handovers, DIRECTOR, prints=True)
hands.attach_slips(slips, DIRECTOR)
inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, DIRECTOR)
worries = Blueprint("harm", __name__)
harm.attach(worries, DIRECTOR)

bp = Blueprint("village", __name__, url_prefix="/village")
for part in (handovers, slips, families.bp, inbox, worries, reveals.bp, letters.bp, file.bp):
    bp.register_blueprint(part)


@bp.get("/")
@DIRECTOR
def home() -> str:
    """Show what she hands over herself, then the families she helps to answer."""
    found = village_families.of_village(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("child.read", [f"child:{one['ref']}" for one in found])
    asked = reveal_pairs.questions_in_village(requests.session(), current_viewer())
    return render_template(
        "village/home.html", batches=hands.current(), families=found, asked=asked, door="village"
    )
