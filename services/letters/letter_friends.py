"""Which cleared volunteer writes with which child: one of the case staff asks, another agrees.

Ending it takes one. She reads a code name. When one of her papers runs out, nothing goes either
way until it is renewed (F25: nobody is with a child without a check of the last year).
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import LetterFriend
from models.volunteers import Volunteer
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children import child_file
from services.children.code_names import PLACES, PLANTS
from services.gate import Card, Part
from services.letters import letter_pairs
from services.notices import notices
from services.pairing import volunteers
from services.pairing.proposing import is_aside
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, VolunteerStatus
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NoConsent, SteppedAside
from vocabulary.refs import choose, new_ref

MOST_SHOWN = 50
# Whoever hears of many children can lay what they tell side by side.
MOST_CHILDREN = 2
_PAPERS = ("checked_on", "trained_on", "insured_until")
_READY = (VolunteerStatus.CLEARED, VolunteerStatus.ACTIVE)
_CHILD = Part(Child, Child.id == LetterFriend.child_id, ("ref", "name", "class_label"))
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
    told = [one.and_also(may_agree=_may_agree(viewer, one)) for one in friends]
    return child.and_also(friends=told, ready=ready, is_agreed=agreed)


def _may_agree(viewer: Viewer, card: Card) -> bool:
    return card["agreed_on"] is None and card["opened_by"] != viewer.actor


def waiting(session: Session, viewer: Viewer) -> list[Card]:
    """List the friendships that wait for a second person, with the child of each."""
    require(viewer, Act.MODERATE_LETTERS)
    found = gate.cards(
        session,
        viewer,
        LetterFriend,
        parts=_PARTS | {"child": _CHILD},
        where=(LetterFriend.agreed_on.is_(None), LetterFriend.ended_on.is_(None)),
        order_by=(LetterFriend.id,),
    )
    return [one.and_also(may_agree=_may_agree(viewer, one)) for one in found if one.has("child")]


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
    """Ask that a child and a volunteer may write to each other, and call the colleagues.

    Begun again, it is the same friendship, and again takes two. Raises NoConsent, SteppedAside, and
    BadInput for a volunteer who lacks a paper or writes with as many children as one may.
    """
    require(by, Act.MODERATE_LETTERS)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == volunteer_ref)
    _check(session, by, child, volunteer, now=now)
    friend = _friendship(session, by, child.id, volunteer.id, now=now)
    if friend.ended_on is not None:
        friend.opened_by, friend.opened_on = by.actor, today(now)
        friend.ended_on = friend.agreed_by = friend.agreed_on = None
    session.flush()
    trace.record(session, by, "letters.befriend", f"child:{child_ref}", now=now)
    if friend.agreed_on is None:
        kind, subject = NoticeKind.FRIEND_ASKED, f"friend:{friend.ref}"
        roles, rung = sorted(CASE_STAFF), friend.opened_on.toordinal()
        notices.to_roles(
            session, roles, child.banner_code, kind, subject, rung=rung, now=now, but=(by.actor,)
        )


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> str:
    """Be the second of two: from now on they write. Returns the child's ref.

    Raises ActedBefore for who asked, AlreadyDecided, and whatever stands in the way as at first.
    """
    require(by, Act.CLEAR_VOLUNTEER)
    friend = gate.row(session, by, LetterFriend, LetterFriend.ref == ref)
    if friend.agreed_on is not None or friend.ended_on is not None:
        raise AlreadyDecided()
    if friend.opened_by == by.actor:
        raise ActedBefore()
    child = gate.row(session, by, Child, Child.id == friend.child_id)
    volunteer = session.get_one(Volunteer, friend.volunteer_id)
    _check(session, by, child, volunteer, now=now)
    friend.agreed_by, friend.agreed_on = by.actor, today(now)
    session.flush()
    trace.record(session, by, "letters.befriend_agree", f"child:{child.ref}", now=now)
    return child.ref


def _check(
    session: Session, by: Viewer, child: Child, volunteer: Volunteer, *, now: datetime
) -> None:
    if is_aside(session, by, child.id):
        raise SteppedAside()
    if not letter_pairs.is_agreed(session, child.id, now=now):
        raise NoConsent()
    if volunteer.status not in _READY or lacks(volunteer, on=today(now)):
        raise BadInput(field="volunteer", reason="not_cleared")
    if _others(session, child.id, volunteer.id) >= MOST_CHILDREN:
        raise BadInput(field="volunteer", reason="has_enough")


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
    """Say whether nothing goes between the two: not agreed to, ended, or a paper ran out."""
    if friend_id is None:
        return False
    friend = session.get_one(LetterFriend, friend_id)
    volunteer = session.get_one(Volunteer, friend.volunteer_id)
    is_on = friend.agreed_on is not None and friend.ended_on is None
    return not is_on or lacks(volunteer, on=on)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a friendship that waits may tell. Raises NotFound."""
    this = LetterFriend.ref == ref
    card = gate.card(session, viewer, LetterFriend, this, parts=_PARTS | {"child": _CHILD})
    facts = {
        "child": card["child"]["name"],
        "volunteer": card["volunteer"]["name"] if card.has("volunteer") else "一位爱心妈妈",
        "asker": child_file.name_of(session, viewer, card["opened_by"]),
    }
    is_open = card["ended_on"] is None and _may_agree(viewer, card)
    return facts | ({"for_me": "1"} if is_open else {})


def lacks(volunteer: Volunteer, *, on: date) -> bool:
    """Say whether a volunteer lacks a paper on a day."""
    papers = Card({name: getattr(volunteer, name) for name in _PAPERS})
    return bool(volunteers.missing(papers, on=on))
