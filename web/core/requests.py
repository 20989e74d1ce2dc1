"""One transaction per request, committed in one place; reads are traced before they are shown."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from extensions import db
from services import gate, trace
from services.oversight import honey, refusals
from services.writing import begin_writing
from vocabulary import clock
from web.core import busy, logs
from web.core.access import current_viewer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_ERROR = 400
# Without the form's token; not there or not for him; another method; too often.
REFUSED = frozenset({400, 403, 404, 405, 429})


def session() -> Session:
    """Return this request's database session."""
    return db.session()


def now() -> datetime:
    """Return this request's one instant: every step of it shares the deciding moment."""
    if "now" not in g:
        g.now = clock.now()
    instant: datetime = g.now
    return instant


def note_read(act: str, subjects: Iterable[str]) -> None:
    """Say that this page reads the named records; one entry is kept before the page is shown."""
    g.setdefault("reads", {}).setdefault(act, []).extend(subjects)


def keep_nothing() -> None:
    """Undo this request's writes although its answer is a page (a refused form)."""
    g.keep_nothing = True


@contextmanager
def without_lock() -> Iterator[None]:
    """Let others write while this request works long: it writes nothing inside, and again after."""
    session().rollback()
    yield
    session().rollback()
    begin_writing(session())


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    if request.method not in SAFE:
        begin_writing(session())


def _end(response: Response) -> Response:
    ended = _settle(response)
    _sound_honey()
    _note_refusal(ended)
    return ended


def _settle(response: Response) -> Response:
    if request.method in SAFE:
        return _after_reading(response)
    if response.status_code < FIRST_ERROR and not g.get("keep_nothing"):
        return _committed(response)
    session().rollback()
    return response


def _committed(response: Response) -> Response:
    """Keep what was done, or say that it was not: a full disk shows itself only here."""
    try:
        session().commit()
    except OperationalError:
        session().rollback()
        current_app.logger.exception("an act could not be kept")
        return busy.answer()
    return response


def _sound_honey() -> None:
    """Tell the guards when a honey record was opened, whatever became of the page itself."""
    if gate.OPENINGS not in session().info:
        return
    try:
        begin_writing(session())
        honey.sound(session(), now=now())
        session().commit()
    except SQLAlchemyError:
        session().rollback()
        current_app.logger.exception("an opened honey record could not be told")


def _note_refusal(response: Response) -> None:
    """Keep who was refused which page; the answer is the same whether that could be kept or not."""
    of_donors_or_links = request.endpoint is not None and logs.is_silent()
    if response.status_code not in REFUSED or of_donors_or_links:
        return
    if not current_user.is_authenticated:
        return
    viewer, page = current_user.viewer, request.endpoint or ""
    try:
        begin_writing(session())
        refusals.note(session(), viewer, page, status=response.status_code, now=now())
        session().commit()
    except SQLAlchemyError:
        session().rollback()
        current_app.logger.exception("a refusal could not be kept")


def _after_reading(response: Response) -> Response:
    """End the read, then trace it in a short write; a page whose trace fails is not shown."""
    session().rollback()
    reads = g.pop("reads", None)
    if not reads or response.status_code >= FIRST_ERROR:
        return response
    try:
        begin_writing(session())
        for act, subjects in reads.items():
            trace.record(
                session(),
                current_viewer(),
                act,
                subjects[0] if len(subjects) == 1 else f"{len(subjects)} records",
                now=now(),
                detail={"subjects": sorted(subjects)} if len(subjects) > 1 else {},
                chain=trace.chain_of(current_viewer()),
            )
        session().commit()
    except (OperationalError, SQLAlchemyError):
        session().rollback()
        current_app.logger.exception("a read could not be traced")
        return busy.answer()
    return response
