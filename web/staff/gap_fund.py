"""爱心备用金: what it has, whom it carries, for how many months. Nobody who gave."""

from flask import Blueprint, render_template

from privacy.permissions import Act
from services import gap_fund
from web.core import requests
from web.core.access import current_viewer, may

bp = Blueprint("gap_fund", __name__, url_prefix="/gap-fund")


@bp.get("/")
@may(Act.SEE_GAP_FUND)
def index() -> str:
    """Show the fund; to case staff with the children of their own place."""
    found = gap_fund.page(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found["children"]])
    return render_template("staff/gap_fund/index.html", fund=found)
