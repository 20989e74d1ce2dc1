"""Batches: what one hand gets for one month, built from funded instalments, sent by the paying desk."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.regions import Region
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, gate, news, trace
from services.due import ROWS_A_SLICE, Keys
from services.facts import Basis
from services.gate import Card, Part
from services.lifecycle import advance
from vocabulary.dates import first_of_month, today
from vocabulary.enums import BatchStatus, Evidence, FactKind, Route
from vocabulary.errors import NotFound

HAND_OVER_DAYS = 14
Hand = tuple[int | None, str]


_READY = (
    Stipend.received_on.is_not(None),
    Stipend.batch_id.is_(None),
    Stipend.cancelled_on.is_(None),
)


def without_batch(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next funded instalments' keys, in order, that are in no batch yet."""
    require(by, Act.RUN_STIPENDS)
    query = select(Stipend.id).where(*_READY, Stipend.id > after).order_by(Stipend.id)
    keys = session.scalars(query.limit(ROWS_A_SLICE)).all()
    return Keys(keys, len(keys) < ROWS_A_SLICE)


def build(session: Session, by: Viewer, stipends: Sequence[int], *, on: date, now: datetime) -> int:
    """Put funded instalments (keys, in order) into their hands' open batches of this month.

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
        .where(*_READY, Stipend.id.between(stipends[0], stipends[-1]))
        .order_by(Stipend.id)
    ).all()
    if not rows:
        return 0
    hands = {row[0]: _hand(*row[1:]) for row in rows}
    keys = _open_batches(session, set(hands.values()), on=on)
    table = Stipend.__table__
    session.execute(
        table.update().where(table.c.id == bindparam("key")).values(batch_id=bindparam("batch")),
        [{"key": key, "batch": keys[hand]} for key, hand in hands.items()],
    )
    detail = {"count": len(rows), "hands": len(keys)}
    trace.record(session, by, "batch.fill", "batches", now=now, detail=detail)
    return len(rows)


def _hand(route: Route, school_id: int | None, village: str, school_region: str | None) -> Hand:
    if route is not Route.VILLAGE and school_id is not None:
        return school_id, school_region or village
    return None, village


def _open_batches(session: Session, hands: set[Hand], *, on: date) -> dict[Hand, int]:
    """Return the key of each hand's open batch of the month, made where there is none."""
    month = first_of_month(on)
    rows = session.execute(
        select(Batch.organisation_id, Batch.region_code, Batch.status, Batch.id).where(
            Batch.month == month
        )
    ).all()
    known = {(school, code): key for school, code, s, key in rows if s is BatchStatus.OPEN}
    earlier = Counter((school, code) for school, code, _, _ in rows)
    new = {
        hand: Batch(
            organisation_id=hand[0],
            region_code=hand[1],
            month=month,
            number=earlier[hand] + 1,
            opened_on=on,
        )
        for hand in sorted(hands - known.keys(), key=str)
    }
    session.add_all(new.values())
    session.flush()
    return {hand: known.get(hand) or new[hand].id for hand in hands}


def send(session: Session, by: Viewer, ref: str, *, now: datetime) -> Card:
    """Record that a batch's one sum left our account for the hand. Raises AlreadyDecided if raced."""
    require(by, Act.SEND_BATCH)
    batch = gate.row(session, by, Batch, Batch.ref == ref)
    day = today(now)
    advance(session, batch, BatchStatus.SENT, by=by, now=now)
    batch.sent_on, batch.sent_by = day, by.actor
    batch.hand_over_by = day + timedelta(days=HAND_OVER_DAYS)
    stipends = session.scalars(
        select(Stipend)
        .where(Stipend.batch_id == batch.id, Stipend.cancelled_on.is_(None))
        .order_by(Stipend.id)
    ).all()
    if not stipends:
        raise NotFound()
    basis = Basis(Evidence.BANK)
    facts.record(session, FactKind.SENT, stipends, on=day, by=by, now=now, basis=basis)
    trace.record(session, by, "batch.send", f"batch:{batch.ref}", now=now)
    news.batch_sent(session, batch, now=now)
    session.flush()
    total = sum(stipend.amount_fen for stipend in stipends)
    return gate.card(session, by, Batch, Batch.id == batch.id).and_also(total_fen=total)


def to_send(session: Session, viewer: Viewer) -> list[Card]:
    """List open batches with school, account, sum and count, by month and memo."""
    order = (Batch.month, Batch.memo)
    return _listed(session, viewer, Batch.sent_on.is_(None), order_by=order, limit=None)


def sent(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List batches already sent, newest first, with sum and count."""
    order = (Batch.sent_on.desc(), Batch.memo)
    return _listed(session, viewer, Batch.sent_on.is_not(None), order_by=order, limit=limit)


def _listed(
    session: Session,
    viewer: Viewer,
    which: ColumnElement[bool],
    *,
    order_by: Sequence[Any],
    limit: int | None,
) -> list[Card]:
    found = gate.cards(
        session,
        viewer,
        Batch,
        parts={
            "hand": Part(Organisation, Organisation.id == Batch.organisation_id),
            "place": Part(Region, Region.code == Batch.region_code, ("name",)),
        },
        where=(which,),
        order_by=order_by,
        limit=limit,
    )
    totals = _totals(session, [card["ref"] for card in found])
    with_totals = [(card, *totals.get(card["ref"], (0, 0))) for card in found]
    return [card.and_also(count=count, total_fen=fen) for card, count, fen in with_totals if count]


def _totals(session: Session, refs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (count, fen) of each batch; what was cancelled counts no more."""
    rows = session.execute(
        select(Batch.ref, func.count(Stipend.id), func.sum(Stipend.amount_fen))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.ref.in_(refs), Stipend.cancelled_on.is_(None))
        .group_by(Batch.ref)
    )
    return {ref: (count, total) for ref, count, total in rows}
