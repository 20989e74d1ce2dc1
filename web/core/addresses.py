"""Full addresses for links that leave the site: from PUBLIC_URL, never from a Host header."""

from typing import Any

from flask import current_app, url_for


def public(endpoint: str, **parts: Any) -> str:
    """Return the address under which the outside world reaches an endpoint."""
    base: str = current_app.config["SETTINGS"].public_url
    return base + url_for(endpoint, _external=False, **parts)
