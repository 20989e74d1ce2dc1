"""What a person reads when something was refused or went wrong."""

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from extensions import db
from vocabulary.errors import LinkExpired, NotFound, NotPermitted, Refused
from vocabulary.refs import new_ref
from web.core.messages import sentence

Answer = tuple[str, int] | Response
ABSENT, OURS = 404, 500
PAGES = (400, 404, 413, 429, 503)


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.register_error_handler(CSRFError, _session_expired)
    app.register_error_handler(NotFound, _absent)
    app.register_error_handler(NotPermitted, _absent)
    app.register_error_handler(LinkExpired, _dead_link)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, ours)


def _absent(_error: Exception) -> Answer:
    return render_template("errors/404.html"), 404


def _session_expired(_error: CSRFError) -> Answer:
    return render_template("errors/400.html"), 400


# Where a dead link is explained, by door; donors may ask for a new one.
DEAD_ENDS = {
    "classroom": "classroom.closed",
    "family": "family.closed",
    "slip": "family.closed",
    "letter": "family.closed",
    "post": "family.closed",
}


def _dead_link(_error: LinkExpired) -> Answer:
    door = (request.blueprint or "").partition(".")[0]
    if door in DEAD_ENDS:
        return redirect(url_for(DEAD_ENDS[door]))
    return redirect(url_for("public.relink", expired=1))


def _refused(error: Refused) -> Answer:
    """Say a refusal that no view caught: in the page's own place, or on the page it came from."""
    db.session().rollback()
    if request.method == "GET":  # led back to itself, it would be refused for ever
        return render_template("errors/refused.html", said=sentence(error)), 409
    flash(sentence(error), "danger")
    return redirect(request.headers.get("X-Back") or url_for("public.home"))


def _wrong_host(_error: SecurityError) -> Answer:
    """Answer a request under a name that is not ours: without a page, since links need a name."""
    return "400", 400


def _http(error: HTTPException) -> Answer:
    code = error.code or 500
    page = code if code in PAGES else ABSENT if code < OURS else OURS
    response = current_app.make_response(
        (render_template(f"errors/{page}.html", error_number=""), code)
    )
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Location"}:
            response.headers[name] = value
    return response


def ours(_error: Exception) -> Answer:
    """Answer a mistake of ours, with a number to say on the telephone."""
    db.session().rollback()
    number = new_ref("error", 6)
    current_app.logger.exception("error %s", number)
    return render_template("errors/500.html", error_number=number), 500
