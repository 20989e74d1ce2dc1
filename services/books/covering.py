"""Which waiting instalments the money paid ahead reaches, and on which day: first in, first out.

In SQL, as the statements that write their facts. Nearly every pledge has one instalment waiting
that was short until the last day on which money came: those are found without sorting anything.
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from models.ledger import Posting, Transaction
from models.pledges import Match
from models.stipends import Fact, Stipend
from services.stipends.due import BY_WHOM, FIRST, LAST, OF_RUN
from vocabulary.enums import AccountKind, Evidence, FactKind, TransactionKind
from vocabulary.money import Fen

Condition = ColumnElement[bool]
Line = Select[Any, int, Any, Any, Any, Any]
WAITS = and_(Stipend.received_on.is_(None), Stipend.cancelled_on.is_(None))
ASKED_SINCE = func.coalesce(Stipend.owed_from, Stipend.due_on)
"""Since when an instalment's donor is asked for it: its due day, or when its money was another's."""
_AT = bindparam("at_instant", type_=Fact.__table__.c.noted_at.type)
_LEFT: Any = bindparam("left_over", expanding=True)
_IS_LEFT = Posting.pledge_id.in_(_LEFT)


@cache
def facts_at_once() -> Insert:
    """Write the fact where one instalment waits, short until the last day on which money came.

    Nothing needs to be sorted for it: before that day there was too little, on it there is enough.
    """
    waits, money = _only_one().subquery("waits"), _balances().subquery("money")
    last = (Transaction.kind == TransactionKind.RECEIVED, Transaction.on == money.c.day)
    came = (
        select(-func.sum(Posting.amount))
        .where(*_ahead(Posting.pledge_id == money.c.pledge_id), *last)
        .correlate(money)
        .scalar_subquery()
    )
    rows = (
        select(waits.c.id, *_said(money.c.day))
        .join(money, money.c.pledge_id == waits.c.pledge_id)
        .where(money.c.balance >= waits.c.need, came > money.c.balance - waits.c.need)
        .order_by(waits.c.id)
    )
    return _into_facts(rows)


def _only_one() -> Select[int, int, Fen]:
    """Select the instalment of each pledge that has no other waiting."""
    return (
        select(
            Match.pledge_id,
            func.min(Stipend.id).label("id"),
            func.min(Stipend.amount_fen).label("need"),
        )
        .join(Stipend, Stipend.match_id == Match.id)
        .where(Match.pledge_id.between(FIRST, LAST), WAITS, Match.apart_on.is_(None))
        .group_by(Match.pledge_id)
        .having(func.count() == 1)
    )


def _balances() -> Select[int | None, Fen, Any]:
    """Select what each pledge has ahead, and the last day on which money came."""
    came = case((Transaction.kind == TransactionKind.RECEIVED, Transaction.on))
    return (
        select(
            Posting.pledge_id,
            (-func.sum(Posting.amount)).label("balance"),
            func.max(came).label("day"),
        )
        .where(*_ahead(Posting.pledge_id.between(FIRST, LAST)))
        .group_by(Posting.pledge_id)
    )


@cache
def left_over() -> Select[Any]:
    """Select the pledges whose money still reaches an instalment that waits."""
    money = _balances().subquery("money")
    return (
        select(Match.pledge_id)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(money, money.c.pledge_id == Match.pledge_id)
        .where(Match.pledge_id.between(FIRST, LAST), WAITS, Match.apart_on.is_(None))
        .where(Stipend.amount_fen <= money.c.balance)
        .distinct()
        .order_by(Match.pledge_id)
    )


@cache
def facts_by_days() -> Insert:
    """Write the fact of every instalment that the money reaches, on the day enough had come."""
    covered = _covered().subquery("covered")
    rows = (
        select(covered.c.id, *_said(covered.c.day))
        .where(covered.c.id.is_not(None), covered.c.day.is_not(None))
        .order_by(covered.c.id)
    )
    return _into_facts(rows)


def _said(day: Any) -> tuple[Any, ...]:
    kind, evidence = literal(FactKind.RECEIVED.value), literal(Evidence.LEDGER.value)
    return kind, day, BY_WHOM, evidence, OF_RUN, _AT


def _into_facts(rows: Select[Any]) -> Insert:
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    return insert(Fact.__table__).from_select(names, rows)  # type: ignore[arg-type]


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
        *_ahead(_IS_LEFT), Transaction.kind == TransactionKind.RECEIVED
    )


def _spent() -> Line:
    """What each pledge's money went to already: needed before all that waits."""
    spent = func.sum(Posting.amount)
    return (
        _line(Posting.pledge_id, literal(date.min), spent)
        .where(*_ahead(_IS_LEFT), Transaction.kind != TransactionKind.RECEIVED)
        .group_by(Posting.pledge_id)
    )


def _ahead(whose: Condition) -> tuple[Condition, ...]:
    prepaid = Posting.account == AccountKind.PREPAID
    return prepaid, whose, Transaction.id == Posting.transaction_id


def _waiting() -> Line:
    """Each waiting instalment, in the order in which they are covered."""
    return _line(Match.pledge_id, Stipend.due_on, Stipend.amount_fen, need=Stipend.id).where(
        Match.pledge_id.in_(_LEFT), Stipend.match_id == Match.id, WAITS, Match.apart_on.is_(None)
    )
