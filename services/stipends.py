"""The stipend run: opens every instalment that is due exactly once, and funds what is paid for.

Opening is one INSERT..SELECT under the unique key (match, due day); facts and postings are written
from the rows it really added, in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.children import Consent
from models.jobs import JobRun, Period, SetAside
from models.ledger import Posting, Transaction
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import facts
from services.facts import Basis
from services.writing import insert_into
from vocabulary.enums import (
    AccountKind,
    ChangeKind,
    ChangeStatus,
    Evidence,
    FactKind,
    MatchStatus,
    Purpose,
    SetAsideReason,
    TransactionKind,
)
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, due_days

MATCHES_A_SLICE = 1_000


@dataclass(frozen=True, slots=True)
class Slice:
    """What one slice did; `last_match` is where the next begins, None when all is done."""

    opened: int
    set_aside: int
    last_match: int | None


def fill_periods(session: Session, *, until: date) -> None:
    """Write every due day of the standard schemes from the first match's start through `until`."""
    start = session.scalar(select(func.min(Match.starts_on)))
    if start is None:
        return
    known = {(r, day) for r, day in session.execute(select(Period.rhythm, Period.due_on))}
    new = [
        {"rhythm": scheme.rhythm, "anchor": scheme.anchor, "due_on": day}
        for scheme in STANDARD.values()
        for day in due_days(scheme, start=start, until=until)
        if (scheme.rhythm, day) not in known
    ]
    if new:
        session.execute(insert(Period), new)


def count_due(session: Session, *, on: date) -> tuple[int, int]:
    """Return (instalments due by `on`, those already opened), over all matches."""
    due = session.scalar(select(func.count()).select_from(Match).join(Period, _on_schedule(on)))
    opened = session.scalar(select(func.count(Stipend.id)).where(Stipend.due_on <= on))
    return due or 0, opened or 0


def open_slice(
    session: Session, by: Viewer, run: JobRun, *, on: date, now: datetime, after: int
) -> Slice:
    """Open what is due by `on` for the next matches after a key; safe to repeat."""
    require(by, Act.RUN_STIPENDS)
    last = _end_of_slice(session, after)
    if last is None:
        return Slice(0, 0, None)
    here = and_(Match.id > after, Match.id <= last)
    aside = _set_aside(session, run, on=on, here=here)
    opened = _open(session, run, on=on, here=here)
    if opened:
        _state_promises(session, by, run, now=now, here=here)
        _post_openings(session, by, run, here=here)
    return Slice(opened, aside, last)


def _end_of_slice(session: Session, after: int) -> int | None:
    ids = (
        select(Match.id)
        .where(Match.id > after, Match.starts_on.is_not(None))
        .order_by(Match.id)
        .limit(MATCHES_A_SLICE)
        .subquery()
    )
    return session.scalar(select(func.max(ids.c.id)))


def _on_schedule(on: date) -> ColumnElement[bool]:
    """Join a match with the due days of its rhythm within its own dates."""
    return and_(
        Period.rhythm == Match.rhythm,
        or_(*(and_(Period.rhythm == r, Period.anchor == s.anchor) for r, s in STANDARD.items())),
        Match.status.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
        Period.due_on >= Match.starts_on,
        Period.due_on <= on,
        or_(Match.ends_on.is_(None), Period.due_on < Match.ends_on),
    )


def _is_paused() -> ColumnElement[bool]:
    return exists().where(
        PledgeChange.pledge_id == Match.pledge_id,
        PledgeChange.kind == ChangeKind.PAUSE,
        PledgeChange.status == ChangeStatus.APPLIED,
        PledgeChange.effective_on <= Period.due_on,
        or_(PledgeChange.until_on.is_(None), Period.due_on < PledgeChange.until_on),
    )


def _has_consent() -> ColumnElement[bool]:
    return exists().where(
        Consent.child_id == Match.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > Period.due_on),
    )


def _is_open() -> ColumnElement[bool]:
    return exists().where(Stipend.match_id == Match.id, Stipend.due_on == Period.due_on)


def _set_aside(session: Session, run: JobRun, *, on: date, here: ColumnElement[bool]) -> int:
    """Keep what was due and may not be opened, with the reason: the twin of `_open`."""
    count = 0
    for reason, holds in (
        (SetAsideReason.PAUSED, _is_paused()),
        (SetAsideReason.NO_CONSENT, and_(not_(_is_paused()), not_(_has_consent()))),
    ):
        known = exists().where(
            SetAside.match_id == Match.id,
            SetAside.due_on == Period.due_on,
            SetAside.reason == reason,
        )
        rows = (
            select(Match.id, Period.due_on, literal(reason.value), literal(run.id))
            .join(Period, _on_schedule(on))
            .where(here, holds, not_(_is_open()), not_(known))
        )
        names = ["match_id", "due_on", "reason", "run_id"]
        count += session.execute(insert(SetAside).from_select(names, rows)).rowcount  # type: ignore[attr-defined]
    return count


