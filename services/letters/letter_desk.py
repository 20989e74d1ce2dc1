"""The moderator's desk: original and proposed text side by side; release, return, a worry first.

Moderators are case staff of the child's banner who did not step aside. They read which child and
which pledge code; who gives they never read, not in his own letter either (services/letter_vault).
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import Letter, LetterFriend
from models.pledges import Pledge, Recusal
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.screening import MARK, redacted
from privacy.viewers import Viewer
from services import gate, trace, uploads
from services.gate import Card, Part
from services.letters import letter_ends, letter_post, letter_screening, letter_teachers
from services.lifecycle import advance
from services.pairing.proposing import is_aside
from vocabulary.dates import today
from vocabulary.enums import LetterConcern, LetterReturn, LetterStatus
from vocabulary.errors import ActedBefore, BadInput, SteppedAside, WrongState
from vocabulary.letters import LONGEST

PAGE = 100
OPEN = (LetterStatus.SUBMITTED, LetterStatus.SCREENED, LetterStatus.RELEASED)
_PARTS = {
    "child": Part(Child, Child.id == Letter.child_id, ("ref", "name", "class_label")),
    "pledge": Part(Pledge, Pledge.id == Letter.pledge_id, ("code",)),
    "friend": Part(LetterFriend, LetterFriend.id == Letter.friend_id, ("ref",)),
    "volunteer": Part(Volunteer, Volunteer.id == LetterFriend.volunteer_id, ("name",)),
}
_LIST = ("ref", "sender", "voice", "hand", "status", "concerns", "submitted_on", "released_on")


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what is not delivered yet: what worries first, then the longest waiting."""
    require(viewer, Act.MODERATE_LETTERS)
    found = gate.cards(
        session,
        viewer,
        Letter,
        parts=_PARTS,
        fields=_LIST,
        where=(Letter.status.in_(OPEN),),
        order_by=(Letter.status != LetterStatus.SUBMITTED, Letter.submitted_on, Letter.id),
        limit=PAGE,
    )
    aside = _aside_from(session, viewer)
    stopped = letter_ends.unread_among(session, [card["ref"] for card in found], on=today(now))
    return [
        card.and_also(
            days=(today(now) - card["submitted_on"]).days,
            may_act=card["child"]["ref"] not in aside,
            is_stopped=card["ref"] in stopped,
        )
        for card in found
    ]


