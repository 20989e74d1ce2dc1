"""Which children staff may read of by name where a need of theirs is what puts them on a page."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Need
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.enums import NeedKind, NeedStatus


def by_need(session: Session, viewer: Viewer, refs: Sequence[str]) -> dict[str, Card]:
    """Return {ref: card with the name} of those who have an open care need that the viewer may see.

    A child whose only need is a detail of its case is named to nobody else: being here would tell it.
    """
    child = {"child": Part(Child, Child.id == Need.child_id, ("ref", "name"))}
    of_them = Need.child_id.in_(select(Child.id).where(Child.ref.in_(refs)))
    open_care = (Need.kind != NeedKind.FINANCIAL, Need.status == NeedStatus.OPEN)
    found = gate.cards(
        session, viewer, Need, fields=("kind",), parts=child, where=(of_them, *open_care)
    )
    return {card["child"]["ref"]: card["child"] for card in found if card.has("child")}
