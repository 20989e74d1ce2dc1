"""Batches are filled: what one hand gets for one month, from funded instalments."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    Update,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match, is_apart
from models.routes import BankCard
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.routes import ways
from services.stipends.due import AFTER, FIRST, LAST, MOST, ROWS_A_SLICE, Keys
from vocabulary.dates import first_of_month
from vocabulary.enums import BatchStatus, Route

_MONTH = bindparam("of_month", type_=Date)
_READY = (
    Stipend.is_funded,
    Stipend.batch_id.is_(None),
    Stipend.cancelled_on.is_(None),
    ~is_apart(Stipend.match_id),
)
_HERE = and_(*_READY, Stipend.id.between(FIRST, LAST))


def without_batch(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next funded instalments' keys, in order, that are in no batch yet."""
    require(by, Act.RUN_STIPENDS)
    values = {"after_key": after, "most_rows": ROWS_A_SLICE}
    keys = session.connection().execute(_to_fill(), values).scalars().all()
    return Keys(keys, len(keys) < ROWS_A_SLICE)


@cache
def _to_fill() -> Select[Any]:
    key = Stipend.__table__.c.id
    return select(key).where(*_READY, key > AFTER).order_by(key).limit(MOST)


def build(session: Session, by: Viewer, stipends: Sequence[int], *, on: date, now: datetime) -> int:
    """Put funded instalments (keys, in order) into their hands' open batches of this month.

    Whose hand it is, services/routes/ways.py says in SQL. Returns how many were put.
    """
    require(by, Act.RUN_STIPENDS)
    values = {
        "first_key": stipends[0],
        "last_key": stipends[-1],
        "of_month": first_of_month(on),
    }
    _make_batches(session, values, on=on)
    count = int(session.connection().execute(_fill(), values).rowcount)
    if count:
        trace.record(session, by, "batch.fill", "batches", now=now, detail={"count": count})
    return count


@cache
def _fill() -> Update:
    batch = func.coalesce(_key(_of_organisation()), _key(_of_place()), _key(_of_card()))
    return update(Stipend.__table__).where(_HERE).values(batch_id=batch)  # type: ignore[arg-type]


def _is_open() -> ColumnElement[bool]:
    """A batch that was in an order once is full: its memo means one sum to the bank for good."""
    is_free = and_(Batch.status == BatchStatus.OPEN, Batch.ordered_on.is_(None))
    return and_(Batch.month == _MONTH, is_free, Batch.route == ways.IN_BATCH)


def _of_organisation() -> Select[Any]:
    """Select the open batch of the school, institution or work unit of an instalment's child."""
    same = and_(Batch.organisation_id == ways.HAND, Batch.region_code == Organisation.region_code)
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .join(Organisation, Organisation.id == ways.HAND)
        .join(Batch, and_(same, _is_open()))
        .where(Match.id == Stipend.match_id)
    )


def _of_place() -> Select[Any]:
    """Select the open batch of the village, or banner's office, of an instalment's child."""
    nobodys = and_(Batch.organisation_id.is_(None), Batch.card_id.is_(None))
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .join(Batch, and_(nobodys, Batch.region_code == ways.PLACE, _is_open()))
        .where(Match.id == Stipend.match_id)
    )


def _of_card() -> Select[Any]:
    """Select the open batch of the card of an instalment's child."""
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, Child.id == Match.child_id)
        .join(BankCard, ways.is_usable())
        .join(Batch, and_(Batch.card_id == BankCard.id, _is_open()))
        .where(Match.id == Stipend.match_id)
    )


def _key(batch: Select[Any]) -> ScalarSelect[Any]:
    return batch.limit(1).correlate(Stipend).scalar_subquery()


def _make_batches(session: Session, values: Mapping[str, object], *, on: date) -> None:
    """Open a batch of the month for every hand that has none open."""
    hands = [_Hand(*row) for row in session.connection().execute(_without(), values)]
    if hands:
        earlier = _numbers(session, on=on)
        session.execute(insert(Batch), [_batch_row(hand, earlier, on=on) for hand in hands])


class _Hand(NamedTuple):
    """By which way, through whom, where, and to which card: what one batch is for."""

    route: Route
    organisation_id: int | None
    region_code: str
    card_id: int | None


@cache
def _without() -> Select[Any]:
    """Select the hands, each once, of instalments that no open batch of the month waits for.

    A child of the card's way that has no card to pay to waits: whose it would be, nobody decided.
    """
    found = (_of_organisation(), _of_place(), _of_card())
    # Asked row by row, as `_fill` does: PostgreSQL makes joins of whole tables out of an EXISTS.
    waiting = func.coalesce(*(_key(batch) for batch in found))
    region = func.coalesce(Organisation.region_code, ways.PLACE)
    asked: tuple[Any, ...] = (ways.IN_BATCH, Organisation.id, region, BankCard.id)
    return (
        select(*asked)
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .outerjoin(Organisation, Organisation.id == ways.HAND)
        .outerjoin(BankCard, ways.is_usable())
        .where(_HERE, waiting.is_(None), or_(BankCard.id.is_not(None), ways.IN_BATCH != Route.CARD))
        .distinct()
        .order_by(region, Organisation.id, BankCard.id, ways.IN_BATCH)
    )


def _numbers(session: Session, *, on: date) -> dict[_Hand, int]:
    """Return how many batches each hand has had this month."""
    hand: tuple[Any, ...] = (Batch.route, Batch.organisation_id, Batch.region_code, Batch.card_id)
    rows = session.execute(
        select(*hand, func.count(Batch.id)).where(Batch.month == first_of_month(on)).group_by(*hand)
    )
    return {_Hand(*said): count for *said, count in rows}


def _batch_row(hand: _Hand, earlier: Mapping[_Hand, int], *, on: date) -> dict[str, object]:
    return {
        **hand._asdict(),
        "month": first_of_month(on),
        "number": earlier.get(hand, 0) + 1,
        "opened_on": on,
    }
