"""One header policy for every answer, errors included."""

from flask import Flask, Response, current_app, g, request

from vocabulary.refs import new_ref

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
FIRST_ERROR = 400
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
# Where the house is reached by https, browsers are told that it stays so.
_BY_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def fixed_for(app: Flask) -> dict[str, str]:
    """Return what stands on every answer, whatever it is."""
    return FIXED | (_BY_HTTPS if app.config["SESSION_COOKIE_SECURE"] else {})


def csp_nonce() -> str:
    """Return this answer's nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = new_ref("nonce", 26)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_set)


def _set(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=csp_nonce())
    for name, value in fixed_for(current_app).items():
        response.headers[name] = value
    if "Allow" in response.headers:  # drawn from a set: in another order in every process
        response.headers["Allow"] = ", ".join(sorted(response.headers["Allow"].split(", ")))
    if request.endpoint != "static" or response.status_code >= FIRST_ERROR:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
        response.headers.pop("Last-Modified", None)
    return response
