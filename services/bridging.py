"""The gap fund pays what is due and has no money, in due order, as far as it reaches.

It steps in on the due day itself: whoever pays a few days late pays the fund back, and the child
waited for nobody. Of one day, whose need has waited longest comes first; a sum that the fund cannot
reach lets smaller ones pass rather than keep all of them waiting.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

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
from vocabulary.enums import AccountKind, Chain, Evidence, FactKind, MatchStatus, Purpose, Rhythm
from vocabulary.money import Fen

IS_SHORT = and_(Stipend.is_funded.is_(False), Stipend.cancelled_on.is_(None))
_TODAY = bindparam("today", type_=Date)
_REFUSED: Any = bindparam("refused", expanding=True)


def balance(session: Session) -> Fen:
    """Return what the gap fund has."""
    return Fen(-ledger.balance(session, AccountKind.GAP_FUND))


def to_bridge(
    session: Session, by: Viewer, *, on: date, now: datetime, refused: Collection[int] = ()
) -> Keys:
    """Return the keys of what the fund can pay now of what is due by a day, in due order.

    But for the refused: they would come first again and again.
    """
    require(by, Act.RUN_STIPENDS)
    money = balance(session)
    if money <= 0:
        return Keys([], is_last=True)
    values = _days(on, now) | {"most_rows": ROWS_A_SLICE, "refused": list(refused)}
    rows = session.connection().execute(_short(), values).all()
    keys = [key for key, _ in _affordable([(key, fen) for key, fen in rows], money)]
    return Keys(keys, len(rows) < ROWS_A_SLICE)


def waiting_fen(session: Session, *, on: date, now: datetime) -> int:
    """Sum up what is due by a day, has no money, and is the fund's to pay."""
    query = _payable(func.sum(Stipend.amount_fen))
    return session.connection().execute(query, _days(on, now)).scalar() or 0


def _days(on: date, now: datetime) -> dict[str, Any]:
    return {"until_day": on, "today": today(now)}


@cache
def _short() -> Select[Any]:
    return (
        _payable(Stipend.id, Stipend.amount_fen)
        .outerjoin(Need, Need.id == Match.need_id)
        .where(Stipend.id.not_in(_REFUSED))
        .order_by(Stipend.due_on, Need.since_on, Stipend.id)
        .limit(MOST)
    )


def _payable(*asked: Any) -> Select[Any]:
    """Ask it of what is due, short, and of a child that is there and whose consent holds."""
    return (
        select(*asked)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(IS_SHORT, Stipend.due_on <= UNTIL, Child.status.in_(MATCHABLE), is_agreed(_TODAY))
        .where(~_is_anothers_by_now())
    )


def _is_anothers_by_now() -> Condition:
    """Say in SQL that another pays the months of a whole term or year whose own sponsor is gone."""
    other = aliased(Match)
    return and_(
        Match.rhythm != Rhythm.MONTH,
        or_(Match.status == MatchStatus.ENDED, Match.dry_on.is_not(None)),
        exists().where(
            other.need_id == Match.need_id,
            other.pledge_id != Match.pledge_id,
            other.stands_in_for_id.is_(None),
            other.starts_on > Stipend.due_on,
        ),
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
