"""爱心备用金: what it has, whom it carries, for how many months. Nobody who gave."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from services.earmarks import redirecting
from services.fund import gap_fund
from vocabulary.enums import RedirectReason
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying

bp = Blueprint("gap_fund", __name__, url_prefix="/gap-fund")


@bp.get("/")
@may(Act.SEE_GAP_FUND)
def index() -> str:
    """Show the fund; to case staff with the children of their own place."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = gap_fund.page(session, viewer, now=now)
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found["children"]])
    may_ask = viewer.has(*PERMISSIONS[Act.ASK_REDIRECTION])
    restricted = redirecting.restricted(session, viewer, now=now) if may_ask else []
    return render_template(
        "staff/gap_fund/index.html", fund=found, restricted=restricted, reasons=list(RedirectReason)
    )


@bp.post("/restricted/<string:code>")
@may(Act.ASK_REDIRECTION)
def ask(code: str) -> Response:
    """Ask a donor, by his private link, whether restricted money may help other children."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    done = "问出去了。捐赠人同意了，这笔钱就进备用金；没有同意，就照原来的用途。"
    with saying(done, _WHY, but=(AlreadyDecided, BadInput)):
        redirecting.ask(session, viewer, code, reason=request.form.get("reason", ""), now=now)
    return redirect(url_for(".index"), 303)


_WHY = {
    "reason": "请先选为什么要问。",
    "pledge": "这份认捐的钱已经用完了，不用问。",
    AlreadyDecided.code: "最近刚问过，等他答。不答就是不同意，不要催。",
}
