"""What notices about letters say: drawn at delivery, with the recipient's own eyes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Condition
from models.children import Child
from models.letters import Letter, LetterFriend
from models.pledges import Match
from privacy.viewers import Viewer
from services import gate
from services.gate import Part
from services.notices.notice_words import LETTER_CONCERNS
from vocabulary.enums import LetterConcern, LetterReturn, LetterSide, LetterStatus
from vocabulary.errors import NotFound

Facts = dict[str, str]
_OPEN = (LetterStatus.SUBMITTED, LetterStatus.SCREENED)


def of_letter(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Say which child a worrying letter is about, and what worries, while nobody has seen to it."""
    parts = {"child": Part(Child, Child.id == Letter.child_id, ("name",))}
    card = gate.card(session, viewer, Letter, Letter.ref == ref, parts=parts)
    if card["status"] is not LetterStatus.SUBMITTED or not card.has("child"):
        raise NotFound()
    named = [LETTER_CONCERNS[LetterConcern(one)] for one in card["concerns"]]
    return {"child": card["child"]["name"], "concern": "、".join(named)} if named else {}


def of_stopped(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Say whose letter went back because nobody would read it."""
    parts = {"child": Part(Child, Child.id == Letter.child_id, ("name",))}
    card = gate.card(session, viewer, Letter, Letter.ref == ref, parts=parts)
    if card["status"] is not LetterStatus.RETURNED or not card.has("child"):
        raise NotFound()
    return {"child": card["child"]["name"]}


def of_pair(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Say whether a letter lies there to be read, or came back, as the reader's own page would."""
    here, facts = _pair(session, viewer, ref)
    letters = gate.cards(session, viewer, Letter, where=here, order_by=(Letter.id.desc(),))
    sides = _own_sides(viewer)
    theirs = [one for one in letters if one["sender"] not in sides]
    own = [one for one in letters if one["sender"] in sides]
    if theirs:
        facts["letters"] = str(len(theirs))
    if own and own[0].has("return_reason") and isinstance(own[0]["return_reason"], LetterReturn):
        facts["back"] = "1"
    return facts


def _own_sides(viewer: Viewer) -> tuple[LetterSide, ...]:
    is_family = viewer.child_id is not None
    return (LetterSide.FAMILY,) if is_family else (LetterSide.DONOR, LetterSide.VOLUNTEER)


def _pair(session: Session, viewer: Viewer, ref: str) -> tuple[tuple[Condition, ...], Facts]:
    """Find the letters behind a donor's match, a child, or a volunteer's friendship."""
    if viewer.donor_id is not None:
        match = gate.row(session, viewer, Match, Match.donor_ref == ref)
        pair = (Letter.pledge_id == match.pledge_id, Letter.child_id == match.child_id)
        return pair, {"code_name": match.code_name}
    if viewer.child_id is not None:
        own = select(Child.id).where(Child.ref == ref, Child.id == viewer.child_id)
        return (Letter.child_id.in_(own),), {}
    friend = gate.row(session, viewer, LetterFriend, LetterFriend.friend_ref == ref)
    return (Letter.friend_id == friend.id,), {"code_name": friend.code_name}


def of_desk(session: Session, viewer: Viewer, _code: str, _now: datetime) -> Facts:
    """Count what waits for the moderators."""
    count = gate.count(session, viewer, Letter, Letter.status.in_(_OPEN))
    return {"letters": str(count)} if count else {}
