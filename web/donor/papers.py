"""A donor's papers: each year's account, and certificates of what came."""

import re
from io import BytesIO

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from gateways import pdfs
from gateways.uploads import LocalFiles
from services.handover.slips import amount_words
from services.papers import asking, certificates, fiscal, overview, statements
from vocabulary.errors import BadInput, NotFound
from vocabulary.waivers import CURRENT, OF_A_YEAR, WORDINGS
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import paper_words
from web.forms.papers import NONE, WishForm

bp = Blueprint("papers", __name__, url_prefix="/papers")
PDF = "application/pdf"
_UNFIT = {
    "missing": "密封实名要写票据上的姓名或单位。",
    "made_out": "这一年的票据已经开了。要改，请打电话，先在财政系统里作废。",
}


@bp.get("/")
@behind_link("donor_link")
def index() -> str:
    """List what there is on paper, year by year."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    years = overview.of_donor(session, viewer, now=now)
    requests.note_read("donor.papers", [viewer.actor])
    return render_template(
        "donor/papers/index.html", years=years, is_whole=viewer.pledge_id is None, form=FlaskForm()
    )


@bp.get("/statements/<string:year>")
@behind_link("donor_link")
def statement(year: str) -> str:
    """Show a year's account, as the paper says it."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = statements.of_year(session, viewer, _year(year), now=now)
    requests.note_read("donor.statement", [viewer.actor])
    return render_template("donor/papers/statement.html", statement=found, words=paper_words)


@bp.get("/statements/<string:year>.pdf")
@behind_link("donor_link")
def statement_paper(year: str) -> Response:
    """Hand out a year's account as a PDF."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = statements.of_year(session, viewer, _year(year), now=now)
    requests.note_read("donor.statement", [viewer.actor])
    said = paper_words.statement(found, operator=current_app.config["SETTINGS"].operator)
    return _pdf(pdfs.statement(said), f"weiguang-{year}.pdf")


@bp.post("/pledges/<string:ref>/certificates/<string:year>")
@behind_link("donor_link")
def issue(ref: str, year: str) -> Response:
    """Make a certificate of what came under a pledge in a year."""
    if not FlaskForm().validate_on_submit():
        return redirect(url_for(".index"), 303)
    try:
        made = certificates.issue(
            requests.session(), current_viewer(), ref, _year(year), now=requests.now()
        )
    except BadInput:
        requests.keep_nothing()
        flash("这一年还没有到账，到账以后就能开。", "warning")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".certificate", ref=made), 303)


@bp.get("/certificates/<string:ref>")
@behind_link("donor_link")
def certificate(ref: str) -> str:
    """Show a certificate before it is taken."""
    card = certificates.paper(requests.session(), current_viewer(), ref)
    requests.note_read("donor.certificate", [f"certificate:{ref}"])
    words = amount_words(card["amount_fen"])
    given_for = paper_words.given_for(card)
    return render_template(
        "donor/papers/certificate.html", paper=card, words=words, given_for=given_for
    )


@bp.get("/certificates/<string:ref>.pdf")
@behind_link("donor_link")
def certificate_paper(ref: str) -> Response:
    """Hand out a certificate that stands as a PDF. Raises NotFound for a void one."""
    card = certificates.paper(requests.session(), current_viewer(), ref)
    if card["void_on"]:
        raise NotFound()
    requests.note_read("donor.certificate", [f"certificate:{ref}"])
    said = paper_words.certificate(card, operator=current_app.config["SETTINGS"].operator)
    return _pdf(pdfs.certificate(said), f"weiguang-{card['number']}.pdf")


@bp.route("/pledges/<string:ref>/receipts/<string:year>", methods=["GET", "POST"])
@behind_link("donor_link")
def wish(ref: str, year: str) -> str | Response:
    """Say whether a fiscal receipt is wanted for a year, and who makes it out."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    card = asking.page(session, viewer, ref, _year(year), now=now)
    form = WishForm().offer(is_named=card["is_named"])
    if form.validate_on_submit():
        way, name = form.asked(), form.name.data or ""
        try:
            asking.ask(session, viewer, ref, card["year"], way, name=name, now=now)
        except BadInput as refusal:
            form[str(refusal.params["field"])].errors = [_UNFIT[str(refusal.params["reason"])]]
        else:
            flash("记下了。", "success")
            return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    else:
        form.way.data = card["way"] or NONE
    waiver = WORDINGS[OF_A_YEAR if card["is_named"] else CURRENT]
    return render_template("donor/papers/wish.html", card=card, form=form, waiver=waiver)


@bp.get("/receipts/<string:ref>/file")
@behind_link("donor_link")
def receipt(ref: str) -> Response:
    """Hand a donor his fiscal receipt."""
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    kind, content = fiscal.file_of(requests.session(), current_viewer(), ref, files=files)
    requests.note_read("fiscal_receipts.file", [f"fiscal_receipt:{ref}"])
    name = f"piaoju-{ref}.{'pdf' if kind == PDF else 'jpg'}"
    return send_file(BytesIO(content), kind, as_attachment=True, download_name=name)


def _year(text: str) -> int:
    """Read a year out of an address. Raises NotFound for anything else."""
    if not re.fullmatch(r"20\d\d", text, re.ASCII):
        raise NotFound()
    return int(text)


def _pdf(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), PDF, as_attachment=True, download_name=name)
