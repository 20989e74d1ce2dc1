"""What the machine says of a letter: which words would tell who somebody is, and what worries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from sqlalchemy.orm import Session

from models.children import Child
from models.letters import Letter
from privacy import viewers
from privacy.permissions import CASE_STAFF
from privacy.screening import Known, Mark, marks, worries
from services.danger import protection
from services.letters import letter_known
from services.letters.letter_pairs import Pair
from services.lifecycle import advance
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import LetterConcern, LetterSide, LetterStatus, NoticeKind, Role, Trouble


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a letter, and whether it is marked."""

    text: str
    is_marked: bool
    is_worrying: bool = False


def screen(
    session: Session, letter: Letter, text: str, *, now: datetime, of_others: str | None = None
) -> None:
    """Keep what worries in a letter as it was written, and let what does not go on to the desk.

    A worrying letter stays where it is, and the case staff of the child's banner hear of it.
    `of_others` is what a donor says beside his own name, town and work.
    """
    concerns = sorted({one.kind.value for one in worries(text)})
    if letter.sender is not LetterSide.FAMILY and letter_known.tells_of_child(
        session, letter.child_id, text if of_others is None else of_others
    ):
        concerns.append(LetterConcern.KNOWS_CHILD.value)
    letter.concerns = concerns
    if concerns:
        tell_case_staff(session, letter, now=now)
        return
    advance(session, letter, LetterStatus.SCREENED, by=viewers.engine("letters"), now=now)


def tell_case_staff(session: Session, letter: Letter, *, now: datetime, rung: int = 0) -> None:
    """Queue a worrying letter to every case worker and approver of the child's banner."""
    banner = session.get_one(Child, letter.child_id).banner_code
    kind, subject = NoticeKind.LETTER_WORRIES, f"letter:{letter.ref}"
    # Of a child in danger whom a report names hears nothing of this; without anybody else it is said so.
    accused = protection.accused_in(session, letter.child_id)
    to_roles = partial(notices.to_roles, session, now=now, rung=rung, but=accused)
    if not to_roles(sorted(CASE_STAFF), banner, kind, subject) and accused:
        unheard = f"job:letters:{today(now).isoformat()}:{Trouble.UNHEARD}"
        to_roles((Role.ADMINISTRATOR,), None, NoticeKind.JOB_ALARM, unheard)


def own_marks(session: Session, pair: Pair, text: str) -> tuple[Mark, ...]:
    """Return what a writer is warned of before sending: by his own side's knowledge alone.

    Never the other side's: a warning that knew it would tell a guesser when he is right.
    """
    is_family = pair.side is LetterSide.FAMILY
    known = letter_known.of_child(session, pair.child_id) if is_family else ()
    return marks(text, known)


def desk_marks(session: Session, letter: Letter, text: str) -> tuple[Mark, ...]:
    """Return what a moderator is shown as marked: the child's side, a volunteer's, patterns."""
    known: Iterable[Known] = (
        *letter_known.of_child(session, letter.child_id),
        *letter_known.of_friend(session, letter.friend_id),
    )
    return marks(text, known)


def pieces(text: str, found: Iterable[Mark]) -> list[Piece]:
    """Cut a text at its marks and at its worrying sentences, for the desk."""
    return _cut(text, found, [(one.start, one.end) for one in worries(text)])


def own_pieces(text: str, found: Iterable[Mark]) -> list[Piece]:
    """Cut a text at its marks, for its writer: whoever tells of a fear is not told to change it."""
    return _cut(text, found, [])


def _cut(text: str, found: Iterable[Mark], worrying: list[tuple[int, int]]) -> list[Piece]:
    marked = [(one.start, one.end) for one in found]
    cuts = sorted({0, len(text), *(at for span in (*marked, *worrying) for at in span)})
    return [
        Piece(text[start:end], _inside(start, marked), _inside(start, worrying))
        for start, end in pairwise(cuts)
    ]


def _inside(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
