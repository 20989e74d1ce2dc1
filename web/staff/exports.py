"""Lists as a sheet: asked for with a reason after a fresh proof, downloaded for seven days."""

from datetime import date
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from gateways import spreadsheets
from privacy.permissions import Act
from services import places
from services.oversight import exports
from vocabulary.dates import today
from vocabulary.enums import ExportKind, Role
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto
from web.core.labels import label
from web.forms.exports import ExportForm

bp = Blueprint("exports", __name__, url_prefix="/exports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REASONS = {
    "too_short": "请写清楚做什么用，至少四个字",
    "no_month": "请选哪个月",
}


@bp.get("/")
@may(Act.SEE_EXPORTS)
def index() -> str:
    """List exports, and offer a new one to who may make one."""
    return _page(_form())


def _form() -> ExportForm:
    session, viewer, form = requests.session(), current_viewer(), ExportForm()
    found = places.banners(session, viewer) if exports.kinds_for(viewer) else []
    whole = [{"code": viewer.regions[0], "name": "全部"}] if len(found) > 1 else []
    form.offer(exports.kinds_for(viewer), [*whole, *found], today=today(requests.now()))
    return form


def _page(form: ExportForm) -> str:
    session, viewer = requests.session(), current_viewer()
    return render_template(
        "staff/exports/index.html",
        title="导出",
        form=form,
        may_make=bool(form.kind.choices),
        found=exports.listing(session, viewer, now=requests.now()),
        sees_all=viewer.has(Role.AUDITOR),
    )


@bp.post("/")
@may(Act.EXPORT)
def make() -> str | Response:
    """Keep who takes out what and why; the sheet is drawn when it is fetched."""
    form = _form()
    if form.validate_on_submit():
        with onto(form, REASONS):
            flash(f"好了，导出编号 {_make(form)}。七天之内可以下载。", "success")
            return redirect(url_for(".index"), 303)
    return _page(form)


def _make(form: ExportForm) -> str:
    return exports.ask(
        requests.session(),
        current_viewer(),
        ExportKind(form.kind.data),
        region_code=form.region.data,
        month=date.fromisoformat(f"{form.month.data}-01"),
        reason=form.reason.data or "",
        now=requests.now(),
    )


@bp.post("/<string:code>.xlsx")
@may(Act.EXPORT)
def fetch(code: str) -> Response:
    """Hand the sheet out and keep that it was; another's, an unknown and an old one are 404."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    sheet = exports.draw(session, viewer, code, label=label, now=now)
    exports.note_taken(session, viewer, sheet, now=now)
    data = spreadsheets.write("名单", sheet.header, sheet.rows, mark=sheet.mark, code=sheet.code)
    name = f"weiguang-{sheet.code}.xlsx"
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)
