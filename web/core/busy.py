"""What a person reads when nothing could be written: the database is held, or its disk is full.

Whoever writes has waited already: five seconds for his turn, on both databases.
"""

from flask import Flask, Response, current_app, make_response, render_template, request
from sqlalchemy.exc import OperationalError

from extensions import db
from web.core import errors

RETRY_AFTER_SECONDS = 10
# The schema is not what the program expects: to try again does not help.
_OURS = ("no such table", "no such column")
_SECRET = ("password", "old", "again", "code")


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.register_error_handler(OperationalError, _not_now)


def _not_now(error: OperationalError) -> errors.Answer:
    db.session().rollback()
    if str(error.orig).startswith(_OURS):
        return errors.ours(error)
    current_app.logger.error("nothing could be written: %s", error.orig)
    return answer()


def answer() -> Response:
    """Say that it is to be tried again, with all that was typed: nothing of it was kept."""
    is_sent = request.method == "POST"
    page = render_template(
        "errors/busy.html",
        action=request.full_path.rstrip("?") if is_sent else "",
        kept=list(request.form.items(multi=True)) if is_sent else [],
        has_secrets=any(name.startswith(_SECRET) for name in request.form),
        has_files=any(file.filename for file in request.files.values()),
    )
    response = make_response(page, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
