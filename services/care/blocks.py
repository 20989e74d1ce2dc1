"""Why one of the staff may not be one of the two who decide about a pair, said before she clicks.

services/care/deciding.py refuses by the same (law 8).
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child
from models.pledges import Recusal
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.gate import Card
from vocabulary.enums import CareStatus, Role


class Block(StrEnum):
    """Why the viewer may not be one of the two."""

    SELF = "self"
    NOTED = "noted"
    ENTERED = "entered"
    ENTERED_HER = "entered_her"
    AGREED = "agreed"
    ASIDE = "aside"
    APPROVER = "approver"


def of_all(session: Session, viewer: Viewer, near: Sequence[Card]) -> Block | None:
    """Return why the viewer is not one of the two for pairs that would begin together."""
    require(viewer, Act.TURN_DOWN_CARE)
    aside = aside_from(session, viewer)
    for card in near:
        if _is_she(session, viewer, card):
            return Block.SELF
        block = of_pair(viewer, card, is_aside=card["child"]["ref"] in aside)
        if block:
            return block
    return None


def of_pair(viewer: Viewer, card: Card, *, is_aside: bool) -> Block | None:
    """Return why the viewer is not one of the two: law 8 first, then that one must be an approver."""
    if card["status"] is not CareStatus.ACCEPTED:
        return None
    first = card["agreed_by"]
    has_approver = viewer.has(Role.APPROVER) or card["agreed_as"] is Role.APPROVER
    blocks = {
        Block.ASIDE: is_aside,
        Block.NOTED: viewer.actor in (card["answered_by"], card["proposed_by"]),
        Block.ENTERED: card["child"]["entered_by"] == viewer.actor,
        Block.ENTERED_HER: card.has("volunteer")
        and card["volunteer"]["entered_by"] == viewer.actor,
        Block.AGREED: first == viewer.actor,
        Block.APPROVER: first is not None and not has_approver,
    }
    return next((block for block, holds in blocks.items() if holds), None)


def aside_from(session: Session, viewer: Viewer) -> frozenset[str]:
    """Return the refs of the children of whom the viewer keeps out."""
    mine = select(Child.ref).join(Recusal, Recusal.child_id == Child.id)
    return frozenset(session.scalars(mine.where(Recusal.actor == viewer.actor)))


def _is_she(session: Session, viewer: Viewer, card: Card) -> bool:
    """Say whether the volunteer works here and looks at her own pair."""
    if not card.has("volunteer"):
        return False
    hers = select(Account.ref).join(Volunteer, Volunteer.account_id == Account.id)
    ref = session.scalar(hers.where(Volunteer.ref == card["volunteer"]["ref"]))
    return ref is not None and viewer.actor == f"account:{ref}"
