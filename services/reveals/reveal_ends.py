"""Letting go of what was asked and never led to knowing each other.

Yes, no and silence go on the same day after the asking: whoever asked learns nothing from it.
"""

from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.notices import AccessLink
from models.reveals import Reveal, VaultWords
from vocabulary.enums import RevealStatus


def let_go(session: Session, *, before: date, most: int) -> int:
    """Delete old askings with the words and links made for them; return how many."""
    old = select(Reveal.id).where(Reveal.status != RevealStatus.SHOWN, Reveal.asks_from < before)
    keys = session.scalars(old.order_by(Reveal.id).limit(most)).all()
    for table, column in (
        (AccessLink, AccessLink.reveal_id),
        (VaultWords, VaultWords.reveal_id),
        (Reveal, Reveal.id),
    ):
        gone = delete(table).where(column.in_(keys))
        session.execute(gone.execution_options(synchronize_session=False))
    return len(keys)
