"""Covering opened instalments from what their donors have paid ahead, oldest first.

The fact's day is the day the covering money arrived: first in, first out, worked out in SQL.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Match
from models.stipends import Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import ledger, trace
from services.due import AFTER, BY_WHOM, FIRST, LAST, MOST, OF_RUN, Keys
from vocabulary.enums import AccountKind, Chain, Evidence, FactKind, TransactionKind

PLEDGES_A_SLICE = 2_000
Condition = ColumnElement[bool]
Line = Select[Any, int, Any, Any, Any, Any]
_WAITS = (Stipend.received_on.is_(None), Stipend.cancelled_on.is_(None))
_NEW = and_(Fact.id > AFTER, Fact.run_id == OF_RUN, Fact.kind == FactKind.RECEIVED)
_AT = bindparam("at_instant", type_=Fact.__table__.c.noted_at.type)


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
    waits = exists().where(Stipend.match_id == Match.id, *_WAITS)
    return (
        select(Match.pledge_id)
        .where(Match.pledge_id > AFTER, waits, money < 0)
        .distinct()
        .order_by(Match.pledge_id)
        .limit(MOST)
    )


def fund(
    session: Session, by: Viewer, pledges: Sequence[int], *, run_id: int, now: datetime
) -> int:
    """Cover what the pledges' money reaches (keys in order); return how many were covered.

    Facts first, in one statement; dates and postings follow from the rows it really added. How much
    money there is tells of its giver, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    values: dict[str, object] = {
        "first_key": pledges[0],
        "last_key": pledges[-1],
        "of_run": run_id,
        "by_whom": by.actor,
        "at_instant": now,
        "after_key": session.scalar(select(func.max(Fact.id))) or 0,
    }
    count = int(session.connection().execute(_facts(), values).rowcount)
    if count:
        session.connection().execute(_dates(), values)
        _post(session, values, run_id=run_id)
        detail = {"run": run_id, "count": count}
        trace.record(
            session, by, "stipends.fund", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
        )
    return count


@cache
def _facts() -> Insert:
    """Write the fact of every instalment that the money reaches, on the day enough had come."""
    covered = _covered().subquery("covered")
    received = (literal(FactKind.RECEIVED.value), covered.c.day)
    seen = (BY_WHOM, literal(Evidence.LEDGER.value), OF_RUN, _AT)
    rows = (
        select(covered.c.id, *received, *seen)
        .where(covered.c.id.is_not(None), covered.c.day.is_not(None))
        .order_by(covered.c.id)
    )
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    return insert(Fact.__table__).from_select(names, rows)  # type: ignore[arg-type]


@cache
def _dates() -> Update:
    day = select(Fact.on).where(Fact.stipend_id == Stipend.id, _NEW).scalar_subquery()
    covered = select(Fact.stipend_id).where(_NEW)
    return (
        update(Stipend.__table__)  # type: ignore[arg-type]
        .where(Stipend.id.in_(covered), *_WAITS)
        .values(received_on=day, is_funded=True)
    )


def _post(session: Session, values: Mapping[str, object], *, run_id: int) -> None:
    before = session.scalar(select(func.max(Transaction.id))) or 0
    session.connection().execute(_transactions(), values)
    debit, credit = AccountKind.PREPAID, AccountKind.PROMISED
    ledger.post_of_run(session, debit, credit, run_id=run_id, after=before)


@cache
def _transactions() -> Insert:
    kind = literal(TransactionKind.FUNDED.value)
    rows = select(kind, Fact.on, Fact.stipend_id, OF_RUN, BY_WHOM).where(_NEW).order_by(Fact.id)
    names = ["kind", "on", "stipend_id", "run_id", "by"]
    return insert(Transaction.__table__).from_select(names, rows)  # type: ignore[arg-type]


def _covered() -> Select[Any]:
    """Give each waiting instalment the first day on which the money reached what is needed.

    Money and needs stand in one row, the largest sum first: all days before an instalment in it are
    days on which there was enough. Joined, SQLite holds every payment against every instalment.
    """
    lines = union_all(_came(), _waiting(), _spent()).subquery("lines")
    # Money of one day counts together: what was taken back that day was never there.
    total = func.sum(lines.c.amount).over(
        partition_by=(lines.c.pledge_id, lines.c.is_need), order_by=(lines.c.on, lines.c.id)
    )
    sums = select(lines, total.label("total")).subquery("sums")
    # What went back on a later day was never there to give: only what stayed counts.
    stayed = func.min(sums.c.total).over(
        partition_by=(sums.c.pledge_id, sums.c.is_need),
        order_by=(sums.c.on, sums.c.id),
        rows=(0, None),
    )
    kept = select(sums, stayed.label("sum")).subquery("kept")
    days = func.min(kept.c.day).over(
        partition_by=kept.c.pledge_id, order_by=(kept.c.sum.desc(), kept.c.is_need), rows=(None, 0)
    )
    return select(kept.c.id, days.label("day"))


def _line(pledge: Any, on: Any, amount: Any, *, need: Any = None, day: Any = None) -> Line:
    """One line of money, or of what is needed; both stand under the same names."""
    none = null()
    return select(
        pledge.label("pledge_id"),
        literal(int(day is None)).label("is_need"),
        on.label("on"),
        amount.label("amount"),
        (none if need is None else need).label("id"),
        (none if day is None else day).label("day"),
    )


def _came() -> Line:
    """Each line of the pledges' money in; a booking is taken back on the day it was booked for."""
    return _line(Posting.pledge_id, Transaction.on, -Posting.amount, day=Transaction.on).where(
        *_ahead(), Transaction.kind == TransactionKind.RECEIVED
    )


def _spent() -> Line:
    """What each pledge's money went to already: needed before all that waits."""
    spent = func.sum(Posting.amount)
    return (
        _line(Posting.pledge_id, literal(date.min), spent)
        .where(*_ahead(), Transaction.kind != TransactionKind.RECEIVED)
        .group_by(Posting.pledge_id)
    )


def _ahead() -> tuple[Condition, ...]:
    return (
        Posting.account == AccountKind.PREPAID,
        Posting.pledge_id.between(FIRST, LAST),
        Transaction.id == Posting.transaction_id,
    )


def _waiting() -> Line:
    """Each waiting instalment, in the order in which they are covered."""
    return _line(Match.pledge_id, Stipend.due_on, Stipend.amount_fen, need=Stipend.id).where(
        Match.pledge_id.between(FIRST, LAST), Stipend.match_id == Match.id, *_WAITS
    )
