"""互相认识, a family's side: it asks behind its slip, answers and reads behind a link.

A school prints the slips: behind one nothing of the donor's stands, not even that he asked.
"""

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response

from services.reveals import reveal_links
from web.core import requests, reveals
from web.core.access import open_to_all, remember_link
from web.core.reveals import Guard

letter = Blueprint("letter", __name__, url_prefix="/k")


def parts(slip: Guard, private: Guard) -> tuple[Blueprint, Blueprint]:
    """Return the two pages of the family door, each behind its own link."""
    asking = Blueprint("reveals", __name__)
    reveals.attach(asking, slip, "/reveal", link="slip_link")
    answering = Blueprint("private", __name__)
    reveals.attach(answering, private, "/private", link="reveal_link")
    return asking, answering


@letter.get("/<string:token>")
@open_to_all
def enter(token: str) -> Response:
    """Open the guardian's own page; the token leaves the address at once."""
    g.link_viewer = reveal_links.open_reveal(requests.session(), token, now=requests.now())
    remember_link("reveal_link", token)
    return redirect(url_for("family.private.show"))
