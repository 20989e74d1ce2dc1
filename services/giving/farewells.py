"""A payer who handed on: how long he writes beside the one who follows, and his last letter.

What he read, wrote and paid stays his; only new letters of his end. Part of services/vault/vault.py.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.letters import Letter
from models.vault import PayerMove
from vocabulary.dates import add_months
from vocabulary.enums import LetterSide, LetterStatus, MoveStatus

OVERLAPS = (0, 1, 2, 3)
"""So many months both may write with the child; none: until the very day."""
_HANDS_ON = (MoveStatus.ACCEPTED, MoveStatus.DONE)


def writes_until(session: Session, pledge_id: int | None) -> date | None:
    """Return the last day on which the payer before may write; None while nothing ends it."""
    move = _of(session, pledge_id)
    if move is None or move.done_on is None or move.overlap_months is None:
        return None
    return add_months(move.done_on, move.overlap_months)


def is_over(session: Session, pledge_id: int | None, *, on: date) -> bool:
    """Say whether a pledge's own side writes no more: its time is over, or it said goodbye."""
    until = writes_until(session, pledge_id)
    return (until is not None and on > until) or has_said(session, pledge_id)


def may_say(session: Session, pledge_id: int | None) -> bool:
    """Say whether a letter may be the last: somebody said yes to following."""
    move = _of(session, pledge_id)
    return move is not None and move.overlap_months is not None


def has_said(session: Session, pledge_id: int | None) -> bool:
    """Say whether the last letter is written; one that came back may be written again."""
    if pledge_id is None or _of(session, pledge_id) is None:
        return False
    last = select(Letter.id).where(
        Letter.pledge_id == pledge_id,
        Letter.sender == LetterSide.DONOR,
        Letter.is_goodbye.is_(True),
        Letter.status != LetterStatus.RETURNED,
    )
    return session.scalar(last.limit(1)) is not None


def _of(session: Session, pledge_id: int | None) -> PayerMove | None:
    if pledge_id is None:
        return None
    handed = select(PayerMove).where(
        PayerMove.pledge_id == pledge_id,
        PayerMove.status.in_(_HANDS_ON),
        PayerMove.is_contact.is_(False),
    )
    return session.scalar(handed.order_by(PayerMove.id.desc()).limit(1))
