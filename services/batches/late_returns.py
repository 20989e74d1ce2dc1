"""Money that is on the statement as back, of which the books had heard otherwise before."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.payment_orders import Payout
from models.stipends import Stipend
from models.write_offs import WriteOff
from vocabulary.enums import AmendmentStatus, LineState
from vocabulary.money import Fen


def recorded(
    session: Session, batch_ids: Collection[int], *, but: str = ""
) -> Mapping[int, frozenset[Fen]]:
    """Return the sums that a person recorded as back and no statement has shown, but by one line.

    Of each batch (key): what of it is back in all, and of each day.
    """
    days: dict[int, dict[date, int]] = defaultdict(dict)
    rows = session.execute(
        select(Stipend.batch_id, Stipend.returned_on, func.sum(Stipend.amount_fen))
        .where(Stipend.batch_id.in_(batch_ids), Stipend.returned_on.is_not(None))
        .group_by(Stipend.batch_id, Stipend.returned_on)
    )
    for key, on, total in rows:
        if key is not None and on is not None:
            days[key][on] = total
    shown = dict(
        session.execute(
            select(Payout.batch_id, func.sum(Payout.amount_fen))
            .where(
                Payout.batch_id.in_(batch_ids),
                Payout.state == LineState.SETTLED,
                Payout.amount_fen > 0,
                Payout.key != but,
            )
            .group_by(Payout.batch_id)
        ).all()
    )
    left = {key: sum(found.values()) - shown.get(key, 0) for key, found in days.items()}
    return {
        key: frozenset(Fen(one) for one in (*found.values(), left[key]) if 0 < one <= left[key])
        for key, found in days.items()
    }


def lost(session: Session, batch_ids: Collection[int]) -> Mapping[int, Fen]:
    """Return what two people gave up for lost of batches (keys); none of it where a family has it."""
    rows = session.execute(
        select(WriteOff.batch_id, func.sum(Stipend.amount_fen))
        .join(Stipend, Stipend.id == WriteOff.stipend_id)
        .where(
            WriteOff.batch_id.in_(batch_ids),
            WriteOff.status == AmendmentStatus.DONE,
            WriteOff.ended.is_(None),
        )
        .group_by(WriteOff.batch_id)
        .having(func.count(Stipend.confirmed_on) == 0)
    )
    return {key: Fen(total) for key, total in rows if key is not None}
