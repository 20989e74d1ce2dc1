"""The gap fund pays what is due and has no money, in due order, as far as it reaches.

It steps in on the due day itself: whoever pays a few days late pays the fund back, and the child
waited for nobody. Of one day, whose need has waited longest comes first; a sum that the fund cannot
reach lets smaller ones pass rather than keep all of them waiting.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from models.base import Condition
from models.children import Child, Consent, Need
from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts, ledger, trace
from services.due import MOST, ROWS_A_SLICE, UNTIL, Keys
from services.facts import Basis
from services.market import MATCHABLE
from vocabulary.dates import today
from vocabulary.enums import AccountKind, Chain, Evidence, FactKind, Purpose
from vocabulary.money import Fen

IS_SHORT = and_(Stipend.is_funded.is_(False), Stipend.cancelled_on.is_(None))
_TODAY = bindparam("today", type_=Date)


def balance(session: Session) -> Fen:
    """Return what the gap fund has."""
    return Fen(-ledger.balance(session, AccountKind.GAP_FUND))


def to_bridge(session: Session, by: Viewer, *, on: date, now: datetime) -> Keys:
    """Return the keys of what the fund can pay now of what is due by a day, in due order."""
    require(by, Act.RUN_STIPENDS)
    money = balance(session)
    if money <= 0:
        return Keys([], is_last=True)
    values = {"until_day": on, "today": today(now), "most_rows": ROWS_A_SLICE}
    rows = session.connection().execute(_short(), values).all()
    keys = [key for key, _ in _affordable([(key, fen) for key, fen in rows], money)]
    return Keys(keys, len(rows) < ROWS_A_SLICE)


@cache
def _short() -> Select[int, Fen]:
    return (
        select(Stipend.id, Stipend.amount_fen)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .outerjoin(Need, Need.id == Match.need_id)
        .where(IS_SHORT, Stipend.due_on <= UNTIL, Child.status.in_(MATCHABLE), is_agreed(_TODAY))
        .order_by(Stipend.due_on, Need.since_on, Stipend.id)
        .limit(MOST)
    )


def is_agreed(on: Any) -> Condition:
    """Say in SQL that the child's sponsorship is agreed to: nothing is begun for one that is held."""
    return exists().where(
        Consent.child_id == Match.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )


def _affordable(rows: Sequence[tuple[int, Fen]], money: int) -> list[tuple[int, Fen]]:
    found = []
    for key, fen in rows:
        if fen <= money:
            money -= fen
            found.append((key, fen))
    return found


def bridge(session: Session, by: Viewer, keys: Sequence[int], *, run_id: int, now: datetime) -> int:
    """Pay these from the fund, as far as it reaches at this moment; return how many.

    Who needed it tells of the givers, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    short = {
        one.id: one
        for one in session.scalars(select(Stipend).where(Stipend.id.in_(keys), IS_SHORT))
    }
    asked = [(key, short[key].amount_fen) for key in keys if key in short]
    paid = [short[key] for key, _ in _affordable(asked, balance(session))]
    if not paid:
        return 0
    basis = Basis(Evidence.LEDGER, run_id=run_id)
    day = today(now)
    facts.record(session, FactKind.BRIDGED, paid, on=day, by=by, now=now, basis=basis)
    detail = {"run": run_id, "count": len(paid)}
    trace.record(
        session, by, "stipends.bridge", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
    )
    return len(paid)
