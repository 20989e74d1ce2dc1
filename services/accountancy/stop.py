"""While the latest comparison of the books found something, no money leaves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.book_checks import BookCheck
from vocabulary.errors import BooksDisagree


def found_last(session: Session) -> int:
    """Return how many breaches the latest comparison found; none where nothing was compared yet."""
    newest = select(BookCheck.findings).order_by(BookCheck.id.desc()).limit(1)
    return session.scalar(newest) or 0


def refuse_to_send(session: Session) -> None:
    """Raise BooksDisagree until a later comparison finds nothing."""
    if found_last(session):
        raise BooksDisagree()
