"""Addresses for links that leave the site, from PUBLIC_URL and never from a Host header; and for lists."""

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for

_MARK = "0REF0"  # no ref has a nought in it


def public(endpoint: str, **parts: Any) -> str:
    """Return the address under which the outside world reaches an endpoint."""
    base: str = current_app.config["SETTINGS"].public_url
    return base + url_for(endpoint, _external=False, **parts)


def of_refs(endpoint: str, **more: Any) -> Callable[[str], str]:
    """Return what makes the address of each ref of a list; the router is asked once."""
    before, _, after = url_for(endpoint, ref=_MARK, **more).rpartition(_MARK)
    return lambda ref: f"{before}{ref}{after}"
