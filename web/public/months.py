"""Every month's head, for anybody: to look at, to download, and to keep elsewhere."""

from flask import Response, jsonify, render_template

from services.month_page import reading
from web.core import requests
from web.core.access import open_to_all
from web.public import bp


@bp.get("/months")
@open_to_all
def months() -> str:
    """Show the heads, the newest first, and say what they are for."""
    return render_template("public/months.html", heads=reading.heads(requests.session()))


@bp.get("/months/all.json")
@open_to_all
def months_file() -> Response:
    """Hand out all heads in the order of their chain."""
    answer = jsonify(reading.told_heads(reading.heads(requests.session())))
    answer.headers["Content-Disposition"] = 'attachment; filename="months.json"'
    return answer
