"""Which cleared volunteer writes with which child: opened and ended by case staff.

She reads a code name. When one of her papers runs out, nothing goes either way until it is renewed
(F25: nobody is with a child without a check of the last year).
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import LetterFriend
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, letter_pairs, trace, volunteers
from services.code_names import PLACES, PLANTS
from services.gate import Card, Part
from services.proposing import is_aside
from vocabulary.dates import today
from vocabulary.enums import VolunteerStatus
from vocabulary.errors import BadInput, NoConsent, SteppedAside
from vocabulary.refs import choose, new_ref

MOST_SHOWN = 50
# Whoever hears of many children can lay what they tell side by side.
MOST_CHILDREN = 2
_PAPERS = ("checked_on", "trained_on", "insured_until")
_READY = (VolunteerStatus.CLEARED, VolunteerStatus.ACTIVE)
_PARTS = {"volunteer": Part(Volunteer, Volunteer.id == LetterFriend.volunteer_id, ("ref", "name"))}


def of_child(session: Session, viewer: Viewer, child_ref: str, *, now: datetime) -> Card:
    """Return a child with the volunteers it writes with, and those who could be asked."""
    require(viewer, Act.MODERATE_LETTERS)
    child = gate.card(session, viewer, Child, Child.ref == child_ref, fields=("ref", "name"))
    ids = select(Child.id).where(Child.ref == child_ref)
    friends = gate.cards(
        session,
        viewer,
        LetterFriend,
        parts=_PARTS,
        where=(LetterFriend.child_id.in_(ids), LetterFriend.ended_on.is_(None)),
        order_by=(LetterFriend.id,),
    )
    taken = {one["volunteer"]["ref"] for one in friends if one.has("volunteer")}
    ready = [one for one in _ready(session, viewer, on=today(now)) if one["ref"] not in taken]
    child_id = session.scalars(ids).one()
    agreed = letter_pairs.is_agreed(session, child_id, now=now)
    return child.and_also(friends=friends, ready=ready, is_agreed=agreed)


def _ready(session: Session, viewer: Viewer, *, on: date) -> list[Card]:
    found = gate.cards(
        session,
        viewer,
        Volunteer,
        fields=("ref", "name", *_PAPERS),
        where=(Volunteer.status.in_(_READY), Volunteer.account_id.is_not(None)),
        order_by=(Volunteer.id,),
    )
    return [card for card in found if not volunteers.missing(card, on=on)][:MOST_SHOWN]


def begin(
    session: Session, by: Viewer, child_ref: str, volunteer_ref: str, *, now: datetime
) -> None:
    """Let a child and a volunteer write to each other; begun again, it is the same friendship.

    Raises NoConsent, SteppedAside, and BadInput for a volunteer who lacks a paper or writes with
    as many children as one may.
    """
    require(by, Act.MODERATE_LETTERS)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == volunteer_ref)
    if is_aside(session, by, child.id):
        raise SteppedAside()
    if not letter_pairs.is_agreed(session, child.id, now=now):
        raise NoConsent()
    if volunteer.status not in _READY or lacks(volunteer, on=today(now)):
        raise BadInput(field="volunteer", reason="not_cleared")
    if _others(session, child.id, volunteer.id) >= MOST_CHILDREN:
        raise BadInput(field="volunteer", reason="has_enough")
    _friendship(session, by, child.id, volunteer.id, now=now).ended_on = None
    session.flush()
    trace.record(session, by, "letters.befriend", f"child:{child_ref}", now=now)


def _others(session: Session, child_id: int, volunteer_id: int) -> int:
    """Count the other children a volunteer writes with now."""
    theirs = LetterFriend.volunteer_id == volunteer_id, LetterFriend.child_id != child_id
    live = select(func.count(LetterFriend.id)).where(*theirs, LetterFriend.ended_on.is_(None))
    return session.scalar(live) or 0


def _friendship(
    session: Session, by: Viewer, child_id: int, volunteer_id: int, *, now: datetime
) -> LetterFriend:
    pair = (LetterFriend.child_id == child_id, LetterFriend.volunteer_id == volunteer_id)
    found = session.scalar(select(LetterFriend).where(*pair))
    if found is not None:
        return found
    friend = LetterFriend(
        ref=new_ref("friend_child"),
        friend_ref=new_ref("friend_volunteer"),
        child_id=child_id,
        volunteer_id=volunteer_id,
        code_name=_code_name(session, volunteer_id),
        opened_on=today(now),
        opened_by=by.actor,
    )
    session.add(friend)
    session.flush()
    return friend


def _code_name(session: Session, volunteer_id: int) -> str:
    own = select(LetterFriend.code_name).where(LetterFriend.volunteer_id == volunteer_id)
    used = set(session.scalars(own))
    while True:
        name = f"{choose('code_name', PLACES)}的{choose('code_name', PLANTS)}"
        if name not in used:
            return name


def end(session: Session, by: Viewer, ref: str, *, now: datetime) -> str:
    """End a friendship: nothing goes either way from now on. Returns the child's ref."""
    require(by, Act.MODERATE_LETTERS)
    friend = gate.row(session, by, LetterFriend, LetterFriend.ref == ref)
    friend.ended_on = friend.ended_on or today(now)
    session.flush()
    child_ref = session.get_one(Child, friend.child_id).ref
    trace.record(session, by, "letters.part", f"child:{child_ref}", now=now)
    return child_ref


def mine(session: Session, viewer: Viewer) -> list[Card]:
    """List the children with whom a volunteer writes, by code name."""
    require(viewer, Act.WRITE_LETTER)
    return gate.cards(session, viewer, LetterFriend, order_by=(LetterFriend.id,))


def is_over(session: Session, friend_id: int | None, *, on: date) -> bool:
    """Say whether nothing goes between a volunteer and a child: ended, or a paper ran out."""
    if friend_id is None:
        return False
    friend = session.get_one(LetterFriend, friend_id)
    volunteer = session.get_one(Volunteer, friend.volunteer_id)
    return friend.ended_on is not None or lacks(volunteer, on=on)


def lacks(volunteer: Volunteer, *, on: date) -> bool:
    """Say whether a volunteer lacks a paper on a day."""
    papers = Card({name: getattr(volunteer, name) for name in _PAPERS})
    return bool(volunteers.missing(papers, on=on))
