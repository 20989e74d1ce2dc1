"""Covering opened instalments from what their donors have paid ahead, oldest first.

The fact's day is the day the covering money arrived: first in, first out, worked out in SQL.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, trace
from services.due import Keys
from services.facts import Basis
from vocabulary.enums import AccountKind, Chain, Evidence, FactKind, TransactionKind

PLEDGES_A_SLICE = 500
_WAITS = (Stipend.received_on.is_(None), Stipend.cancelled_on.is_(None))


def pledges_to_fund(session: Session, by: Viewer, *, after: int) -> Keys:
    """Return the next pledges' keys, in order, that have money ahead and an instalment waiting."""
    require(by, Act.RUN_STIPENDS)
    waiting = select(Match.pledge_id).join(Stipend, Stipend.match_id == Match.id).where(*_WAITS)
    keys = session.scalars(
        select(Posting.pledge_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Posting.pledge_id > after,
            Posting.pledge_id.in_(waiting),
        )
        .group_by(Posting.pledge_id)
        .having(func.sum(Posting.amount) < 0)
        .order_by(Posting.pledge_id)
        .limit(PLEDGES_A_SLICE)
    ).all()
    return Keys(keys, len(keys) < PLEDGES_A_SLICE)


def fund(
    session: Session, by: Viewer, pledges: Sequence[int], *, run_id: int, now: datetime
) -> int:
    """Cover what the pledges' money reaches; return how many instalments were covered.

    How much money there is tells of its giver, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    days = _days_covered(session, pledges)
    stipends = session.scalars(
        select(Stipend).where(Stipend.id.in_(days)).order_by(Stipend.id)
    ).all()
    by_day: dict[date, list[Stipend]] = {}
    for stipend in stipends:
        by_day.setdefault(days[stipend.id], []).append(stipend)
    basis = Basis(Evidence.LEDGER, run_id=run_id)
    for day, covered in sorted(by_day.items()):
        facts.record(session, FactKind.RECEIVED, covered, on=day, by=by, now=now, basis=basis)
    if stipends:
        detail = {"run": run_id, "count": len(stipends)}
        trace.record(
            session, by, "stipends.fund", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
        )
    return len(stipends)


def _days_covered(session: Session, pledges: Sequence[int]) -> dict[int, date]:
    """Return, for each instalment that the money reaches, the day on which enough had come."""
    came, waiting = _money_in(pledges).subquery("came"), _waiting(pledges).subquery("waiting")
    enough = and_(came.c.pledge_id == waiting.c.pledge_id, came.c.total >= waiting.c.needed)
    rows = session.execute(
        select(waiting.c.id, func.min(came.c.on, type_=came.c.on.type))
        .join(came, enough)
        .group_by(waiting.c.id)
    )
    return {stipend_id: day for stipend_id, day in rows}


def _money_in(pledges: Sequence[int]) -> Select[Any]:
    """Each payment with all that had come up to it."""
    total = func.sum(-Posting.amount).over(
        partition_by=Posting.pledge_id, order_by=(Transaction.on, Posting.id)
    )
    return (
        select(Posting.pledge_id, Transaction.on, total.label("total"))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Posting.pledge_id.in_(pledges),
            Transaction.kind == TransactionKind.RECEIVED,
        )
    )


def _spent(pledges: Sequence[int]) -> Subquery:
    return (
        select(Posting.pledge_id, func.sum(Posting.amount).label("spent"))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(
            Posting.account == AccountKind.PREPAID,
            Posting.pledge_id.in_(pledges),
            Transaction.kind != TransactionKind.RECEIVED,
        )
        .group_by(Posting.pledge_id)
        .subquery("spent")
    )


def _waiting(pledges: Sequence[int]) -> Select[Any]:
    """Each waiting instalment with all the money needed up to it, what is spent counted in."""
    spent = _spent(pledges)
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
        .where(Match.pledge_id.in_(pledges), *_WAITS)
    )
