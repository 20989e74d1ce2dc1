"""Covering opened instalments from what their donors have paid ahead, oldest first.

The fact's day is the day the covering money arrived: first in, first out, worked out in SQL.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
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
from services.due import Keys
from vocabulary.enums import AccountKind, Chain, Evidence, FactKind, TransactionKind
from vocabulary.money import Fen

PLEDGES_A_SLICE = 2_000
Range = tuple[int, int]
Condition = ColumnElement[bool]
_WAITS = (Stipend.received_on.is_(None), Stipend.cancelled_on.is_(None))


def pledges_to_fund(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next pledges' keys, in order, that have money ahead and an instalment waiting."""
    require(by, Act.RUN_STIPENDS)
    match, stipend = Match.__table__.c, Stipend.__table__.c
    money = (
        select(func.sum(Posting.amount))
        .where(Posting.account == AccountKind.PREPAID, Posting.pledge_id == match.pledge_id)
        .scalar_subquery()
    )
    waits = exists().where(
        stipend.match_id == match.id, stipend.received_on.is_(None), stipend.cancelled_on.is_(None)
    )
    keys = session.scalars(
        select(match.pledge_id)
        .where(match.pledge_id > after, waits, money < 0)
        .distinct()
        .order_by(match.pledge_id)
        .limit(PLEDGES_A_SLICE)
    ).all()
    return Keys(keys, len(keys) < PLEDGES_A_SLICE)


def fund(
    session: Session, by: Viewer, pledges: Sequence[int], *, run_id: int, now: datetime
) -> int:
    """Cover what the pledges' money reaches (keys in order); return how many were covered.

    Facts first, in one statement; dates and postings follow from the rows it really added. How much
    money there is tells of its giver, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    here = (pledges[0], pledges[-1])
    before = session.scalar(select(func.max(Fact.id))) or 0
    count = _state_received(session, by, here, run_id=run_id, now=now)
    if count:
        new = and_(Fact.id > before, Fact.run_id == run_id, Fact.kind == FactKind.RECEIVED)
        _date(session, new)
        _post(session, by, new, run_id=run_id)
        detail = {"run": run_id, "count": count}
        trace.record(
            session, by, "stipends.fund", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
        )
    return count


def _state_received(
    session: Session, by: Viewer, here: Range, *, run_id: int, now: datetime
) -> int:
    """Write the fact of every instalment that the money reaches, on the day enough had come."""
    waiting = _waiting(here).subquery("waiting")
    # Looked up pledge by pledge: joined, SQLite holds every payment against every instalment.
    covered = select(waiting.c.id, _day_covered(waiting).label("day")).subquery("covered")
    rows = (
        select(
            covered.c.id,
            literal(FactKind.RECEIVED.value),
            covered.c.day,
            literal(by.actor),
            literal(Evidence.LEDGER.value),
            literal(run_id),
            literal(now, type_=Fact.__table__.c.noted_at.type),
        )
        .where(covered.c.day.is_not(None))
        .order_by(covered.c.id)
    )
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    return int(session.execute(insert(Fact).from_select(names, rows)).rowcount)  # type: ignore[attr-defined]


def _date(session: Session, new: Condition) -> None:
    day = select(Fact.on).where(Fact.stipend_id == Stipend.id, new).scalar_subquery()
    covered = select(Fact.stipend_id).where(new)
    session.execute(
        update(Stipend)
        .where(Stipend.id.in_(covered), *_WAITS)
        .values(received_on=day, is_funded=True)
        .execution_options(synchronize_session=False)
    )


def _post(session: Session, by: Viewer, new: Condition, *, run_id: int) -> None:
    before = session.scalar(select(func.max(Transaction.id))) or 0
    kind = literal(TransactionKind.FUNDED.value)
    rows = select(kind, Fact.on, Fact.stipend_id, literal(run_id), literal(by.actor)).where(new)
    names = ["kind", "on", "stipend_id", "run_id", "by"]
    session.execute(insert(Transaction).from_select(names, rows.order_by(Fact.id)))
    for account, amount in (
        (AccountKind.PREPAID, Stipend.amount_fen),
        (AccountKind.PROMISED, -Stipend.amount_fen),
    ):
        legs = (
            select(Transaction.id, literal(account.value), Match.pledge_id, amount)
            .join(Stipend, Stipend.id == Transaction.stipend_id)
            .join(Match, Match.id == Stipend.match_id)
            .where(Transaction.id > before, Transaction.run_id == run_id)
        )
        columns = ["transaction_id", "account", "pledge_id", "amount"]
        session.execute(insert(Posting).from_select(columns, legs))


def _day_covered(waiting: Subquery) -> ScalarSelect[Any]:
    """Return the first day on which what came in and stayed reaches what is needed.

    A booking that was taken back is two lines: between them the money looks larger than it ever was.
    """
    came = _came(waiting)
    stayed = func.min(came.c.total).over(order_by=(came.c.on, came.c.id), rows=(0, None))
    paid = select(came.c.on, stayed.label("total")).subquery("paid")
    return select(func.min(paid.c.on)).where(paid.c.total >= waiting.c.needed).scalar_subquery()


def _came(waiting: Subquery) -> Subquery:
    """Each line of the pledge's money in or taken back, with the sum up to it, oldest first."""
    total = func.sum(-Posting.amount).over(order_by=(Transaction.on, Posting.id))
    return (
        select(Posting.id, Transaction.on, total.label("total"))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Transaction.kind == TransactionKind.RECEIVED,
            Posting.pledge_id == waiting.c.pledge_id,
        )
        .correlate(waiting)
        .subquery("came")
    )


def _spent(here: Range) -> Subquery:
    return (
        select(Posting.pledge_id, func.sum(Posting.amount).label("spent"))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Posting.pledge_id.between(*here),
            Transaction.kind != TransactionKind.RECEIVED,
        )
        .group_by(Posting.pledge_id)
        .subquery("spent")
    )


def _waiting(here: Range) -> Select[int, int, Fen]:
    """Each waiting instalment with all the money needed up to it, what is spent counted in."""
    spent = _spent(here)
    ahead = func.sum(Stipend.amount_fen).over(
        partition_by=Match.pledge_id, order_by=(Stipend.due_on, Stipend.id)
    )
    return (
        select(
            Stipend.id,
            Match.pledge_id,
            (ahead + func.coalesce(spent.c.spent, 0)).label("needed"),
        )
        .join(Match, Match.id == Stipend.match_id)
        .outerjoin(spent, spent.c.pledge_id == Match.pledge_id)
        .where(Match.pledge_id.between(*here), *_WAITS)
    )
