"""Writing letters, and reading them: each side its own words and what was released to it.

Whoever writes, the letter goes straight to the moderator (services/letters/letter_desk.py). A writer is
told that it is with us, that it came back and why, or in which week's batch it left; never whether
it was read.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateways.uploads import Files
from models.children import Child
from models.letters import Letter, LetterFriend
from models.pledges import Match
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace, uploads
from services.donors import naming
from services.gate import Card
from services.giving import farewells
from services.letters import letter_ends, letter_friends, letter_pairs, letter_screening
from services.letters.letter_pairs import Pair, find_pair
from services.letters.letter_screening import Piece
from services.vault import letter_vault
from vocabulary.dates import today
from vocabulary.enums import (
    LetterHand,
    LetterSide,
    LetterStage,
    LetterStatus,
    LetterVoice,
    Role,
)
from vocabulary.errors import BadInput, NoConsent, NotFound
from vocabulary.letters import LONGEST, sentences
from vocabulary.refs import new_ref

MOST_WAITING = 3
_READERS = frozenset({Role.FAMILY, Role.DONOR, Role.VOLUNTEER, Role.VILLAGE_DIRECTOR})
_WITH_US = (LetterStatus.SUBMITTED, LetterStatus.SCREENED, LetterStatus.RELEASED)


class Bar(StrEnum):
    """Why nothing can be written now."""

    CONSENT = "consent"
    OVER = "over"
    ENOUGH = "enough"
    GONE = "gone"
    HANDED_ON = "handed_on"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send: words, or a family's photograph of its paper, or both."""

    text: str
    voice: LetterVoice | None = None
    photo: bytes = b""
    # Of a donor whom another follows: the last one.
    is_goodbye: bool = False


def page(session: Session, viewer: Viewer, *, now: datetime, ref: str | None = None) -> Card:
    """Return one side's letters with one other, newest first, and whether it may write."""
    require(viewer, Act.WRITE_LETTER)
    pair = find_pair(session, viewer, ref)
    found = _letters(session, viewer, pair)
    last = next((one for one in found if _is_own(one, pair)), None)
    is_back = last is not None and last["stage"] is LetterStage.RETURNED and pair.reads
    return Card(
        {
            "letters": found,
            "side": pair.side,
            "reads": pair.reads,
            "bar": _bar(session, pair, now=now),
            "is_friend": pair.friend_id is not None,
            "may_say_goodbye": _may_say_goodbye(session, pair),
            "other": _other(session, viewer, pair, now=now),
            "again": last["original"]
            if last is not None and is_back and last.has("original")
            else "",
            "sentences": sentences(pair.side),
            "others": _others(session, viewer, pair),
        }
    )


def warnings(session: Session, viewer: Viewer, text: str, *, ref: str | None = None) -> list[Piece]:
    """Return a text cut where it would tell who its writer is; nothing when it would not."""
    require(viewer, Act.WRITE_LETTER)
    found = letter_screening.own_marks(session, find_pair(session, viewer, ref), text)
    return letter_screening.own_pieces(text, found) if found else []


def write(
    session: Session,
    by: Viewer,
    draft: Draft,
    *,
    now: datetime,
    files: Files | None = None,
    ref: str | None = None,
) -> None:
    """Hand a letter in to the moderator.

    Raises NoConsent, NotFound when nobody writes any more, BadInput for no words, too many, three
    letters that wait already, nobody to read them, or a picture from anybody but a family: a hand
    gives its writer away.
    """
    require(by, Act.WRITE_LETTER)
    pair = find_pair(session, by, ref)
    _check(session, pair, draft, now=now)
    text = draft.text.strip()
    letter = _row(session, by, pair, draft, now=now)
    of_others = text
    if pair.side is LetterSide.DONOR:
        letter_vault.keep(session, letter, text)
        of_others = letter_vault.of_others(session, pair.pledge_id or 0, text)
    if draft.photo and files is not None:
        uploads.keep_letter_photo(session, by, letter.id, draft.photo, files=files, now=now)
    if text:
        letter_screening.screen(session, letter, text, of_others=of_others, now=now)
    _note(session, by, pair, now=now)


def _check(session: Session, pair: Pair, draft: Draft, *, now: datetime) -> None:
    bar = _bar(session, pair, now=now)
    if bar is Bar.CONSENT:
        raise NoConsent()
    if bar is Bar.OVER:
        raise NotFound()
    if draft.photo and pair.side is not LetterSide.FAMILY:
        raise BadInput(field="photo", reason="no_pictures")
    if bar is not None:
        raise BadInput(field="text", reason=bar.value)
    _check_words(draft)


