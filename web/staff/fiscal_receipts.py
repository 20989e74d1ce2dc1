"""Two desks that keep the fiscal system's receipts: one for payers, the custodian's for sealed names.

Built alike from one description; which records each sees, the service says.
"""

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

from gateways.uploads import LocalFiles
from privacy.permissions import Act
from services.custody.legal_papers import PDF
from services.gate import Card
from services.papers import fiscal
from services.papers.fiscal import Told
from vocabulary.dates import today
from vocabulary.errors import BadInput, NotFound
from vocabulary.money import format_yuan
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.core.messages import sentence
from web.forms.handovers import PHOTO_FAULTS
from web.forms.papers import KeptForm

SAID = {
    "not_a_number": "票据号码是 4 到 30 位数字或字母，照票据上写。",
    "already_known": "这个号码已经登记过，再看一眼票据。",
    "not_between": "开票日期要在这一年开头以后、今天以前。",
    "more_than_came": "票据金额比还没开的多。先看到账，再看票据。",
    "not_a_photo": "请传 PDF，或 JPG、PNG、WebP 格式的照片。",
}
FIRST_YEAR = 2015


def _files() -> LocalFiles:
    return LocalFiles(current_app.config["SETTINGS"].uploads)


def read_year(text: str) -> int:
    """Read a year out of an address. Raises NotFound."""
    year = int(text) if len(text) == 4 and text.isascii() and text.isdecimal() else 0  # noqa: PLR2004 yyyy
    if not FIRST_YEAR <= year <= today(requests.now()).year:
        raise NotFound()
    return year


def attach(bp: Blueprint, act: Act) -> None:
    """Give a blueprint the four pages of a desk."""
    bp.add_url_rule("/", "index", may(act)(_index))
    bp.add_url_rule(
        "/<string:year>/<string:reference>", "keep", may(act)(_keep), methods=["GET", "POST"]
    )
    bp.add_url_rule("/kept/<string:ref>/void", "void", may(act)(_void), methods=["POST"])
    bp.add_url_rule("/kept/<string:ref>/file", "paper", may(act)(_paper))


def _index() -> str:
    """List what is owed for a year, and what was kept."""
    this = today(requests.now()).year
    year = request.args.get("year", this, type=int)
    year = year if FIRST_YEAR <= year <= this else this
    found = fiscal.of_year(requests.session(), current_viewer(), year)
    requests.note_read("fiscal_receipts.list", ["fiscal_receipts"])
    years = [
        {"label": f"{one}年", "href": url_for(".index", year=one), "active": one == year}
        for one in range(this, this - 4, -1)
    ]
    return render_template(
        "staff/fiscal_receipts/index.html", found=found, years=years, form=FlaskForm()
    )


def _keep(year: str, reference: str) -> str | Response:
    """Keep one receipt: its number, sum, day and file."""
    session, viewer, form = requests.session(), current_viewer(), KeptForm()
    card = fiscal.one(session, viewer, reference, read_year(year))
    if form.validate_on_submit() and _is_kept(form, card):
        flash(f"登记了：{form.number.data}，{format_yuan(form.fen)}。", "success")
        return redirect(url_for(".index", year=year), 303)
    if request.method == "POST":
        requests.keep_nothing()
    else:
        form.issued_on.data = today(requests.now())
        form.amount.data = format_yuan(card["owed"].left_fen).lstrip("¥")
    requests.note_read("fiscal_receipts.name", [f"reference:{reference}"])
    return render_template("staff/fiscal_receipts/keep.html", card=card, form=form)


def _is_kept(form: KeptForm, card: Card) -> bool:
    content = form.document.data.read() if form.document.data else b""
    told = Told(form.number.data or "", form.fen, form.issued_on.data, content)
    if not content:
        form.document.errors = ["请附上票据：PDF 或照片。"]
        return False
    try:
        fiscal.record(
            requests.session(), current_viewer(), card, told, files=_files(), now=requests.now()
        )
    except BadInput as refusal:
        reason = str(refusal.params["reason"])
        words = SAID.get(reason) or PHOTO_FAULTS.get(reason) or sentence(refusal)
        form[str(refusal.params["field"])].errors = [words]
        return False
    return True


def _void(ref: str) -> Response:
    """Keep that a receipt was cancelled in the fiscal system."""
    back = redirect(url_for(".index"), 303)
    if not FlaskForm().validate_on_submit():
        return back
    with saying("记下作废了，这一笔回到“还没登记”。"):
        fiscal.void(requests.session(), current_viewer(), ref, now=requests.now())
    return back


def _paper(ref: str) -> Response:
    """Hand out a receipt's file."""
    kind, content = fiscal.file_of(requests.session(), current_viewer(), ref, files=_files())
    requests.note_read("fiscal_receipts.file", [f"fiscal_receipt:{ref}"])
    return hand_out(kind, content, ref)


def hand_out(kind: str, content: bytes, ref: str) -> Response:
    """Return a receipt's file as a download, whatever it claims to be."""
    name = f"piaoju-{ref}.{'pdf' if kind == PDF else 'jpg'}"
    return send_file(BytesIO(content), kind, as_attachment=True, download_name=name)


payers = Blueprint("fiscal_receipts", __name__, url_prefix="/fiscal-receipts")
attach(payers, Act.RECORD_RECEIPTS)
sealed = Blueprint("sealed_receipts", __name__, url_prefix="/sealed-receipts")
attach(sealed, Act.RECORD_SEALED_RECEIPTS)
