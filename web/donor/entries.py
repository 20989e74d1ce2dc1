"""The donor's own entries under the months' heads: their codes, and how to check each by himself."""

from flask import Blueprint, Response, jsonify, render_template

from services.month_page import reading
from web.core import requests
from web.core.access import behind_link, current_viewer

bp = Blueprint("entries", __name__, url_prefix="/entries")


@bp.get("/")
@behind_link("donor_link")
def index() -> str:
    """List every sum that left for his children, with its code and its month's head."""
    found = reading.entries(requests.session(), current_viewer())
    requests.note_read("donor.entries", [f"entry:{one['code']}" for one in found])
    return render_template("donor/entries/index.html", entries=found)


@bp.get("/<string:code>")
@behind_link("donor_link")
def show(code: str) -> str:
    """Show one entry, its audit path step by step, and how to check it."""
    one = reading.proof(requests.session(), current_viewer(), code)
    requests.note_read("donor.entries", [f"entry:{code}"])
    steps, words = reading.steps(one), reading.in_words(one)
    return render_template("donor/entries/show.html", one=one, steps=steps, written=words)


@bp.get("/<string:code>/proof.json")
@behind_link("donor_link")
def proof(code: str) -> Response:
    """Hand out what it takes to check the entry without us."""
    one = reading.proof(requests.session(), current_viewer(), code)
    requests.note_read("donor.entries", [f"entry:{code}"])
    answer = jsonify(reading.told(one))
    answer.headers["Content-Disposition"] = f'attachment; filename="entry-{code}.json"'
    return answer
