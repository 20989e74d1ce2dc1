"""What a volunteer sees of her children: little before two agreed, after it what a visit needs."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.care import CareMatch
from models.children import Child
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.pairing import volunteers
from vocabulary.dates import today
from vocabulary.enums import CareStatus
from vocabulary.errors import NotFound

_PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
_CHILD = {"child": Part(Child, Child.id == CareMatch.child_id, ("ref", "name"))}
_WHOLE = {
    "child": Part(Child, Child.id == CareMatch.child_id),
    "place": Part(Region, Region.code == Child.region_code, ("name",)),
}


def proposals(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what she is asked and may still answer."""
    require(viewer, Act.ANSWER_CARE)
    asked = (CareMatch.status == CareStatus.PROPOSED, CareMatch.answer_by > now)
    order = (CareMatch.answer_by, CareMatch.her_ref)
    return gate.cards(session, viewer, CareMatch, where=asked, order_by=order)


def waiting(session: Session, viewer: Viewer) -> int:
    """Count what she said yes to and the staff have not decided yet."""
    require(viewer, Act.ANSWER_CARE)
    return gate.count(session, viewer, CareMatch, CareMatch.status == CareStatus.ACCEPTED)


def proposal(session: Session, viewer: Viewer, her_ref: str, *, now: datetime) -> Card:
    """Return one proposal, with whether she may still answer. Raises NotFound."""
    require(viewer, Act.ANSWER_CARE)
    card = gate.card(session, viewer, CareMatch, CareMatch.her_ref == her_ref)
    is_open = card["status"] is CareStatus.PROPOSED and now < card["answer_by"]
    return card.and_also(is_open=is_open)


def children(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List her children by name; by none while one of her papers has run out."""
    require(viewer, Act.ANSWER_CARE)
    parts = _CHILD if is_cleared(session, viewer, now=now) else {}
    paired = (CareMatch.status.in_(_PAIRED),)
    order = (CareMatch.accepted_on, CareMatch.her_ref)
    return gate.cards(session, viewer, CareMatch, parts=parts, where=paired, order_by=order)


def child(session: Session, viewer: Viewer, her_ref: str, *, now: datetime) -> Card:
    """Return her pair with the child.

    Raises NotFound before two agreed and after the end, while a paper of hers has run out, and
    when the guardian takes the consent back.
    """
    require(viewer, Act.ANSWER_CARE)
    if not is_cleared(session, viewer, now=now):
        raise NotFound()
    this = (CareMatch.her_ref == her_ref, CareMatch.status.in_(_PAIRED))
    card = gate.card(session, viewer, CareMatch, *this, parts=_WHOLE)
    if not card.has("child"):
        raise NotFound()
    return card


def pair(session: Session, viewer: Viewer, her_ref: str, *, now: datetime) -> Card:
    """Return a pair of hers for its log, by the child's name where her papers count.

    What she saw before a paper ran out she may still tell. Raises NotFound before two agreed and
    after the end.
    """
    require(viewer, Act.ANSWER_CARE)
    parts = _CHILD if is_cleared(session, viewer, now=now) else {}
    this = (CareMatch.her_ref == her_ref, CareMatch.status.in_(_PAIRED))
    return gate.card(session, viewer, CareMatch, *this, parts=parts)


def is_cleared(session: Session, viewer: Viewer, *, now: datetime) -> bool:
    """Say whether every paper of hers counts today (F25: nobody is with a child without)."""
    me = volunteers.myself(session, viewer, now=now)
    return me is not None and not volunteers.missing(me, on=today(now))
