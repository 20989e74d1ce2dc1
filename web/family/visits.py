"""When a 爱心妈妈 met the child, for its guardian; how it was stays with those who look after it."""

from flask import Blueprint, render_template

from services.care import visit_lists
from web.core import requests
from web.core.access import current_viewer
from web.core.reveals import Guard


def part(private: Guard) -> Blueprint:
    """Return the page behind the guardian's own link."""
    own = Blueprint("visits", __name__)
    own.add_url_rule("/visits", "show", private(show))
    return own


def show() -> str:
    """List the days."""
    viewer = current_viewer()
    found = visit_lists.at_home(requests.session(), viewer)
    requests.note_read("child.read", [viewer.actor.replace("family:", "child:")])
    return render_template("family/visits/show.html", visits=found)