def not_decided(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL the letters that somebody has to look at, for the corner of every page."""
    require(viewer, Act.MODERATE_LETTERS)
    waits = or_(*(Letter.status == status for status in OPEN[:2]))
    return gate.tally(viewer, Letter, waits)


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one letter: the original cut at its marks, the proposed text, its photographs."""
    require(viewer, Act.MODERATE_LETTERS)
    card = gate.card(session, viewer, Letter, Letter.ref == ref, parts=_PARTS)
    letter = gate.row(session, viewer, Letter, Letter.ref == ref)
    text = letter.original or ""
    found = letter_screening.desk_marks(session, letter, text)
    return card.and_also(
        concerns=[LetterConcern(one) for one in card["concerns"]],
        pieces=letter_screening.pieces(text, found),
        proposed=letter.released or redacted(text, found),
        marked=len(found),
        teachers=letter_teachers.named(session, letter, text, found),
        photos=uploads.of_letter(session, viewer, ref),
        may_act=_bar_of(session, viewer, letter) is None,
        is_stopped=letter_ends.is_unread(session, letter, on=today(now)),
        batch_on=letter_post.next_batch(today(now)),
        leaves_on=letter_post.next_batch(letter.released_on or today(now)),
    )


def remarks(session: Session, viewer: Viewer, ref: str, text: str) -> list[letter_screening.Piece]:
    """Return an edited text cut where it still would tell who somebody is; nothing when it would not."""
    require(viewer, Act.MODERATE_LETTERS)
    letter = gate.row(session, viewer, Letter, Letter.ref == ref)
    found = letter_screening.desk_marks(session, letter, text)
    return letter_screening.pieces(text, found) if found else []


def clear(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say that what worried was seen to: the letter may be released or returned now."""
    letter = _open(session, by, ref)
    if letter.original is None:
        raise BadInput(field="text", reason="not_typed")
    advance(session, letter, LetterStatus.SCREENED, by=by, now=now, reason="worry seen to")
    _note(session, by, letter, "letter.clear", now=now)


def raise_worry(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put a letter before the case staff that the machine found nothing worrying in."""
    letter = _open(session, by, ref)
    advance(session, letter, LetterStatus.SUBMITTED, by=by, now=now, reason="worry raised")
    letter.concerns = sorted({*letter.concerns, LetterConcern.RAISED.value})
    letter_screening.tell_case_staff(session, letter, now=now, rung=today(now).toordinal())
    _note(session, by, letter, "letter.raise", now=now)


def type_up(session: Session, by: Viewer, ref: str, text: str, *, now: datetime) -> None:
    """Type the words of a letter that came as a photograph alone; they are screened like others."""
    letter = _open(session, by, ref)
    if letter.original is not None:
        raise WrongState(from_state=letter.status.value, to_state="typed")
    _check_text(text)
    letter.original = text.strip()
    letter_screening.screen(session, letter, text.strip(), now=now)
    _note(session, by, letter, "letter.type", now=now)


def release(
    session: Session, by: Viewer, ref: str, text: str, *, now: datetime, seen: str = ""
) -> None:
    """Release a text for the next batch.

    What still stands marked in it has to have been seen: `seen` is the very text that was looked
    at once more. Raises BadInput otherwise, WrongState while a worry is not seen to.
    """
    letter = _open(session, by, ref)
    if letter_ends.is_unread(session, letter, on=today(now)):
        raise BadInput(field="text", reason="gone")
    _check_text(text)
    plain = text.strip()
    if plain.replace(MARK, "").strip() == "":
        raise BadInput(field="text", reason="missing")
    if plain != seen.strip() and letter_screening.desk_marks(session, letter, plain):
        raise BadInput(field="text", reason="marked")
    advance(session, letter, LetterStatus.RELEASED, by=by, now=now)
    letter.released, letter.released_by, letter.released_on = plain, by.actor, today(now)
    session.flush()
    _note(session, by, letter, "letter.release", now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Look at a released letter again, before its batch has left."""
    letter = _open(session, by, ref)
    advance(session, letter, LetterStatus.SCREENED, by=by, now=now, reason="looked at again")
    letter.released_by, letter.released_on = None, None
    session.flush()
    _note(session, by, letter, "letter.take_back", now=now)


def send_back(
    session: Session, by: Viewer, ref: str, *, reason: LetterReturn, now: datetime
) -> None:
    """Return a letter to its writer with a reason; the other side hears nothing of it."""
    letter = _open(session, by, ref)
    advance(session, letter, LetterStatus.RETURNED, by=by, now=now, reason=reason.value)
    letter.return_reason = reason
    session.flush()
    _note(session, by, letter, "letter.return", now=now)
    letter_post.tell_writer(session, letter, now=now)


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Tell the case staff again, every day, of each worrying letter that nobody has seen to."""
    require(by, Act.DELIVER_LETTERS)
    open_ones = select(Letter).where(Letter.status == LetterStatus.SUBMITTED).order_by(Letter.id)
    for letter in session.scalars(open_ones).all():
        days = (on - letter.submitted_on).days
        if letter.concerns and days > 0:
            letter_screening.tell_case_staff(session, letter, now=now, rung=days)


def _open(session: Session, by: Viewer, ref: str) -> Letter:
    """Return a letter to act on. Raises SteppedAside, and ActedBefore for who handed it in."""
    require(by, Act.MODERATE_LETTERS)
    letter = gate.row(session, by, Letter, Letter.ref == ref)
    bar = _bar_of(session, by, letter)
    if bar is not None:
        raise bar
    return letter


def _bar_of(session: Session, by: Viewer, letter: Letter) -> ActedBefore | None:
    if is_aside(session, by, letter.child_id):
        return SteppedAside()
    return ActedBefore() if letter.submitted_by == by.actor else None


def _aside_from(session: Session, viewer: Viewer) -> set[str]:
    """Return the refs of the children of whom the viewer keeps out."""
    mine = select(Child.ref).join(Recusal, Recusal.child_id == Child.id)
    return set(session.scalars(mine.where(Recusal.actor == viewer.actor)))


def _check_text(text: str) -> None:
    if not text.strip():
        raise BadInput(field="text", reason="missing")
    if len(text) > LONGEST:
        raise BadInput(field="text", reason="too_long")


def _note(session: Session, by: Viewer, letter: Letter, act: str, *, now: datetime) -> None:
    trace.record(session, by, act, f"letter:{letter.ref}", now=now)
