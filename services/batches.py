"""Batches: what one hand gets for one month, sent by the paying desk. How they are filled: `filling`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.base import in_regions
from models.organisations import Organisation
from models.regions import Region
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, gate, news, trace
from services.facts import Basis
from services.gate import Card, Part
from services.lifecycle import advance_all
from vocabulary.dates import today
from vocabulary.enums import BatchStatus, Evidence, FactKind
from vocabulary.errors import AlreadyDecided, NotFound
from vocabulary.lifecycles import check_step
from vocabulary.money import Fen

HAND_OVER_DAYS = 14


def send(session: Session, by: Viewer, ref: str, *, now: datetime) -> Card:
    """Record that a batch's one sum left our account for the hand. Raises AlreadyDecided if raced."""
    return send_all(session, by, [ref], now=now)[0]


def send_all(session: Session, by: Viewer, refs: Sequence[str], *, now: datetime) -> list[Card]:
    """Record that each batch's sum left, all or none: facts and books as many steps as for one."""
    require(by, Act.SEND_BATCH)
    if not refs:
        return []
    found = _open_ones(session, by, refs)
    _leave(session, found, by=by, now=now)
    lines = _lines(session, found)
    stipends = [stipend for of_one in lines.values() for stipend in of_one]
    basis, day = Basis(Evidence.BANK), today(now)
    facts.record(session, FactKind.SENT, stipends, on=day, by=by, now=now, basis=basis)
    done = [(by, f"batch:{batch.ref}") for batch in found]
    trace.record_all(session, "batch.send", done, now=now)
    news.batches_sent(session, found, now=now)
    for batch in found:
        batch.sent_count = len(lines[batch.id])
        batch.sent_fen = Fen(sum(stipend.amount_fen for stipend in lines[batch.id]))
    session.flush()
    sums = {batch.ref: batch.sent_fen for batch in found}
    cards = gate.cards(session, by, Batch, where=(Batch.ref.in_(refs),), order_by=(Batch.id,))
    return [card.and_also(total_fen=sums[card["ref"]]) for card in cards]


def _open_ones(session: Session, by: Viewer, refs: Sequence[str]) -> Sequence[Batch]:
    found = gate.rows(session, by, Batch, Batch.ref.in_(refs), order_by=(Batch.id,))
    if len(found) != len(set(refs)):
        raise NotFound()
    for batch in found:
        check_step(batch.status, BatchStatus.SENT)
    return found


def _leave(session: Session, batches: Sequence[Batch], *, by: Viewer, now: datetime) -> None:
    ids = select(Batch.id).where(Batch.id.in_([batch.id for batch in batches]))
    if advance_all(session, Batch, ids, BatchStatus.SENT, by=by, now=now) != len(batches):
        raise AlreadyDecided()
    for batch in batches:
        batch.sent_on, batch.sent_by = today(now), by.actor
        batch.hand_over_by = today(now) + timedelta(days=HAND_OVER_DAYS)


def _lines(session: Session, batches: Sequence[Batch]) -> Mapping[int, list[Stipend]]:
    """Return what is in each batch (its key). Raises NotFound for one that holds nothing."""
    keys = [batch.id for batch in batches]
    lines: dict[int, list[Stipend]] = {key: [] for key in keys}
    rows = session.execute(
        select(Batch.id, Stipend)
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.id.in_(keys), Stipend.cancelled_on.is_(None))
        .order_by(Stipend.id)
    )
    for key, stipend in rows:
        lines[key].append(stipend)
    if not all(lines.values()):
        raise NotFound()
    return lines


def to_send(session: Session, viewer: Viewer) -> list[Card]:
    """List open batches with school, account, sum and count, by month and memo."""
    order = (Batch.month, Batch.memo)
    return _listed(session, viewer, Batch.sent_on.is_(None), order_by=order, limit=None)


def sent(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List batches already sent, newest first, with sum and count."""
    order = (Batch.sent_on.desc(), Batch.memo)
    return _listed(session, viewer, Batch.sent_on.is_not(None), order_by=order, limit=limit)


def of_month(session: Session, viewer: Viewer, month: date, region_code: str) -> list[Card]:
    """List a month's batches below a division, sent or not, by their random refs."""
    inside = in_regions(Batch.region_code, replace(viewer, regions=(region_code,)))
    which = and_(Batch.month == month, inside)
    return _listed(session, viewer, which, order_by=(Batch.ref,), limit=None)


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
    with_totals = [(card, *_as_sent(card, totals.get(card["ref"], (0, 0)))) for card in found]
    return [card.and_also(count=count, total_fen=fen) for card, count, fen in with_totals if count]


def _as_sent(card: Card, stands: tuple[int, int]) -> tuple[int, int]:
    """Return (count, fen) as the bank had them: what came back since may stand in another batch."""
    if card.get("sent_fen") is None:
        return stands
    return card["sent_count"], card["sent_fen"]


def _totals(session: Session, refs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (count, fen) of each batch; what was cancelled counts no more."""
    rows = session.execute(
        select(Batch.ref, func.count(Stipend.id), func.sum(Stipend.amount_fen))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.ref.in_(refs), Stipend.cancelled_on.is_(None))
        .group_by(Batch.ref)
    )
    return {ref: (count, total) for ref, count, total in rows}
