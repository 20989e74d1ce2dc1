"""The donor's page."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.donors import donors
from services.earmarks import redirecting
from services.giving import moving
from services.papers import members as papers
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import bp


@bp.get("/")
@behind_link("donor_link")
def home() -> str | Response:
    """Say what needs the donor, or that nothing does; then each pledge and each child."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    page = donors.home(session, viewer, now=now)
    # Who gives as one of a group alone has no pledge of his own, but an account.
    if not page.pledges and papers.years_of_own(session, viewer, now=now) is not None:
        return redirect(url_for("donor.own_part.show"))
    # Whoever restricted nothing and moves nothing: his page costs no further statement.
    has_uses = any(card["is_restricted"] for card in page.pledges)
    uses = redirecting.own(session, viewer) if has_uses else {}
    asked = redirecting.questions(session, viewer, now=now) if uses else []
    requests.note_read("donor.home", [f"pledge:{card['donor_ref']}" for card in page.pledges])
    is_asked = any(card["waits"] for card in asked)
    may_move = not page.pledges or any(card["has_move"] for card in page.pledges)
    payers = moving.under_way(session, viewer, now=now) if may_move else moving.NOTHING
    return render_template(
        "donor/home.html", page=page, uses=uses, is_asked=is_asked, payers=payers
    )
