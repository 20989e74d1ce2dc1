"""Every batch a hand ever got, long after its lines were stated."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Stipend
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.handover.hand_lists import as_hand


def past(session: Session, viewer: Viewer, *, limit: int = 60) -> list[Card]:
    """Return every batch the hand ever got, newest first: how many lines, how many handed over."""
    cards = gate.cards(
        session,
        as_hand(viewer),
        Batch,
        where=(Batch.sent_on.is_not(None),),
        order_by=(Batch.month.desc(), Batch.number.desc(), Batch.memo),
        limit=limit,
    )
    totals = session.execute(
        select(
            Batch.ref,
            func.count(Stipend.id).label("count"),
            func.count(Stipend.handed_over_on).label("done_count"),
            func.sum(Stipend.amount_fen).label("total_fen"),
        )
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.ref.in_([card["ref"] for card in cards]))
        .group_by(Batch.ref)
    ).mappings()
    by_ref = {row["ref"]: row for row in totals}
    return [card.and_also(**by_ref[card["ref"]]) for card in cards if card["ref"] in by_ref]
