"""Covering opened instalments from what their donors have paid ahead, oldest first.

What the gap fund paid meanwhile is covered like any other: its donor's money goes back there.
The fact's day is the day the covering money arrived; which that is, services/books/covering.py says.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Match
from models.stipends import Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import covering, ledger
from services.stipends.due import AFTER, BY_WHOM, MOST, OF_RUN, Keys
from vocabulary.dates import first_of_year, today
from vocabulary.enums import AccountKind, Chain, FactKind, TransactionKind

PLEDGES_A_SLICE = 2_000
_CREDITED = {
    TransactionKind.FUNDED: AccountKind.PROMISED,
    TransactionKind.REPAID: AccountKind.GAP_FUND,
}
_TODAY, _NEW_YEAR = bindparam("today", type_=Date), bindparam("new_year", type_=Date)
_NEW = and_(Fact.id > AFTER, Fact.run_id == OF_RUN, Fact.kind == FactKind.RECEIVED)


def pledges_to_fund(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next pledges' keys, in order, that have money ahead and an instalment waiting."""
    require(by, Act.RUN_STIPENDS)
    values = {"after_key": after, "most_rows": PLEDGES_A_SLICE}
    keys = session.connection().execute(_to_fund(), values).scalars().all()
    return Keys(keys, len(keys) < PLEDGES_A_SLICE)


@cache
def _to_fund() -> Select[Any]:
    money = (
        select(func.sum(Posting.amount))
        .where(Posting.account == AccountKind.PREPAID, Posting.pledge_id == Match.pledge_id)
        .scalar_subquery()
    )
    waits = exists().where(Stipend.match_id == Match.id, covering.WAITS)
    return (
        select(Match.pledge_id)
        .where(Match.pledge_id > AFTER, Match.apart_on.is_(None), waits, money < 0)
        .distinct()
        .order_by(Match.pledge_id)
        .limit(MOST)
    )


def fund(
    session: Session, by: Viewer, pledges: Sequence[int], *, run_id: int, now: datetime
) -> int:
    """Cover what the pledges' money reaches (keys in order); return how many were covered.

    Facts first; dates and postings follow from the rows really added. How much money there is tells
    of its giver, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    values: dict[str, object] = {
        "first_key": pledges[0],
        "last_key": pledges[-1],
        "of_run": run_id,
        "by_whom": by.actor,
        "at_instant": now,
        "after_key": session.scalar(select(func.max(Fact.id))) or 0,
        "today": today(now),
        "new_year": first_of_year(today(now)),
    }
    count = _cover(session, values, len(pledges))
    if count:
        _post(session, values, run_id=run_id)
        detail = {"run": run_id, "count": count}
        trace.record(
            session, by, "stipends.fund", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
        )
    return count


def _cover(session: Session, values: Mapping[str, object], pledges: int) -> int:
    """Cover in one step nearly everybody; what is left and within the money, day by day."""
    count = _write(session, covering.facts_at_once(), values)
    if count == pledges:
        return count  # each had one instalment waiting
    left = session.connection().execute(covering.left_over(), values).scalars().all()
    return count + (
        _write(session, covering.facts_by_days(), {**values, "left_over": left}) if left else 0
    )


def _write(session: Session, facts: Insert, values: Mapping[str, object]) -> int:
    """Write facts, and the dates of the instalments whose facts were really added."""
    count = int(session.connection().execute(facts, values).rowcount)
    if count:
        session.connection().execute(_dates(), values)
    return count


@cache
def _dates() -> Update:
    day = select(Fact.on).where(Fact.stipend_id == Stipend.id, _NEW).scalar_subquery()
    covered = select(Fact.stipend_id).where(_NEW)
    return (
        update(Stipend.__table__)  # type: ignore[arg-type]
        .where(Stipend.id.in_(covered), covering.WAITS)
        .values(received_on=day, is_funded=True)
    )


def _post(session: Session, values: Mapping[str, object], *, run_id: int) -> None:
    before = session.scalar(select(func.max(Transaction.id))) or 0
    session.connection().execute(_transactions(), values)
    for kind, credit in _CREDITED.items():
        legs = kind, AccountKind.PREPAID, credit
        ledger.post_of_run(session, *legs, run_id=run_id, after=before)


@cache
def _transactions() -> Insert:
    repaid, funded = TransactionKind.REPAID.value, TransactionKind.FUNDED.value
    kind = case((Stipend.bridged_on.is_not(None), literal(repaid)), else_=literal(funded))
    # Money ahead is used on the due day; what is late by a year's end, today: a year that is over
    # keeps what was left of it.
    day = case((Stipend.due_on > Fact.on, Stipend.due_on), else_=Fact.on)
    used = case((day < _NEW_YEAR, _TODAY), else_=day)
    rows = (
        select(kind, used, Fact.stipend_id, OF_RUN, BY_WHOM)
        .join(Stipend, Stipend.id == Fact.stipend_id)
        .where(_NEW)
        .order_by(Fact.id)
    )
    names = ["kind", "on", "stipend_id", "run_id", "by"]
    return insert(Transaction.__table__).from_select(names, rows)  # type: ignore[arg-type]
