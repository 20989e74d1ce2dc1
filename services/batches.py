"""Batches: what one hand gets for one month, built from funded instalments, sent by the paying desk."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, gate, trace
from services.facts import Basis
from services.gate import Card, Part
from services.lifecycle import advance
from vocabulary.dates import first_of_month, today
from vocabulary.enums import BatchStatus, Evidence, FactKind, Route
from vocabulary.errors import NotFound

HAND_OVER_DAYS = 14


def build(session: Session, by: Viewer, *, on: date) -> int:
    """Put every funded instalment without a batch into its hand's open batch of this month.

    A hand is the child's school, or its village for the village route. Returns how many were put.
    """
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(
            Stipend.id, Child.route, Child.school_id, Child.region_code, Organisation.region_code
        )
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .outerjoin(Organisation, Organisation.id == Child.school_id)
        .where(
            Stipend.received_on.is_not(None),
            Stipend.batch_id.is_(None),
            Stipend.cancelled_on.is_(None),
        )
        .order_by(Stipend.id)
    ).all()
    hands: dict[tuple[int | None, str], list[int]] = {}
    for stipend_id, route, school_id, village, school_region in rows:
        by_school = route is not Route.VILLAGE and school_id is not None
        hand = (school_id, school_region) if by_school else (None, village)
        hands.setdefault(hand, []).append(stipend_id)
    for (school_id, region_code), ids in hands.items():
        batch = _open_batch(session, school_id, region_code, on=on)
        session.execute(update(Stipend).where(Stipend.id.in_(ids)).values(batch_id=batch.id))
    return len(rows)


def _open_batch(session: Session, school_id: int | None, region_code: str, *, on: date) -> Batch:
    month = first_of_month(on)
    same = (
        Batch.organisation_id == school_id,
        Batch.region_code == region_code,
        Batch.month == month,
    )
    batch = session.scalar(select(Batch).where(*same, Batch.status == BatchStatus.OPEN))
    if batch is None:
        number = session.scalar(select(func.count()).select_from(Batch).where(*same)) or 0
        batch = Batch(
            organisation_id=school_id,
            region_code=region_code,
            month=month,
            number=number + 1,
            opened_on=on,
        )
        session.add(batch)
        session.flush()
    return batch


def send(session: Session, by: Viewer, ref: str, *, now: datetime) -> Card:
    """Record that a batch's one sum left our account for the hand. Raises AlreadyDecided if raced."""
    require(by, Act.SEND_BATCH)
    batch = gate.row(session, by, Batch, Batch.ref == ref)
    day = today(now)
    advance(session, batch, BatchStatus.SENT, by=by, now=now)
    batch.sent_on, batch.sent_by = day, by.actor
    batch.hand_over_by = day + timedelta(days=HAND_OVER_DAYS)
    stipends = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all()
    if not stipends:
        raise NotFound()
    basis = Basis(Evidence.BANK)
    facts.record(session, FactKind.SENT, stipends, on=day, by=by, now=now, basis=basis)
    trace.record(session, by, "batch.send", f"batch:{batch.ref}", now=now)
    session.flush()
    return gate.card(session, by, Batch, Batch.id == batch.id)


def to_send(session: Session, viewer: Viewer) -> list[Card]:
    """List open batches with school, account, sum and count, by month and memo."""
    return [_with_totals(session, card) for card in _of(session, viewer, BatchStatus.OPEN)]


def sent(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List batches already sent, newest first, with sum and count."""
    return [_with_totals(session, card) for card in _of(session, viewer, BatchStatus.SENT, limit)]


def _of(
    session: Session, viewer: Viewer, status: BatchStatus, limit: int | None = None
) -> list[Card]:
    order = (
        (Batch.month.desc(), Batch.memo)
        if status is not BatchStatus.OPEN
        else (Batch.month, Batch.memo)
    )
    hand = Part(Organisation, Organisation.id == Batch.organisation_id)
    return gate.cards(
        session,
        viewer,
        Batch,
        parts={"hand": hand},
        where=(Batch.status == status,),
        order_by=order,
        limit=limit,
    )


def _with_totals(session: Session, card: Card) -> Card:
    count, total = session.execute(
        select(func.count(Stipend.id), func.coalesce(func.sum(Stipend.amount_fen), 0))
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Batch.ref == card["ref"])
    ).one()
    return card.and_also(count=count, total_fen=total)
