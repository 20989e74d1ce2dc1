"""The work unit's door: a clerk who collects by codes. No child, no state of a child.

Whoever hands over for a unit has a door of his own (web/unit/handing.py): no unit does both.
"""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from gateways import spreadsheets
from privacy.permissions import Act
from services.work_units import collecting
from vocabulary.errors import BadInput
from vocabulary.money import format_yuan
from web.core import requests
from web.core.access import current_viewer, may

bp = Blueprint("unit", __name__, url_prefix="/unit")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@may(Act.COLLECT_FROM_COLLEAGUES)
def home() -> str:
    """Show this month's codes: what each is to give, what came, and the list for the transfer."""
    found = collecting.month(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("unit.read", [current_viewer().actor])
    return render_template("unit/home.html", found=found, form=FlaskForm())


@bp.post("/begin")
@may(Act.COLLECT_FROM_COLLEAGUES)
def begin() -> Response:
    """Begin to collect: from now on colleagues can type the unit's code."""
    if FlaskForm().validate_on_submit():
        try:
            collecting.begin(requests.session(), current_viewer(), now=requests.now())
        except BadInput:
            requests.keep_nothing()
            flash("你们单位在转交助学金，不能又代收。请告诉管理员。", "warning")
    return redirect(url_for(".home"), 303)


@bp.post("/list")
@may(Act.COLLECT_FROM_COLLEAGUES)
def sheet() -> Response:
    """Hand out the list that goes with the transfer."""
    if not FlaskForm().validate_on_submit():
        return redirect(url_for(".home"), 303)
    card = collecting.take_list(requests.session(), current_viewer(), now=requests.now())
    rows = [[reference, format_yuan(fen).lstrip("¥")] for reference, fen in card["lines"]]
    data = spreadsheets.write("代收", ("付款编号", "金额（元）"), rows, wide=(0, 1))
    name = f"weiguang-daishou-{card['month']:%Y%m}.xlsx"
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)
