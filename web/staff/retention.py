"""保存期限: how long what is kept, and what the nights let go of. Counts, and nobody's name."""

from flask import Blueprint, render_template

from privacy.permissions import Act
from services.retention import retention
from web.core import requests
from web.core.access import current_viewer, may

bp = Blueprint("retention", __name__, url_prefix="/retention")


@bp.get("/")
@may(Act.SEE_RETENTION)
def index() -> str:
    """Show the table with what each row did in the last 30 days."""
    found = retention.report(requests.session(), current_viewer(), now=requests.now())
    return render_template("staff/retention/index.html", rows=found)
