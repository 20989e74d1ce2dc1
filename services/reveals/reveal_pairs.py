"""Whom a page of 互相认识 is about: a donor's pledge and a child, seen from one side."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.reveals import Reveal, RevealRefusal
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate
from services.handover.hand_lists import is_line
from services.stipends.sides import given_by
from vocabulary.enums import RevealSide, RevealStatus, Role
from vocabulary.errors import NotFound


@dataclass(frozen=True, slots=True)
class Pair:
    """A donor's pledge and a child, seen from one side.

    `is_private`: the guardian's own link or the donor's; on a slip's page, which a school may
    hold as well, and at the director's nothing of the other side is read.
    """

    pledge_id: int
    child_id: int
    side: RevealSide
    is_private: bool

    def rows(self) -> ColumnElement[bool]:
        """Say in SQL which askings are of this pair."""
        return and_(Reveal.pledge_id == self.pledge_id, Reveal.child_id == self.child_id)


def find_pair(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """Find the pair a page is about. Raises NotFound for another's, and for half a login."""
    if viewer.has(Role.DONOR):
        return _of_donor(session, viewer, ref)
    if viewer.reveal_id is not None:
        reveal = session.get_one(Reveal, viewer.reveal_id)
        return Pair(reveal.pledge_id, reveal.child_id, RevealSide.FAMILY, is_private=True)
    return _of_slip(session, viewer, ref)


def _of_donor(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """A phone on which a pledge was made has not shown whose it is: it asks for nobody."""
    if viewer.pledge_id is not None:
        raise NotFound()
    match = gate.row(session, viewer, Match, Match.donor_ref == ref)
    return Pair(match.pledge_id, match.child_id, RevealSide.DONOR, is_private=True)


def _of_slip(session: Session, viewer: Viewer, ref: str | None) -> Pair:
    """A family by its slip, or the director of its village by the slip's line."""
    if viewer.has(Role.FAMILY):
        stipend = gate.row(session, viewer, Stipend, Stipend.id == viewer.stipend_id)
    elif viewer.has(Role.VILLAGE_DIRECTOR) and ref is not None:
        director = replace(viewer, roles=frozenset({Role.VILLAGE_DIRECTOR}))
        stipend = gate.row(session, director, Stipend, *is_line(ref))
    else:
        raise NotFound()
    match = given_by(session, stipend)
    return Pair(match.pledge_id, match.child_id, RevealSide.FAMILY, is_private=False)


def other(side: RevealSide) -> RevealSide:
    """Return who stands across."""
    return RevealSide.FAMILY if side is RevealSide.DONOR else RevealSide.DONOR


def questions_in_village(session: Session, viewer: Viewer) -> frozenset[str]:
    """Return the matches (their child-side refs) of whose families something is asked."""
    if not viewer.has(Role.VILLAGE_DIRECTOR):
        raise NotFound()
    director = replace(viewer, roles=frozenset({Role.VILLAGE_DIRECTOR}))
    here = select(Child.id).where(*Child.standings(director).values())
    silent = select(RevealRefusal.child_id).where(
        RevealRefusal.child_id.is_not(None), RevealRefusal.is_set
    )
    refs = session.scalars(
        select(Match.child_ref)
        .join(Reveal, and_(Reveal.pledge_id == Match.pledge_id, Reveal.child_id == Match.child_id))
        .where(
            Reveal.child_id.in_(here),
            Reveal.child_id.not_in(silent),
            Reveal.asker == RevealSide.DONOR,
            Reveal.status == RevealStatus.PUT,
            Reveal.withdrawn_on.is_(None),
        )
    )
    return frozenset(refs)
