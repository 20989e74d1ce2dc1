"""While the latest comparison of the books found what is not set apart, no money leaves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.book_checks import BookCheck
from vocabulary.errors import BooksDisagree


def last(session: Session) -> tuple[int, int]:
    """Return how many breaches the latest comparison found, and of how many the records are apart.

    None where nothing was compared yet.
    """
    newest = select(BookCheck.findings, BookCheck.contained).order_by(BookCheck.id.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return (row.findings, row.contained) if row else (0, 0)


def refuse_to_send(session: Session) -> None:
    """Raise BooksDisagree until a later comparison finds nothing but what is set apart."""
    found, own = last(session)
    if found > own:
        raise BooksDisagree()
