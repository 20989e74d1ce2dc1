"""Every batch the school ever got."""

from flask import Blueprint, render_template

from services import handovers
from vocabulary.enums import Role
from web.core import requests
from web.core.access import current_viewer, for_roles

bp = Blueprint("batches", __name__)


@bp.get("/batches")
@for_roles(Role.SCHOOL_OFFICER)
def index() -> str:
    """List them, newest first."""
    found = handovers.past(requests.session(), current_viewer())
    return render_template("school/batches/index.html", batches=found)
