"""What is written about a request: one redacted line of JSON, and none at all for donors' doors."""

import atexit
import json
import logging
import re
import sys
import traceback
from datetime import UTC
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import perf_counter

from flask import Flask, Response, current_app, g, request, request_finished

from gateways import log_server
from vocabulary import clock
from vocabulary.refs import new_ref

# A donor's, a family's or a stranger's visit leaves no line: neither when, nor what.
SILENT_DOORS = frozenset({"public", "donor", "family"})
FILE = "weiguang.log"
_LARGEST, _KEPT = 5 * 1024 * 1024, 10
_MASKS = (
    (re.compile(r"[^\x00-\x7f]+"), "[text]"),  # we log in English: anything else is somebody's
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[mail]"),
    (re.compile(r"(?<![\w])\d{17}[\dXx](?!\w)"), "[id]"),
    (re.compile(r"(?:\d[ -]?){10,}\d"), "[number]"),
    (re.compile(r"\bAX\d{6}\b"), "[reference]"),
    (re.compile(r"\b[A-Za-z0-9_-]{20,}\b"), "[token]"),
)


def redact(text: str) -> str:
    """Mask phones, id and account numbers, mails, payment references, tokens and all Chinese."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


class JsonLine(logging.Formatter):
    """One event as one line. Of an error only its kind and where it happened: never its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Draw the line."""
        line: dict[str, object] = {
            "time": clock.now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": redact(record.getMessage()),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line)


class _PrivateFile(RotatingFileHandler):
    """A rotated file that only its owner reads."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 the parent's own shape
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def init_app(app: Flask) -> None:
    """Write into instance/logs (0600, rotated); warnings to stderr as well. Tests write nothing."""
    for noisy in ("werkzeug", "waitress"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app.before_request(_begin)
    request_finished.connect(_line, app)
    for former in app.logger.handlers:
        former.close()
    app.logger.handlers = []
    app.logger.propagate = app.testing
    if app.testing:
        return
    app.logger.handlers = _handlers(app.config["SETTINGS"].logs)
    app.logger.setLevel(logging.INFO)
    _send_elsewhere(app)


def _handlers(folder: Path) -> list[logging.Handler]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = _PrivateFile(
        folder / FILE, maxBytes=_LARGEST, backupCount=_KEPT, encoding="ascii", delay=True
    )
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    for handler in (file, screen):
        handler.setFormatter(JsonLine())
    return [file, screen]


def _send_elsewhere(app: Flask) -> None:
    """Send the same redacted lines to another machine too, where one is named."""
    server = app.config["SETTINGS"].log_server
    if server is None:
        return
    taking, listener = log_server.sending(server, JsonLine())
    app.logger.addHandler(taking)
    app.extensions["log_server"] = listener
    atexit.register(listener.stop)


def _begin() -> None:
    g.began = perf_counter()


def _line(_sender: Flask, response: Response, **_more: object) -> None:
    if is_silent():
        return
    facts = {
        "request": new_ref("request", 8),
        "endpoint": request.endpoint or "",
        "method": request.method,
        "status": response.status_code,
        "ms": round((perf_counter() - g.get("began", perf_counter())) * 1000),
    }
    current_app.logger.info("request", extra={"facts": facts})


def is_silent() -> bool:
    """Say whether nothing is to be written: donors' doors, links with a token, files, the pulse."""
    endpoint = request.endpoint or ""
    door = endpoint.partition(".")[0]
    has_token = "token" in (request.view_args or {})
    view = current_app.view_functions.get(endpoint)
    behind_link = isinstance(getattr(view, "door_roles", None), str)
    return door in SILENT_DOORS | {"static", "healthz", ""} or has_token or behind_link
