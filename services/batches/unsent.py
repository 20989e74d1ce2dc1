"""Money that waits in batches not yet sent: what is another hand's by now leaves them.

So does a child in danger, and so does whoever was given another way, school or card while the bank
had the batch in an order, once that puts it back.

A batch that the bank had in an order once keeps its memo for that one sum. When it must lose a line
nothing stays in it: what is left goes on under a new memo, so that a payment under the old one fits
nothing and is shown.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.payment_orders import PaymentOrderLine
from models.pledges import Match
from models.routes import BankCard, ChildRoute
from models.stipends import Batch, Stipend
from vocabulary.enums import BatchStatus, Route

_OPEN = Batch.status == BatchStatus.OPEN
# The banner's own office is the hand of a child in danger; any other is not.
_OTHER_HAND = or_(Batch.route != Route.OFFICE, Batch.region_code != Child.banner_code)
_IS_ENDANGERED = and_(Child.in_danger.is_(True), _OTHER_HAND)
_HAS_NEW_WAY = exists().where(
    ChildRoute.child_id == Child.id, ChildRoute.began_on >= Batch.ordered_on
)
_HAS_NEW_CARD = exists().where(BankCard.id == Batch.card_id, BankCard.ended_on.is_not(None))
_HAS_MOVED = and_(
    Batch.route == Route.SCHOOL, Batch.organisation_id.is_distinct_from(Child.school_id)
)
_IS_ANOTHERS = and_(
    Batch.ordered_on.is_not(None),
    or_(_HAS_NEW_WAY.correlate(Child, Batch), _HAS_NEW_CARD.correlate(Batch), _HAS_MOVED),
)
# Nor does what the books' comparison set apart go with anybody, until it is put right.
_GOES_NOT = or_(_IS_ENDANGERED, _IS_ANOTHERS, Match.apart_on.is_not(None))


def take_apart(session: Session, matches: Collection[int]) -> None:
    """Take the money of matches (keys) that were set apart as damaged out of batches not sent."""
    _leave(session, Match.id.in_(matches))


def take_out(session: Session, child_id: int) -> None:
    """Take a child's money out of batches not sent: the next filling gives it to the hand of now."""
    _leave(session, Child.id == child_id)


def take_one_out(session: Session, stipend_id: int) -> None:
    """Take one instalment out of a batch not sent: it turned out to have gone before."""
    _leave(session, Stipend.id == stipend_id)


def without_strays(session: Session, batches: Sequence[Batch]) -> dict[int, Batch]:
    """Take out of open ones what another hand pays, or nobody now; return what goes on, by key."""
    keys = [batch.id for batch in batches]
    return _leave(session, _GOES_NOT, Batch.id.in_(keys))


def has_strays(session: Session, batches: Sequence[Batch]) -> bool:
    """Say whether another hand pays a line of these by now, wherever they are."""
    keys = [batch.id for batch in batches]
    found = (
        select(Stipend.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(_GOES_NOT, Batch.id.in_(keys))
        .where(Stipend.cancelled_on.is_(None))
        .limit(1)
    )
    return session.scalar(found) is not None


def cleared(session: Session, batches: Sequence[Batch]) -> list[Batch]:
    """Take out of those that are open what another hand pays; return what goes on, in its place.

    One that was ordered before and says another sum now goes on as a new one, with a new memo.
    """
    anew = without_strays(session, batches)
    for batch in batches:
        if batch.id not in anew and _says_another_sum(session, batch):
            anew[batch.id] = _under_a_new_memo(session, batch)
    return [anew.get(batch.id, batch) for batch in batches]


def _leave(session: Session, *which: ColumnElement[bool]) -> dict[int, Batch]:
    """Take lines out of open batches; return what goes on instead of a batch (its key)."""
    found = session.execute(
        select(Stipend.id, Stipend.batch_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(_OPEN, *which)
    ).all()
    if not found:
        return {}
    _move(session, [key for key, _ in found], to=None)
    full = (Batch.id.in_({batch_id for _, batch_id in found}), Batch.ordered_on.is_not(None))
    ordered = session.scalars(select(Batch).where(*full).order_by(Batch.id)).all()
    return {batch.id: _under_a_new_memo(session, batch) for batch in ordered}


def _says_another_sum(session: Session, batch: Batch) -> bool:
    """Say whether a batch that was put back lost a line since, as one that was cancelled."""
    if batch.ordered_on is None or batch.status is not BatchStatus.OPEN:
        return False
    said = select(PaymentOrderLine.fen).where(PaymentOrderLine.batch_id == batch.id)
    before = session.scalar(said.order_by(PaymentOrderLine.id.desc()).limit(1))
    return before is not None and before != session.scalar(
        select(func.sum(Stipend.amount_fen)).where(*_live(batch))
    )


def _live(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    return (Stipend.batch_id == batch.id, Stipend.cancelled_on.is_(None))


def _under_a_new_memo(session: Session, batch: Batch) -> Batch:
    """Move all that is left in a batch into a new one of the same hand and month."""
    left = session.scalars(select(Stipend.id).where(*_live(batch))).all()
    if not left:
        return batch
    same = {
        "route": batch.route,
        "organisation_id": batch.organisation_id,
        "card_id": batch.card_id,
        "region_code": batch.region_code,
        "month": batch.month,
    }
    last = session.scalar(select(func.max(Batch.number)).filter_by(**same)) or 0
    fresh = Batch(**same, number=last + 1, opened_on=batch.opened_on)
    session.add(fresh)
    session.flush()
    _move(session, left, to=fresh.id)
    return fresh


def _move(session: Session, lines: Collection[int], *, to: int | None) -> None:
    session.execute(update(Stipend).where(Stipend.id.in_(lines)).values(batch_id=to))
    session.flush()
