"""Batches: what one hand gets for one month, built from funded instalments, sent by the paying desk."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.base import in_regions
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
from vocabulary.money import Fen

HAND_OVER_DAYS = 14


_READY = (
    Stipend.received_on.is_not(None),
    Stipend.batch_id.is_(None),
    Stipend.cancelled_on.is_(None),
)


def without_batch(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next funded instalments' keys, in order, that are in no batch yet."""
    require(by, Act.RUN_STIPENDS)
    key = Stipend.__table__.c.id
    query = select(key).where(*_READY, key > after).order_by(key)
    keys = session.connection().execute(query.limit(ROWS_A_SLICE)).scalars().all()
    return Keys(keys, len(keys) < ROWS_A_SLICE)


def build(session: Session, by: Viewer, stipends: Sequence[int], *, on: date, now: datetime) -> int:
    """Put funded instalments (keys, in order) into their hands' open batches of this month.

    A hand is the child's school, or its village for the village route. Returns how many were put.
    """
    require(by, Act.RUN_STIPENDS)
    here = and_(*_READY, Stipend.id.between(stipends[0], stipends[-1]))
    _make_batches(session, here, on=on)
    batch = func.coalesce(_key(_of_school(on)), _key(_of_village(on)))
    put = session.execute(
        update(Stipend)
        .where(here)
        .values(batch_id=batch)
        .execution_options(synchronize_session=False)
    )
    count = int(put.rowcount)  # type: ignore[attr-defined]
    if count:
        trace.record(session, by, "batch.fill", "batches", now=now, detail={"count": count})
    return count


def _by_school() -> ColumnElement[bool]:
    """Say in SQL that a child's money goes through its school."""
    return and_(Child.route != Route.VILLAGE, Child.school_id.is_not(None))


def _is_open(on: date) -> ColumnElement[bool]:
    return and_(Batch.month == first_of_month(on), Batch.status == BatchStatus.OPEN)


def _of_school(on: date) -> Select[Any]:
    """Select the open batch of the school of an instalment's child."""
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, and_(Child.id == Match.child_id, _by_school()))
        .join(Organisation, Organisation.id == Child.school_id)
        .join(
            Batch,
            and_(
                Batch.organisation_id == Child.school_id,
                Batch.region_code == Organisation.region_code,
                _is_open(on),
            ),
        )
        .where(Match.id == Stipend.match_id)
    )


def _of_village(on: date) -> Select[Any]:
    """Select the open batch of the village of an instalment's child."""
    same = and_(
        Batch.organisation_id.is_(None), Batch.region_code == Child.region_code, _is_open(on)
    )
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, and_(Child.id == Match.child_id, not_(_by_school())))
        .join(Batch, same)
        .where(Match.id == Stipend.match_id)
    )


def _key(batch: Select[Any]) -> ScalarSelect[Any]:
    return batch.limit(1).correlate(Stipend).scalar_subquery()


def _make_batches(session: Session, here: ColumnElement[bool], *, on: date) -> None:
    """Open a batch of the month for every hand that has none open."""
    waiting = or_(
        _of_school(on).correlate(Stipend).exists(), _of_village(on).correlate(Stipend).exists()
    )
    region = case((_by_school(), Organisation.region_code), else_=Child.region_code)
    school = case((_by_school(), Child.school_id), else_=None)
    hands = session.execute(
        select(school, region)
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .outerjoin(Organisation, Organisation.id == Child.school_id)
        .where(here, not_(waiting))
        .distinct()
        .order_by(region, school)
    ).all()
    if hands:
        earlier = _numbers(session, on=on)
        rows = [_batch_row(school, code, earlier, on=on) for school, code in hands]
        session.execute(insert(Batch), rows)


def _numbers(session: Session, *, on: date) -> dict[tuple[int | None, str], int]:
    """Return how many batches each hand has had this month."""
    hand = (Batch.organisation_id, Batch.region_code)
    rows = session.execute(
        select(*hand, func.count(Batch.id)).where(Batch.month == first_of_month(on)).group_by(*hand)
    )
    return {(school_id, code): count for school_id, code, count in rows}


def _batch_row(
    school_id: int | None, code: str, earlier: Mapping[tuple[int | None, str], int], *, on: date
) -> dict[str, object]:
    return {
        "organisation_id": school_id,
        "region_code": code,
        "month": first_of_month(on),
        "number": earlier.get((school_id, code), 0) + 1,
        "opened_on": on,
    }


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
    total = Fen(sum(stipend.amount_fen for stipend in stipends))
    batch.sent_count, batch.sent_fen = len(stipends), total
    session.flush()
    return gate.card(session, by, Batch, Batch.id == batch.id).and_also(total_fen=total)


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
