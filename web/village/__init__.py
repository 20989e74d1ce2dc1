"""The village door: families of her own village, and handing over where there is no school."""

from flask import Blueprint, render_template

from services.family_checks import desk
from services.guardians import families as village_families
from services.reveals import reveal_pairs
from vocabulary.enums import Role
from web.core import hands, inboxes, requests
from web.core.access import current_viewer, for_roles
from web.village import families, file, letters, reveals

DIRECTOR = for_roles(Role.VILLAGE_DIRECTOR)

inbox = Blueprint("inbox", __name__)
inboxes.attach(inbox, DIRECTOR)

bp = Blueprint("village", __name__, url_prefix="/village")
own = (families.bp, inbox, reveals.bp, letters.bp, file.bp)
for part in (*hands.parts(DIRECTOR, prints=True), *own):
    bp.register_blueprint(part)


@bp.get("/")
@DIRECTOR
def home() -> str:
    """Show what she hands over herself, then the families she helps to answer."""
    found = village_families.of_village(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("child.read", [f"child:{one['ref']}" for one in found])
    asked = reveal_pairs.questions_in_village(requests.session(), current_viewer())
    drawn = desk.in_village(requests.session(), current_viewer(), now=requests.now())
    return render_template(
        "village/home.html",
        batches=hands.current(),
        families=found,
        asked=asked,
        drawn=drawn,
        door="village",
    )
