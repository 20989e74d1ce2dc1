"""The photograph of a signed slip, for those who find out what became of an instalment."""

from flask import Blueprint, Response, current_app

from gateways.uploads import LocalFiles
from privacy.permissions import Act
from services import uploads
from web.core import requests
from web.core.access import current_viewer, may

bp = Blueprint("evidence", __name__)


@bp.get("/evidence/<string:ref>")
@may(Act.SETTLE_DISPUTE)
def photo(ref: str) -> Response:
    """Show one photograph; its opening is traced (law 11)."""
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    picture = uploads.photo_of(requests.session(), current_viewer(), ref, files=files)
    requests.note_read("upload.read", [f"upload:{ref}"])
    shown = Response(picture, mimetype="image/jpeg")
    shown.headers["Content-Disposition"] = f'inline; filename="{ref}.jpg"'
    return shown
