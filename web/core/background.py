"""Work that goes on after an answer, in slices that each commit; it may be started again."""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from extensions import db
from vocabulary.errors import Refused

# Begins writing as late as it can, writes, and says whether more is to do.
Slice = Callable[[Session], bool]
# Longer than the longest nap of a writer that waits for SQLite's lock, so that he gets in.
_PAUSE_SECONDS = 0.15
_LOG = logging.getLogger(__name__)


def after_answering(response: Response, work: Slice) -> Response:
    """Start the work once the answer is sent, so that what it promised is committed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 Flask's own way to hand an app on
    response.call_on_close(lambda: _start(app, work))
    return response


def _start(app: Flask, work: Slice) -> None:
    threading.Thread(target=_run, args=(app, work), daemon=True, name="slices").start()


def _run(app: Flask, work: Slice) -> None:
    with app.app_context():
        try:
            while _one(db.session(), work):
                time.sleep(_PAUSE_SECONDS)  # lets people's own writes in between
        except Refused:
            db.session.rollback()
        except Exception:
            db.session.rollback()
            _LOG.exception("work in the background stopped")
        finally:
            db.session.remove()


def _one(session: Session, work: Slice) -> bool:
    is_more = work(session)
    session.commit()
    return is_more
