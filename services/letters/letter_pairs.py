"""Between whom a page of letters stands: a child's family on one side, one other on the other."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.letters import GROWN, Letter, LetterFriend
from models.pledges import Match
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate
from services.handover.hand_lists import is_line
from services.pairing.market import IS_GIVEN
from services.stipends.sides import given_by
from vocabulary.dates import age_on, today
from vocabulary.enums import (
    ChildStatus,
    LetterHand,
    LetterSide,
    MatchStatus,
    Purpose,
    Role,
)
from vocabulary.errors import NotFound

OF_AGE = 18
_APPROVED = (MatchStatus.ACTIVE, MatchStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Pair:
    """A child and one pledge or one volunteer's friendship, seen from one side.

    `hand`: who hands a family's letter in. `reads`: whether this page shows what was written.
    """

    child_id: int
    pledge_id: int | None
    friend_id: int | None
    side: LetterSide
    hand: LetterHand = LetterHand.ITSELF
    reads: bool = True

    def rows(self) -> ColumnElement[bool]:
        """Say in SQL which letters are of this pair."""
        return and_(
            Letter.child_id == self.child_id,
            Letter.pledge_id.is_not_distinct_from(self.pledge_id),
            Letter.friend_id.is_not_distinct_from(self.friend_id),
        )


def find_pair(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """Find the pair a page is about. Raises NotFound for another's, and for half a login.

    `ref`: a donor's or guardian's match, a friendship, a slip's line, or for a school a child.
    """
    if viewer.has(Role.DONOR):
        return _of_donor(session, viewer, ref)
    if viewer.has(Role.FAMILY):
        is_slip = viewer.stipend_id is not None
        return _of_slip(session, viewer) if is_slip else _of_guardian(session, viewer, ref)
    if viewer.has(Role.VILLAGE_DIRECTOR):
        return _of_village(session, viewer, ref or "")
    if viewer.has(Role.SCHOOL_OFFICER, Role.CLASS_TEACHER):
        return _of_school(session, viewer, ref or "")
    if viewer.has(Role.VOLUNTEER):
        return _of_volunteer(session, viewer, ref)
    raise NotFound()


def _of_donor(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """A phone on which a pledge was made has not shown whose it is: it writes to nobody."""
    if viewer.pledge_id is not None:
        raise NotFound()
    match = gate.row(session, viewer, Match, Match.donor_ref == ref)
    return Pair(match.child_id, match.pledge_id, None, LetterSide.DONOR)


def _of_slip(session: Session, viewer: Viewer) -> Pair:
    stipend = gate.row(session, viewer, Stipend, Stipend.id == viewer.stipend_id)
    match = given_by(session, stipend)
    return Pair(match.child_id, match.pledge_id, None, LetterSide.FAMILY, reads=False)


def _of_guardian(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """Whom the guardian's page is about: the named one, else the newest who supports the child."""
    friend = _friend(session, LetterFriend.ref == ref, LetterFriend.child_id == viewer.child_id)
    if friend is not None:
        return Pair(friend.child_id, None, friend.id, LetterSide.FAMILY)
    match = _match(session, viewer.child_id, ref)
    return Pair(match.child_id, match.pledge_id, None, LetterSide.FAMILY)


def _of_village(session: Session, viewer: Viewer, ref: str) -> Pair:
    director = replace(viewer, roles=frozenset({Role.VILLAGE_DIRECTOR}))
    stipend = gate.row(session, director, Stipend, *is_line(ref))
    match = given_by(session, stipend)
    return Pair(match.child_id, match.pledge_id, None, LetterSide.FAMILY, hand=LetterHand.VILLAGE)


def _of_school(session: Session, viewer: Viewer, ref: str) -> Pair:
    """A teacher whom the child asked: she hands in, and sees nothing of any letter afterwards."""
    hand = replace(viewer, roles=viewer.roles & {Role.SCHOOL_OFFICER, Role.CLASS_TEACHER})
    child_ref = ref.partition("-")[0]
    named = select(Match.child_id).where(Match.child_ref == child_ref)
    child = gate.row(session, hand, Child, or_(Child.ref == ref, Child.id.in_(named)))
    is_line_of_match = session.scalar(select(Match.id).where(Match.child_ref == child_ref))
    match = _match(session, child.id, child_ref if is_line_of_match else None)
    return Pair(
        child.id,
        match.pledge_id,
        None,
        LetterSide.FAMILY,
        hand=LetterHand.SCHOOL,
        reads=False,
    )


def _of_volunteer(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    friend = gate.row(
        session,
        replace(viewer, roles=frozenset({Role.VOLUNTEER})),
        LetterFriend,
        LetterFriend.friend_ref == ref,
    )
    return Pair(friend.child_id, None, friend.id, LetterSide.VOLUNTEER)


def _friend(session: Session, *where: ColumnElement[bool]) -> LetterFriend | None:
    return session.scalar(select(LetterFriend).where(LetterFriend.agreed_on.is_not(None), *where))


def _match(session: Session, child_id: int | None, ref: str | None) -> Match:
    """Return the named match of a child, else the one that runs, else the last. Raises NotFound."""
    named = (Match.child_ref == ref,) if ref else ()
    found = session.scalars(
        select(Match)
        .where(Match.child_id == child_id, Match.status.in_(_APPROVED), IS_GIVEN, *named)
        .order_by(Match.status == MatchStatus.ENDED, Match.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound()
    return found


def is_agreed(session: Session, child_id: int, *, now: datetime) -> bool:
    """Say whether letters may go: the guardian agreed in writing, or the child is of age."""
    if is_of_age(session, child_id, now=now):
        return True
    consent = select(Consent.id).where(
        Consent.child_id == child_id,
        Consent.purpose == Purpose.LETTERS,
        Consent.given_on <= today(now),
        Consent.withdrawn_on.is_(None),
    )
    return session.scalar(consent.limit(1)) is not None


def is_of_age(session: Session, child_id: int, *, now: datetime) -> bool:
    """Say whether the child is grown up; one without a birthday is not."""
    born = session.get_one(Child, child_id).birth_on
    return born is not None and age_on(born, today(now)) >= OF_AGE


def goes_on(session: Session, child_id: int) -> bool:
    """Say whether anybody still writes: not once a child was adopted, moved away or died."""
    child = session.get_one(Child, child_id)
    return child.status is not ChildStatus.ENDED or child.end_reason in GROWN


def partners(session: Session, viewer: Viewer, *, beside: Pair) -> list[tuple[str, LetterSide]]:
    """Return the refs of who else writes with a guardian's child: pledges first."""
    rows = session.execute(
        select(Match.child_ref, Match.pledge_id)
        .where(Match.child_id == viewer.child_id, Match.status.in_(_APPROVED), IS_GIVEN)
        .order_by(Match.status == MatchStatus.ENDED, Match.id.desc())
    ).all()
    by_pledge: dict[int, str] = {}
    for ref, pledge_id in rows:
        if pledge_id != beside.pledge_id:
            by_pledge.setdefault(pledge_id, ref)
    friends = session.execute(
        select(LetterFriend.ref, LetterFriend.id)
        .where(LetterFriend.child_id == viewer.child_id, LetterFriend.agreed_on.is_not(None))
        .order_by(LetterFriend.id)
    )
    return [
        *((ref, LetterSide.DONOR) for ref in by_pledge.values()),
        *((ref, LetterSide.VOLUNTEER) for ref, key in friends if key != beside.friend_id),
    ]
