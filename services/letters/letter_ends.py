"""A donor who reads no more, forgotten or dead: no letter leaves to him, and the family hears of it.

It hears on a Monday, with the week's batch, in the same words whatever became of him. Only behind
the guardian's own link: on a slip, which a school prints, at a school and at a village director's
two children whose pages changed in the same week would be known to have one donor.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import Letter
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services.letters.letter_pairs import Pair
from services.lifecycle import advance
from services.notices import notices
from services.vault import gone
from vocabulary.dates import today
from vocabulary.enums import LetterHand, LetterReturn, LetterSide, LetterStatus, NoticeKind


def is_told(session: Session, pair: Pair, *, now: datetime) -> bool:
    """Say whether this page tells its family that nobody reads behind the pledge any more."""
    is_private = pair.side is LetterSide.FAMILY and pair.hand is LetterHand.ITSELF and pair.reads
    return is_private and _is_over(session, pair.pledge_id, on=today(now))


def is_unread(session: Session, letter: Letter, *, on: date | None = None) -> bool:
    """Say whether a family's letter is for nobody: from that hour, or as of the Monday before `on`."""
    if letter.sender is not LetterSide.FAMILY:
        return False
    if on is not None:
        return _is_over(session, letter.pledge_id, on=on)
    return gone.since(session, letter.pledge_id) is not None


def unread_among(session: Session, refs: Collection[str], *, on: date) -> frozenset[str]:
    """Return which of the letters are for nobody, as of the Monday before `on`, in two questions."""
    written = select(Letter.ref, Letter.pledge_id).where(
        Letter.ref.in_(refs), Letter.sender == LetterSide.FAMILY, Letter.pledge_id.is_not(None)
    )
    pledges = {ref: key for ref, key in session.execute(written) if key is not None}
    days = gone.since_each(session, set(pledges.values()))
    return frozenset(ref for ref, key in pledges.items() if _is_before(days.get(key), on=on))


def _is_over(session: Session, pledge_id: int | None, *, on: date) -> bool:
    return _is_before(gone.since(session, pledge_id), on=on)


def _is_before(since: date | None, *, on: date) -> bool:
    return since is not None and since < on - timedelta(days=on.weekday())


def return_unread(
    session: Session, by: Viewer, released: Sequence[Letter], *, batch: date, now: datetime
) -> list[Letter]:
    """Return the letters that nobody would read to their writers; return those that stay.

    The reason is that somebody wants to talk with them, and the case staff are told to.
    """
    back = [one for one in released if is_unread(session, one, on=batch)]
    for letter in back:
        advance(session, letter, LetterStatus.SCREENED, by=by, now=now, reason="nobody reads it")
        reason = letter.return_reason = LetterReturn.TALK_FIRST
        advance(session, letter, LetterStatus.RETURNED, by=by, now=now, reason=reason.value)
        letter.released = letter.released_by = letter.released_on = None
        session.flush()
        banner = session.get_one(Child, letter.child_id).banner_code
        kind, subject = NoticeKind.LETTER_STOPPED, f"letter_stopped:{letter.ref}"
        notices.to_roles(session, sorted(CASE_STAFF), banner, kind, subject, now=now)
    return back
