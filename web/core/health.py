"""/healthz: says whether the database answers, and nothing else."""

from flask import Blueprint
from sqlalchemy import text

from extensions import db
from web.core.access import open_to_all

bp = Blueprint("healthz", __name__)


@bp.get("/healthz")
@open_to_all
def check() -> tuple[dict[str, str], int]:
    """200 when a statement runs; the error handler answers otherwise."""
    db.session().execute(text("SELECT 1"))
    return {"status": "ok"}, 200
