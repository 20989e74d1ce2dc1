"""A sum agreed to for a child's surgery is paid once there is enough for all of it.

First from what was given for surgeries or for this very child. The fund's free money is kept for the
months: it pays only while it carries everybody whom it carries for 60 days more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Gift, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.earmarks.purse import Purse, Use, pots
from services.fund import bridging, gap_fund
from services.pairing.market import MATCHABLE
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    Evidence,
    FactKind,
    GiftOccasion,
    GiftPurpose,
    Sex,
)
from vocabulary.fund_runway import reach

Waiting = tuple[Stipend | Gift, int, Sex | None]


def pay(session: Session, by: Viewer, *, now: datetime) -> int:
    """Pay what restricted money reaches, the oldest first; return how many."""
    require(by, Act.RUN_STIPENDS)
    purse = Purse(0, pots(session))
    reached = _reached(session, purse, on=today(now)) if purse.pots else []
    return _pay(session, by, reached, now=now)


def pay_from_fund(session: Session, by: Viewer, *, now: datetime) -> int:
    """Pay what two agreed to and free money reaches, no month of 60 days put at risk; say how many."""
    require(by, Act.RUN_STIPENDS)
    on, paid = today(now), []
    waiting = _agreed(session, on=on)
    if not waiting:
        return 0
    seen, free = gap_fund.forecast(session, on=on), int(bridging.balance(session))
    free -= bridging.waiting_fen(session, on=on, now=now)
    for one, _, _ in waiting:
        fails_on = reach(free - one.amount_fen, seen.burdens, after=on).first_failure
        is_safe = fails_on is None or fails_on > on + gap_fund.WARNED_BEFORE
        if one.amount_fen <= free and is_safe:
            free -= one.amount_fen
            paid.append(one)
    return _pay(session, by, paid, now=now)


def _reached(session: Session, purse: Purse, *, on: date) -> list[Stipend | Gift]:
    paid = []
    for one, child_id, sex in _waiting(session, on=on):
        source = purse.take(one.amount_fen, Use(child_id, sex, GiftPurpose.SURGERY))
        if source is not None:
            one.earmark_id = source.earmark_id
            paid.append(one)
    return paid


def _pay(session: Session, by: Viewer, paid: Sequence[Stipend | Gift], *, now: datetime) -> int:
    basis, on = Basis(Evidence.LEDGER), today(now)
    for kind in (Stipend, Gift):
        own = [one for one in paid if isinstance(one, kind)]
        facts.record(session, FactKind.BRIDGED, own, on=on, by=by, now=now, basis=basis)
    if paid:
        detail = {"count": len(paid)}
        trace.record(
            session, by, "surgeries.fund", "stipends", now=now, detail=detail, chain=Chain.CUSTODIAN
        )
    return len(paid)


def _waiting(session: Session, *, on: date) -> list[Waiting]:
    """Return what waits for its money: what two agreed to before old promises of one."""
    return [*_agreed(session, on=on), *_promised(session, on=on)]


def _agreed(session: Session, *, on: date) -> list[tuple[Stipend, int, Sex | None]]:
    rows = session.execute(
        _asked(Stipend, on)
        .where(
            Match.occasion == GiftOccasion.SURGERY,
            Stipend.received_on.is_(None),
            Stipend.bridged_on.is_(None),
            Stipend.cancelled_on.is_(None),
        )
        .order_by(Stipend.due_on, Stipend.id)
    )
    return [(one, child_id, sex) for one, child_id, sex in rows.all()]


def _promised(session: Session, *, on: date) -> list[tuple[Gift, int, Sex | None]]:
    rows = session.execute(
        _asked(Gift, on)
        .where(
            Gift.purpose == GiftPurpose.SURGERY,
            Gift.received_on.is_(None),
            Gift.bridged_on.is_(None),
            Gift.cancelled_on.is_(None),
        )
        .order_by(Gift.due_on, Gift.id)
    )
    return [(one, child_id, sex) for one, child_id, sex in rows.all()]


def _asked(table: Any, on: date) -> Select[Any, int, Sex | None]:
    """Ask only for a child that is there and agreed to, as for any month that the fund pays."""
    return (
        select(table, Child.id, Child.sex)
        .join(Match, Match.id == table.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(Child.status.in_(MATCHABLE), bridging.is_agreed(on))
    )
