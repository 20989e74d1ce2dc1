"""Letting go of letters: the words that were hidden, what was never sent, and at last the letters.

A letter that was delivered stays with both sides while the child's record stands and five years
more: gratitude outlasts school.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.children import Child
from models.imports import Upload
from models.letters import Letter, VaultLetter, VaultReader
from vocabulary.enums import ChildStatus, LetterStatus

_DELIVERED = Letter.status == LetterStatus.DELIVERED


def trim(session: Session, *, before: date, most: int) -> int:
    """Leave of a delivered letter what was sent; a writer reads that from then on.

    A donor's own words lie in the vault and stay his until he is forgotten.
    """
    old = (_DELIVERED, Letter.delivered_on < before, Letter.is_trimmed.is_(False))
    found = session.scalars(select(Letter).where(*old).order_by(Letter.id).limit(most)).all()
    for letter in found:
        letter.original, letter.is_trimmed = letter.released, True
    session.flush()
    return len(found)


def let_go_returned(session: Session, *, before: date, most: int) -> int:
    """Delete letters that came back and were never sent."""
    old = (Letter.status == LetterStatus.RETURNED, Letter.submitted_on < before)
    return _delete(session, _keys(session, *old, most=most))


def let_go_delivered(session: Session, *, before: date, most: int) -> int:
    """Delete what was delivered, once the child's record has been over as long."""
    over = select(Child.id).where(Child.status == ChildStatus.ENDED, Child.ended_on < before)
    old = (_DELIVERED, Letter.delivered_on < before, Letter.child_id.in_(over))
    return _delete(session, _keys(session, *old, most=most))


def _keys(session: Session, *old: object, most: int) -> Sequence[int]:
    query = select(Letter.id).where(*old).order_by(Letter.id).limit(most)  # type: ignore[arg-type]
    return session.scalars(query).all()


def _delete(session: Session, keys: Sequence[int]) -> int:
    """The job that tidies the photographs removes a file that no row names."""
    for column in (VaultLetter.letter_id, VaultReader.letter_id, Upload.letter_id, Letter.id):
        gone = delete(column.class_).where(column.in_(keys))
        session.execute(gone.execution_options(synchronize_session="fetch"))
    return len(keys)
