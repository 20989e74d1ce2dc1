"""Behind the QR of a certificate: its number, sum and day, for whoever holds the paper."""

from flask import render_template
from werkzeug.wrappers import Response

from services.papers import certificates
from vocabulary.errors import NotFound
from web.core import limits, requests
from web.core.access import open_to_all
from web.public import bp


@bp.get("/verify/<string:code>")
@open_to_all
@limits.ON_VERIFYING
def verify(code: str) -> str | Response | tuple[str, int]:
    """Confirm a paper and name nobody; what is unknown or was changed is answered alike."""
    try:
        found = certificates.verify(requests.session(), code)
    except NotFound:
        return render_template("public/verify.html", paper=None), 404
    return render_template("public/verify.html", paper=found)