def _check_words(draft: Draft) -> None:
    if not draft.text.strip() and not draft.photo:
        raise BadInput(field="text", reason="missing")
    if len(draft.text) > LONGEST:
        raise BadInput(field="text", reason="too_long")


def _bar(session: Session, pair: Pair, *, now: datetime) -> Bar | None:
    is_over = letter_friends.is_over(session, pair.friend_id, on=today(now))
    if is_over or not letter_pairs.goes_on(session, pair.child_id):
        return Bar.OVER
    if not letter_pairs.is_agreed(session, pair.child_id, now=now):
        return Bar.CONSENT
    if letter_ends.is_told(session, pair, now=now):
        return Bar.GONE
    if _is_donor(pair) and farewells.is_over(session, pair.pledge_id, on=today(now)):
        return Bar.HANDED_ON
    mine = (pair.rows(), Letter.sender == pair.side, Letter.status.in_(_WITH_US))
    waiting = session.scalar(select(func.count(Letter.id)).where(*mine)) or 0
    return Bar.ENOUGH if waiting >= MOST_WAITING else None


def _is_donor(pair: Pair) -> bool:
    return pair.side is LetterSide.DONOR


def _may_say_goodbye(session: Session, pair: Pair) -> bool:
    return _is_donor(pair) and farewells.may_say(session, pair.pledge_id)


def _row(session: Session, by: Viewer, pair: Pair, draft: Draft, *, now: datetime) -> Letter:
    text = draft.text.strip()
    is_donor = pair.side is LetterSide.DONOR
    shown = letter_vault.hidden(session, pair.pledge_id or 0, text) if is_donor else text
    letter = Letter(
        ref=new_ref(f"letter_{pair.side}"),
        child_id=pair.child_id,
        pledge_id=pair.pledge_id,
        friend_id=pair.friend_id,
        sender=pair.side,
        voice=draft.voice if pair.side is LetterSide.FAMILY else None,
        hand=pair.hand,
        submitted_on=today(now),
        # Beside a child no donor's handle stands, not even in a column that nobody is shown.
        submitted_by="donor" if is_donor else by.actor,
        original=shown or None,
        is_goodbye=draft.is_goodbye and _may_say_goodbye(session, pair),
    )
    session.add(letter)
    session.flush()
    return letter


def _letters(session: Session, viewer: Viewer, pair: Pair) -> list[Card]:
    """Draw the letters of a pair through the gate, a donor's own in his own words."""
    if pair.hand is LetterHand.SCHOOL:
        return []
    eyes = replace(viewer, roles=viewer.roles & _READERS)
    found = gate.cards(session, eyes, Letter, where=(pair.rows(),), order_by=(Letter.id.desc(),))
    if pair.side is LetterSide.DONOR:
        own = iter(letter_vault.texts(session, viewer.donor_id or 0, pair.rows()))
        found = [one.and_also(original=next(own)) if _is_own(one, pair) else one for one in found]
    return found


def _is_own(card: Card, pair: Pair) -> bool:
    return bool(card["sender"] is pair.side)


def _other(session: Session, viewer: Viewer, pair: Pair, *, now: datetime) -> str | None:
    """Return how the other side is called on this page; None is 爱心人士, 爱心妈妈 or the child."""
    if pair.friend_id is not None and pair.side is LetterSide.VOLUNTEER:
        return session.get_one(LetterFriend, pair.friend_id).code_name
    if pair.pledge_id is None:
        return None
    if pair.side is LetterSide.DONOR:
        of_pair = (Match.pledge_id == pair.pledge_id, Match.child_id == pair.child_id)
        named = select(Match.code_name).where(*of_pair).order_by(Match.id.desc())
        return session.scalars(named).first()
    # A school may hold the slip: behind it a donor is called like any other.
    is_guardian = viewer.has(Role.FAMILY) and pair.reads
    return naming.called(session, pair.pledge_id, on=today(now)) if is_guardian else None


def _others(session: Session, viewer: Viewer, pair: Pair) -> list[tuple[str, LetterSide]]:
    """Return who else writes with a guardian's child; nobody on any other page."""
    is_guardian = viewer.has(Role.FAMILY) and pair.reads
    return letter_pairs.partners(session, viewer, beside=pair) if is_guardian else []


def _note(session: Session, by: Viewer, pair: Pair, *, now: datetime) -> None:
    """Trace that a letter was written: by its child, for a donor by nothing but himself."""
    is_donor = pair.side is LetterSide.DONOR
    subject = by.actor if is_donor else f"child:{session.get_one(Child, pair.child_id).ref}"
    trace.record(session, by, "letter.write", subject, now=now, chain=trace.chain_of(by))
