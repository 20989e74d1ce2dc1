"""One child under its code name, with every instalment."""

from flask import Blueprint, render_template

from services.donors import donors
from web.core import requests
from web.core.access import behind_link, current_viewer

bp = Blueprint("matches", __name__, url_prefix="/children")


@bp.get("/<string:ref>")
@behind_link("donor_link")
def show(ref: str) -> str:
    """List every instalment with its five dates."""
    pledge, child = donors.support(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("donor.match", [f"match:{ref}"])
    is_one_pledge = current_viewer().pledge_id is not None
    return render_template(
        "donor/matches/show.html", pledge=pledge, child=child, is_one_pledge=is_one_pledge
    )
