"""Batches are filled: what one hand gets for one month, from funded instalments."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.due import AFTER, FIRST, LAST, MOST, ROWS_A_SLICE, Keys
from vocabulary.dates import first_of_month
from vocabulary.enums import BatchStatus, Route

_MONTH = bindparam("of_month", type_=Date)
_READY = (
    Stipend.is_funded,
    Stipend.batch_id.is_(None),
    Stipend.cancelled_on.is_(None),
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

    A hand is the child's school, or its village for the village route; while the child is in danger
    its banner's own office (services/office_hand.py). Returns how many were put.
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
    batch = func.coalesce(_key(_of_school()), _key(_of_village()))
    return update(Stipend.__table__).where(_HERE).values(batch_id=batch)  # type: ignore[arg-type]


def _by_school() -> ColumnElement[bool]:
    """Say in SQL that a child's money goes through its school; of one in danger it never does."""
    safe = Child.in_danger.is_(False)
    return and_(safe, Child.route != Route.VILLAGE, Child.school_id.is_not(None))


def _place() -> ColumnElement[str]:
    """Name in SQL the division whose hand it is where no school is: the village, or the banner."""
    return case((Child.in_danger, Child.banner_code), else_=Child.region_code)


def _is_open() -> ColumnElement[bool]:
    """A batch that was in an order once is full: its memo means one sum to the bank for good."""
    is_free = and_(Batch.status == BatchStatus.OPEN, Batch.ordered_on.is_(None))
    return and_(Batch.month == _MONTH, is_free)


def _of_school() -> Select[Any]:
    """Select the open batch of the school of an instalment's child."""
    same = and_(
        Batch.organisation_id == Child.school_id,
        Batch.region_code == Organisation.region_code,
        _is_open(),
    )
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, and_(Child.id == Match.child_id, _by_school()))
        .join(Organisation, Organisation.id == Child.school_id)
        .join(Batch, same)
        .where(Match.id == Stipend.match_id)
    )


def _of_village() -> Select[Any]:
    """Select the open batch of the village, or banner's office, of an instalment's child."""
    same = and_(Batch.organisation_id.is_(None), Batch.region_code == _place(), _is_open())
    return (
        select(Batch.id)
        .select_from(Match)
        .join(Child, and_(Child.id == Match.child_id, not_(_by_school())))
        .join(Batch, same)
        .where(Match.id == Stipend.match_id)
    )


def _key(batch: Select[Any]) -> ScalarSelect[Any]:
    return batch.limit(1).correlate(Stipend).scalar_subquery()


def _make_batches(session: Session, values: Mapping[str, object], *, on: date) -> None:
    """Open a batch of the month for every hand that has none open."""
    hands = session.connection().execute(_without(), values).all()
    if hands:
        earlier = _numbers(session, on=on)
        rows = [_batch_row(school, code, earlier, on=on) for school, code in hands]
        session.execute(insert(Batch), rows)


@cache
def _without() -> Select[Any]:
    """Select the hands, each once, of instalments that no open batch of the month waits for."""
    waiting = or_(
        _of_school().correlate(Stipend).exists(), _of_village().correlate(Stipend).exists()
    )
    region = case((_by_school(), Organisation.region_code), else_=_place())
    school = case((_by_school(), Child.school_id), else_=None)
    return (
        select(school, region)
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .outerjoin(Organisation, Organisation.id == Child.school_id)
        .where(_HERE, not_(waiting))
        .distinct()
        .order_by(region, school)
    )


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
