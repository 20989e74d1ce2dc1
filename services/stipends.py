"""The stipend run: opens every instalment that is due exactly once.

Opening is one INSERT..SELECT under the unique key (match, due day); facts and postings are written
from the rows it really added, in the same transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.jobs import Period, SetAside
from models.ledger import Posting, Transaction
from models.pledges import Match, Pledge
from models.stipends import Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.due import has_consent, is_open, is_paused, on_schedule
from services.writing import insert_into
from vocabulary.dates import today
from vocabulary.enums import AccountKind, Evidence, FactKind, SetAsideReason, TransactionKind

Where = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """What one slice did."""

    opened: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Which matches of which run are worked on, by which due day, at which instant."""

    run_id: int
    matches: Sequence[int]
    on: date
    now: datetime

    @property
    def here(self) -> Where:
        """Say in SQL that a match is one of the slice."""
        return Match.id.between(self.matches[0], self.matches[-1])


def open_due(session: Session, by: Viewer, part: Slice) -> Opened:
    """Open what is due for the matches, keys in order; safe to repeat."""
    require(by, Act.RUN_STIPENDS)
    aside = _set_aside(session, part)
    before = session.scalar(select(func.max(Stipend.id))) or 0
    opened = _open(session, part)
    if opened:
        new = and_(Stipend.id > before, Stipend.run_id == part.run_id)
        _state_promises(session, by, part, new)
        _post_openings(session, by, part, new)
        _resolve(session, part)
        _leave_trace(session, by, part, new)
    return Opened(opened, aside)


def _set_aside(session: Session, part: Slice) -> int:
    """Keep what was due and may not be opened, with the reason: the twin of `_open`."""
    paused, consent = is_paused(), has_consent()
    return _keep_aside(session, part, SetAsideReason.PAUSED, paused) + _keep_aside(
        session, part, SetAsideReason.NO_CONSENT, and_(not_(paused), not_(consent))
    )


def _keep_aside(session: Session, part: Slice, reason: SetAsideReason, holds: Where) -> int:
    known = exists().where(
        SetAside.match_id == Match.id,
        SetAside.due_on == Period.due_on,
        SetAside.reason == reason,
    )
    rows = (
        select(Match.id, Period.due_on, literal(reason.value), literal(part.run_id))
        .join(Period, on_schedule(part.on))
        .where(part.here, holds, not_(is_open()), not_(known))
    )
    names = ["match_id", "due_on", "reason", "run_id"]
    return int(session.execute(insert(SetAside).from_select(names, rows)).rowcount)  # type: ignore[attr-defined]


def set_aside_bad(session: Session, by: Viewer, part: Slice) -> int:
    """Set aside everything due of a match that cannot be opened; the next run tries it again."""
    require(by, Act.RUN_STIPENDS)
    sound = and_(not_(is_paused()), has_consent())
    return _set_aside(session, part) + _keep_aside(session, part, SetAsideReason.BAD_RECORD, sound)


def _resolve(session: Session, part: Slice) -> None:
    """Close what was set aside and has now been opened after all."""
    stands = exists().where(
        Stipend.match_id == SetAside.match_id, Stipend.due_on == SetAside.due_on
    )
    mine = SetAside.match_id.between(part.matches[0], part.matches[-1])
    session.execute(
        update(SetAside)
        .where(mine, SetAside.resolved_on.is_(None), stands)
        .values(resolved_on=today(part.now))
        .execution_options(synchronize_session=False)
    )


def _open(session: Session, part: Slice) -> int:
    """Insert the instalments; a match that lost its pledge fails here, loudly."""
    rows = (
        select(
            Match.id,
            Period.due_on,
            Match.instalment_fen,
            literal(part.run_id),
            literal(value=False),
            Pledge.offered_on,
        )
        .join(Period, on_schedule(part.on))
        .outerjoin(Pledge, Pledge.id == Match.pledge_id)
        .where(part.here, not_(is_paused()), has_consent(), not_(is_open()))
        .order_by(Match.id, Period.due_on)
    )
    names = ["match_id", "due_on", "amount_fen", "run_id", "is_funded", "promised_on"]
    statement = insert_into(session, Stipend).from_select(names, rows).on_conflict_do_nothing()
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _state_promises(session: Session, by: Viewer, part: Slice, new: Where) -> None:
    rows = select(
        Stipend.id,
        literal(FactKind.PROMISED.value),
        Stipend.promised_on,
        literal(by.actor),
        literal(Evidence.LEDGER.value),
        literal(part.run_id),
        literal(part.now, type_=Fact.__table__.c.noted_at.type),
    ).where(new)
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    session.execute(insert(Fact).from_select(names, rows))


def _post_openings(session: Session, by: Viewer, part: Slice, new: Where) -> None:
    before = session.scalar(select(func.max(Transaction.id))) or 0
    rows = select(
        literal(TransactionKind.OPENED.value),
        Stipend.due_on,
        Stipend.id,
        literal(part.run_id),
        literal(by.actor),
    ).where(new)
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
            .where(Transaction.id > before, Transaction.run_id == part.run_id)
        )
        columns = ["transaction_id", "account", "pledge_id", "amount"]
        session.execute(insert(Posting).from_select(columns, legs))


def _leave_trace(session: Session, by: Viewer, part: Slice, new: Where) -> None:
    """A slice is one act: one entry with run, count and a digest over the rows it added."""
    made = (Stipend.id, Stipend.match_id, Stipend.due_on, Stipend.amount_fen)
    line = literal("").concat(cast(made[0], String))
    for column in made[1:]:
        line = line.concat(",").concat(cast(column, String))
    count, text = session.execute(
        select(func.count(), func.aggregate_strings(line, ";")).where(new)
    ).one()
    digest = hashlib.sha256(text.encode()).hexdigest()
    detail = {"run": part.run_id, "count": count, "digest": digest}
    subject = f"job_runs:stipends-{part.on:%Y%m%d}"
    trace.record(session, by, "stipends.open", subject, now=part.now, detail=detail)


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
