"""The donor's page."""

from flask import render_template

from services import donors
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import bp


@bp.get("/")
@behind_link("donor_link")
def home() -> str:
    """Say what needs the donor, or that nothing does; then each pledge and each child."""
    page = donors.home(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("donor.home", [f"pledge:{card['donor_ref']}" for card in page.pledges])
    return render_template("donor/home.html", page=page)
