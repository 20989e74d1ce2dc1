"""Files under /static carry their content's hash in their address, so browsers may keep them."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, current_app
from whitenoise import WhiteNoise

from web.core.headers import fixed_for

_ENDPOINT = "static"
_VALIDATORS = frozenset({"ETag", "Last-Modified"})
# A file is no page: opened by itself it runs and loads nothing.
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


def init_app(app: Flask) -> None:
    """Add ?v=<hash> to every address that url_for makes for a static file."""
    app.url_defaults(_version)


def _version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint != _ENDPOINT or "filename" not in values:
        return
    path = Path(current_app.static_folder or "") / values["filename"]
    if path.is_file():
        values["v"] = _hash_of(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _hash_of(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def served_by_whitenoise(app: Flask) -> WhiteNoise:
    """Return the application with its static files in front, kept for a year."""
    files = WhiteNoise(
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=partial(_add_headers, fixed_for(app)),
    )
    for file in files.files.values():
        _tell_no_time(file)
    return files


def _tell_no_time(file: Any) -> None:
    """Drop what a browser could ask about again: the address names the content, the time nobody's."""
    file.etag = file.last_modified = None
    file.alternatives = [
        (encoding, path, [one for one in headers if one[0] not in _VALIDATORS])
        for encoding, path, headers in file.alternatives
    ]


def _add_headers(fixed: Mapping[str, str], headers: Headers, _path: str, _url: str) -> None:
    for name, value in fixed.items():
        headers[name] = value
    headers["Content-Security-Policy"] = _POLICY
