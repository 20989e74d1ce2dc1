"""Letters, from a family's side: it writes behind its slip, and reads behind its guardian's link.

A school prints the slips: behind one no word of any letter stands.
"""

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response

from services.letters import letter_links
from vocabulary.enums import Role
from web.core import letters, requests
from web.core.access import open_to_all, remember_link
from web.core.letters import Guard

post = Blueprint("post", __name__, url_prefix="/p")


def parts(slip: Guard, private: Guard) -> tuple[Blueprint, Blueprint]:
    """Return the two pages of the family door, each behind its own link."""
    writing = Blueprint("letters", __name__)
    letters.attach(writing, slip, "/letters", role=Role.FAMILY, link="slip_link")
    reading = Blueprint("mailbox", __name__)
    letters.attach(
        reading,
        private,
        "/mailbox",
        role=Role.FAMILY,
        link="letters_link",
        others="/mailbox/<string:ref>",
    )
    return writing, reading


@post.get("/<string:token>")
@open_to_all
def enter(token: str) -> Response:
    """Open the guardian's own page; the token leaves the address at once."""
    g.link_viewer = letter_links.open_letters(requests.session(), token, now=requests.now())
    remember_link("letters_link", token)
    return redirect(url_for("family.mailbox.show"))
