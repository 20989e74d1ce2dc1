"""身份申请: the custodians' desk, where one asks, another agrees, and an identity is shown once."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from gateways.uploads import LocalFiles
from privacy.permissions import Act
from services.custody import custody_desk, custody_requests
from services.custody.custody_requests import NewRequest
from services.custody.legal_papers import PDF
from vocabulary.enums import AskedFor, CustodyReason
from vocabulary.errors import ShownBefore
from web.core import proof, requests
from web.core.access import current_viewer, may
from web.core.acting import onto, refused, saying
from web.core.filters import full_day
from web.forms.custody import BecauseForm, RequestForm
from web.forms.handovers import PHOTO_FAULTS

bp = Blueprint("custody_requests", __name__, url_prefix="/custody/requests")

_SAID = PHOTO_FAULTS | {
    "handle.unknown": "没有这个认捐编号或付款编号，请再看一遍",
    "words.missing": "选了这个事由，请写一句说明",
    "document.missing": "有权机关提出的，请附上法律文书（PDF 或照片）",
    "document.not_a_photo": "请传 PDF，或 JPG、PNG、WebP 格式的照片",
}


def _files() -> LocalFiles:
    return LocalFiles(current_app.config["SETTINGS"].uploads)


@bp.get("/")
@may(Act.JOIN_HALVES)
def index() -> str:
    """List the requests, newest first."""
    session, viewer = requests.session(), current_viewer()
    found = custody_desk.requests(session, viewer, now=requests.now())
    requests.note_read("custody.list", ["custody"])
    return render_template("staff/custody_requests/index.html", found=found)


@bp.route("/new", methods=["GET", "POST"])
@may(Act.JOIN_HALVES)
def new() -> str | Answer:
    """File a request about one pledge."""
    form = RequestForm()
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, _SAID):
            ref = custody_requests.ask(session, viewer, _asked(form), files=_files(), now=now)
            flash("记下了。另一位保密员同意以后，才能看，只显示一次。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return render_template("staff/custody_requests/new.html", form=form)


def _asked(form: RequestForm) -> NewRequest:
    return NewRequest(
        handle=form.handle.data or "",
        asked_for=AskedFor(form.asked_for.data),
        reason=CustodyReason(form.reason.data),
        words=form.words.data or "",
        document=form.document.data.read() if form.document.data else b"",
    )


@bp.get("/<string:ref>")
@may(Act.JOIN_HALVES)
def detail(ref: str) -> str:
    """Show one request and what may be done with it now."""
    return _page(ref, BecauseForm(formdata=None))


def _page(ref: str, form: BecauseForm) -> str:
    card = custody_desk.request(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("custody.detail", [f"custody:{ref}"])
    return render_template("staff/custody_requests/detail.html", card=card, form=form)


@bp.post("/<string:ref>/agree")
@may(Act.JOIN_HALVES)
def agree(ref: str) -> Answer:
    """Agree as the second person."""
    with saying("同意了。申请的人在 72 小时内可以看一次，捐赠人会收到通知。"):
        custody_requests.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/decline")
@may(Act.JOIN_HALVES)
def decline(ref: str) -> str | Answer:
    """Decline as the second person, with a reason."""
    form = BecauseForm()
    if not form.validate_on_submit():
        return _page(ref, form)
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    with saying("记下了，没有同意。"):
        custody_requests.decline(session, viewer, ref, because=form.because.data or "", now=now)
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/show")
@may(Act.JOIN_HALVES)
def show(ref: str) -> str | Answer:
    """Show the identity, this once: it stands in this answer alone."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        with saying():
            identity = custody_requests.show(session, viewer, ref, now=now)
            return render_template("staff/custody_requests/shown.html", identity=identity, ref=ref)
    except ShownBefore as refusal:
        refused(f"{full_day(refusal.params['on'])}已经看过一次，不再显示。")  # type: ignore[arg-type]
    return redirect(url_for(".detail", ref=ref), 303)


@bp.get("/<string:ref>/paper")
@may(Act.JOIN_HALVES)
@proof.proven
def paper(ref: str) -> Response:
    """Hand out the legal paper, as a download."""
    media_type, content = custody_desk.paper(
        requests.session(), current_viewer(), ref, files=_files()
    )
    requests.note_read("custody.paper", [f"custody:{ref}"])
    ending = "pdf" if media_type == PDF else "jpg"
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{ref}.{ending}"'
    return response
