"""Batches in which one sum stands alone: whoever boasts of it would be known by the list.

Of a hand's list every line but the odd one could be anybody's. The paying desk is told that there
is such a line, never which and of whom.
"""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate


def in_batches(session: Session, viewer: Viewer, refs: Collection[str]) -> frozenset[str]:
    """Return the refs of those batches in which some sum goes to one child alone: one statement."""
    require(viewer, Act.SEND_BATCH)
    if not refs:
        return frozenset()
    named = select(Batch.id).where(Batch.ref.in_(refs))
    alone = (
        select(Stipend.batch_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(Stipend.cancelled_on.is_(None), Stipend.batch_id.in_(named))
        .group_by(Stipend.batch_id, Stipend.amount_fen)
        .having(func.count(Match.child_id.distinct()) == 1)
    )
    which = (Batch.ref.in_(refs), Batch.id.in_(alone))
    found = gate.cards(session, viewer, Batch, fields=("ref",), where=which)
    return frozenset(card["ref"] for card in found)
