"""The gap fund pays what is due and has no money, in due order, as far as it reaches.

It steps in on the due day itself: whoever pays a few days late pays the fund back, and the child
waited for nobody. Of one day, whose need has waited longest comes first; a sum that the fund cannot
reach lets smaller ones pass rather than keep all of them waiting.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.base import Condition
from models.children import Child, Consent, Need
from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.earmarks.purse import Purse, Source, Use, open_purse
from services.pairing.market import MATCHABLE
from services.routes import calendar
from services.stipends import facts
from services.stipends.due import MOST, ROWS_A_SLICE, UNTIL, Keys
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    EarmarkKind,
    Evidence,
    FactKind,
    MatchStatus,
    Purpose,
    Rhythm,
    Sex,
)
from vocabulary.money import Fen

IS_SHORT = and_(Stipend.is_funded.is_(False), Stipend.cancelled_on.is_(None))
_TODAY = bindparam("today", type_=Date)
_REFUSED: Any = bindparam("refused", expanding=True)
_OWN: Any = bindparam("own_children", expanding=True)
_FITS = or_(
    bindparam("is_free", type_=Integer) == 1,
    and_(bindparam("is_girls", type_=Integer) == 1, Child.sex == Sex.FEMALE),
    Child.id.in_(_OWN),
)


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
    purse = open_purse(session)
    if not purse.has_money:
        return Keys([], is_last=True)
    values = _days(session, on, now) | {"most_rows": ROWS_A_SLICE, "refused": list(refused)}
    rows = session.connection().execute(_short(), values | _whom(purse)).all()
    asked = [Asked(key, fen, Use(child_id, sex)) for key, fen, child_id, sex in rows]
    keys = [one.key for one, _ in _affordable(asked, purse)]
    return Keys(keys, len(rows) < ROWS_A_SLICE)


def _whom(purse: Purse) -> dict[str, Any]:
    """Say whom the money fits, so that those whom it does not never stand before them."""
    kinds = {pot.kind for pot in purse.pots}
    return {
        "is_free": int(purse.free > 0),
        "is_girls": int(EarmarkKind.GIRLS in kinds),
        "own_children": [pot.child_id for pot in purse.pots if pot.child_id is not None],
    }


def waiting_fen(session: Session, *, on: date, now: datetime) -> int:
    """Sum up what is due by a day, has no money, and is the fund's to pay."""
    query = _payable(func.sum(Stipend.amount_fen))
    return session.connection().execute(query, _days(session, on, now)).scalar() or 0


def _days(session: Session, on: date, now: datetime) -> dict[str, Any]:
    # What was opened before a holiday is paid before it: it is handed out before it.
    return {"until_day": calendar.reaches(session, on=on), "today": today(now)}


@cache
def _short() -> Select[Any]:
    return (
        _payable(Stipend.id, Stipend.amount_fen, Child.id, Child.sex)
        .outerjoin(Need, Need.id == Match.need_id)
        .where(Stipend.id.not_in(_REFUSED), _FITS)
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
        # What somebody wished to add is nothing that a child would miss.
        .where(Match.occasion.is_(None), Match.apart_on.is_(None))
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One instalment (its key) that wants so much, for whom."""

    key: int
    fen: Fen
    use: Use


def _affordable(asked: Sequence[Asked], purse: Purse) -> list[tuple[Asked, Source]]:
    """Return what the purse reaches, in order, each with the money that pays it."""
    taken = ((one, purse.take(one.fen, one.use)) for one in asked)
    return [(one, source) for one, source in taken if source is not None]


def bridge(session: Session, by: Viewer, keys: Sequence[int], *, run_id: int, now: datetime) -> int:
    """Pay these from the fund, as far as it reaches at this moment; return how many.

    Who needed it tells of the givers, so the act goes to the custodian's chain.
    """
    require(by, Act.RUN_STIPENDS)
    short = {one.id: (one, use) for one, use in _short_ones(session, keys)}
    asked = [Asked(k, short[k][0].amount_fen, short[k][1]) for k in keys if k in short]
    paid = []
    for one, source in _affordable(asked, open_purse(session)):
        stipend = short[one.key][0]
        stipend.earmark_id = source.earmark_id
        paid.append(stipend)
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


def _short_ones(session: Session, keys: Sequence[int]) -> Iterator[tuple[Stipend, Use]]:
    rows = session.execute(
        select(Stipend, Child.id, Child.sex)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(Stipend.id.in_(keys), IS_SHORT)
    )
    for stipend, child_id, sex in rows:
        yield stipend, Use(child_id, sex)
