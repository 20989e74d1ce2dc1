"""The public door: home, totals, pledging, and a new link for those who lost theirs."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from web.public import links, months, pages, papers, pledging  # noqa: E402, F401 the views register on bp
