"""Pages that anyone may read."""

from flask import render_template

from web.core.access import open_to_all
from web.public import bp


@bp.get("/")
@open_to_all
def home() -> str:
    """Say in one screen what this does, with rounded totals."""
    return render_template("public/home.html", totals=None, leagues=[])