def _open(session: Session, run: JobRun, *, on: date, here: ColumnElement[bool]) -> int:
    rows = (
        select(
            Match.id,
            Period.due_on,
            Match.instalment_fen,
            literal(run.id),
            literal(value=False),
            Pledge.offered_on,
        )
        .join(Period, _on_schedule(on))
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(here, not_(_is_paused()), _has_consent(), not_(_is_open()))
        .order_by(Match.id, Period.due_on)
    )
    names = ["match_id", "due_on", "amount_fen", "run_id", "is_funded", "promised_on"]
    statement = insert_into(session, Stipend).from_select(names, rows).on_conflict_do_nothing()
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _opened_here(run: JobRun, here: ColumnElement[bool]) -> Any:
    return (
        select(Stipend.id)
        .join(Match, Match.id == Stipend.match_id)
        .where(here, Stipend.run_id == run.id)
    )


def _state_promises(
    session: Session, by: Viewer, run: JobRun, *, now: datetime, here: ColumnElement[bool]
) -> None:
    rows = _opened_here(run, here).with_only_columns(
        Stipend.id,
        literal(FactKind.PROMISED.value),
        Stipend.promised_on,
        literal(by.actor),
        literal(Evidence.LEDGER.value),
        literal(run.id),
        literal(now, type_=Fact.__table__.c.noted_at.type),
    )
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    session.execute(insert(Fact).from_select(names, rows))


def _post_openings(session: Session, by: Viewer, run: JobRun, *, here: ColumnElement[bool]) -> None:
    rows = _opened_here(run, here).with_only_columns(
        literal(TransactionKind.OPENED.value),
        Stipend.due_on,
        Stipend.id,
        literal(run.id),
        literal(by.actor),
    )
    names = ["kind", "on", "stipend_id", "run_id", "by"]
    session.execute(insert(Transaction).from_select(names, rows))
    for account, amount in (
        (AccountKind.PROMISED, Stipend.amount_fen),
        (AccountKind.OWED, -Stipend.amount_fen),
    ):
        legs = (
            select(Transaction.id, literal(account.value), Match.pledge_id, amount)
            .join(Stipend, Stipend.id == Transaction.stipend_id)
            .join(Match, Match.id == Stipend.match_id)
            .where(here, Transaction.run_id == run.id, Transaction.kind == TransactionKind.OPENED)
        )
        columns = ["transaction_id", "account", "pledge_id", "amount"]
        session.execute(insert(Posting).from_select(columns, legs))


def fund(session: Session, by: Viewer, run: JobRun, *, now: datetime) -> int:
    """Cover opened instalments from what their donors have paid ahead, oldest first.

    The fact's day is the day the covering money arrived. Returns how many were covered.
    """
    require(by, Act.RUN_STIPENDS)
    funded = 0
    for pledge_id, waiting in _waiting_by_pledge(session).items():
        for received_on, stipends in _covered(session, pledge_id, waiting).items():
            basis = Basis(Evidence.LEDGER, run_id=run.id)
            facts.record(
                session, FactKind.RECEIVED, stipends, on=received_on, by=by, now=now, basis=basis
            )
            funded += len(stipends)
            _mark_funded(session, stipends)
    return funded


def _mark_funded(session: Session, stipends: Iterable[Stipend]) -> None:
    ids = [stipend.id for stipend in stipends]
    session.execute(update(Stipend).where(Stipend.id.in_(ids)).values(is_funded=True))


def _waiting_by_pledge(session: Session) -> dict[int, list[Stipend]]:
    paid_ahead = (
        select(Posting.pledge_id)
        .where(Posting.account == AccountKind.PREPAID)
        .group_by(Posting.pledge_id)
        .having(func.sum(Posting.amount) < 0)
    )
    rows = session.execute(
        select(Match.pledge_id, Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .where(
            Stipend.received_on.is_(None),
            Stipend.cancelled_on.is_(None),
            Match.pledge_id.in_(paid_ahead),
        )
        .order_by(Match.pledge_id, Stipend.due_on, Stipend.id)
    )
    waiting: dict[int, list[Stipend]] = {}
    for pledge_id, stipend in rows:
        waiting.setdefault(pledge_id, []).append(stipend)
    return waiting


def _covered(session: Session, pledge_id: int, waiting: list[Stipend]) -> dict[date, list[Stipend]]:
    """Group the instalments that the prepaid money covers by the day it came, first in first out."""
    moves = session.execute(
        select(Transaction.on, Transaction.kind, Posting.amount)
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(Posting.account == AccountKind.PREPAID, Posting.pledge_id == pledge_id)
        .order_by(Transaction.on, Transaction.id)
    ).all()
    came = [(m.on, -m.amount) for m in moves if m.kind is TransactionKind.RECEIVED]
    spent = sum(m.amount for m in moves if m.kind is not TransactionKind.RECEIVED)
    covered: dict[date, list[Stipend]] = {}
    for stipend in waiting:
        spent += stipend.amount_fen
        day = _day_covered(came, Fen(spent))
        if day is None:
            break
        covered.setdefault(day, []).append(stipend)
    return covered


def _day_covered(came: list[tuple[date, int]], needed: Fen) -> date | None:
    total = 0
    for day, amount in came:
        total += amount
        if total >= needed:
            return day
    return None


def set_aside_in(session: Session, by: Viewer, *, run_id: int) -> list[dict[str, str]]:
    """Return what a run set aside, as refs: match, due day, reason."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Match.child_ref, SetAside.due_on, SetAside.reason)
        .join(Match, Match.id == SetAside.match_id)
        .where(SetAside.run_id == run_id)
        .order_by(SetAside.id)
    )
    return [
        {"match": ref, "due_on": due_on.isoformat(), "reason": reason.value}
        for ref, due_on, reason in rows
    ]
