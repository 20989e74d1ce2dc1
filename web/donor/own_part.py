"""One of a unit or group behind his own link: his own account, and nobody else's."""

import re
from io import BytesIO

from flask import Blueprint, current_app, render_template, send_file, url_for
from werkzeug.wrappers import Response

from gateways import pdfs
from services.papers import members as papers
from services.papers.statements import Statement
from vocabulary.errors import NotFound
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import paper_words

bp = Blueprint("own_part", __name__, url_prefix="/mine")


@bp.get("/")
@behind_link("donor_link")
def show() -> str:
    """List the years of his own account."""
    viewer = current_viewer()
    mine = papers.years_of_own(requests.session(), viewer, now=requests.now())
    requests.note_read("donor.own_part", [viewer.actor])
    return render_template("donor/own_part/show.html", mine=mine)


@bp.get("/<string:year>")
@behind_link("donor_link")
def statement(year: str) -> str:
    """Show one year."""
    found = _statement(year)
    back, paper = url_for(".show"), url_for(".paper", year=year)
    return render_template(
        "donor/own_part/statement.html", statement=found, words=paper_words, back=back, paper=paper
    )


@bp.get("/<string:year>.pdf")
@behind_link("donor_link")
def paper(year: str) -> Response:
    """Hand out one year as a paper."""
    said = paper_words.statement(_statement(year), operator=current_app.config["SETTINGS"].operator)
    content, kind = BytesIO(pdfs.statement(said)), "application/pdf"
    return send_file(content, kind, as_attachment=True, download_name=f"weiguang-{year}.pdf")


def _statement(year: str) -> Statement:
    if not re.fullmatch(r"20\d\d", year, re.ASCII):
        raise NotFound()
    viewer = current_viewer()
    requests.note_read("donor.own_part", [viewer.actor])
    return papers.of_own_year(requests.session(), viewer, int(year), now=requests.now())
