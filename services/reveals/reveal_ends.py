"""Letting go of what was asked and never led to knowing each other, and of what was a person's own.

Yes, no and silence go on the same day after the asking: whoever asked learns nothing from it.
"""

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.notices import AccessLink
from models.reveals import Reveal, VaultWords
from privacy.viewers import Viewer
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import RevealSide, RevealStatus

_OPEN = (RevealStatus.ASKED, RevealStatus.PUT)


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


def part(session: Session, by: Viewer, pledge_id: int, *, now: datetime) -> None:
    """End what one person asked, answered and came to know, for another stands in his place.

    A family's asking that nobody has answered waits for the other; its page says what it said.
    """
    found = session.scalars(select(Reveal).where(Reveal.pledge_id == pledge_id)).all()
    for one in found:
        is_his = one.asker is RevealSide.DONOR
        if is_his:
            one.withdrawn_on = one.withdrawn_on or today(now)
        is_answered = one.status not in (*_OPEN, RevealStatus.ENDED, RevealStatus.TURNED_DOWN)
        if is_answered or (is_his and one.status in _OPEN):
            one.first_by = one.second_by = one.child_word = one.checked_from = None
            advance(session, one, RevealStatus.ENDED, by=by, now=now)
    his = delete(VaultWords).where(VaultWords.reveal_id.in_([one.id for one in found]))
    session.execute(his.execution_options(synchronize_session=False))
