"""The stipend run: opens every instalment that is due exactly once.

Opening is one INSERT..SELECT under the unique key (match, due day); facts and postings are written
from the rows it really added, in the same transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import (
    Insert,
    Select,
    String,
    and_,
    bindparam,
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

from models.base import Base
from models.jobs import Period, SetAside
from models.ledger import Transaction
from models.pledges import Match, Pledge
from models.stipends import Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.stipends.due import (
    AFTER,
    BY_WHOM,
    FIRST,
    LAST,
    OF_RUN,
    UNTIL,
    has_consent,
    is_open,
    is_paused,
    on_schedule,
)
from services.writing import insert_into
from vocabulary.dates import today
from vocabulary.enums import AccountKind, Evidence, FactKind, SetAsideReason, TransactionKind
from vocabulary.money import Fen


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

    def values(self, by: Viewer) -> dict[str, object]:
        """Return what the slice's statements are filled in with."""
        return {
            "first_key": self.matches[0],
            "last_key": self.matches[-1],
            "of_run": self.run_id,
            "until_day": self.on,
            "by_whom": by.actor,
            "at_instant": self.now,
        }


_HERE = Match.id.between(FIRST, LAST)
_NEW = and_(Stipend.id > AFTER, Stipend.run_id == OF_RUN)
_AT = bindparam("at_instant", type_=Fact.__table__.c.noted_at.type)


def open_due(session: Session, by: Viewer, part: Slice) -> Opened:
    """Open what is due for the matches, keys in order; safe to repeat."""
    require(by, Act.RUN_STIPENDS)
    values = part.values(by)
    aside = _set_aside(session, values)
    before = session.scalar(select(func.max(Stipend.id))) or 0
    opened = _do(session, _open(session), values)
    if opened:
        new = values | {"after_key": before}
        _do(session, _promises(), new)
        _post_openings(session, part, new)
        _resolve(session, part)
        _leave_trace(session, by, part, new)
    return Opened(opened, aside)


def _do(session: Session, statement: Insert, values: Mapping[str, object]) -> int:
    return int(session.connection().execute(statement, values).rowcount)


def _set_aside(session: Session, values: Mapping[str, object]) -> int:
    """Keep what was due and may not be opened, with the reason: the twin of `_open`."""
    reasons = (SetAsideReason.PAUSED, SetAsideReason.NO_CONSENT)
    return sum(_do(session, _keep_aside(reason), values) for reason in reasons)


@cache
def _keep_aside(reason: SetAsideReason) -> Insert:
    paused, consent = is_paused(), has_consent()
    holds = {
        SetAsideReason.PAUSED: paused,
        SetAsideReason.NO_CONSENT: and_(not_(paused), not_(consent)),
        SetAsideReason.BAD_RECORD: and_(not_(paused), consent),
    }
    known = exists().where(
        SetAside.match_id == Match.id,
        SetAside.due_on == Period.due_on,
        SetAside.reason == reason,
    )
    rows = (
        select(Match.id, Period.due_on, literal(reason.value), OF_RUN)
        .select_from(Match)
        .join(Period, on_schedule(UNTIL))
        .where(_HERE, holds[reason], not_(is_open()), not_(known))
    )
    return _into(SetAside).from_select(["match_id", "due_on", "reason", "run_id"], rows)


def _into(table: type[Base]) -> Insert:
    """Insert into the plain table: what the ORM adds costs as much as a slice's small statements."""
    return insert(table.__table__)  # type: ignore[arg-type]


def set_aside_bad(session: Session, by: Viewer, part: Slice) -> int:
    """Set aside everything due of a match that cannot be opened; the next run tries it again."""
    require(by, Act.RUN_STIPENDS)
    values = part.values(by)
    bad = _keep_aside(SetAsideReason.BAD_RECORD)
    return _set_aside(session, values) + _do(session, bad, values)


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


def _open(session: Session) -> Insert:
    """Insert the instalments; a match that lost its pledge fails here, loudly."""
    names = ["match_id", "due_on", "amount_fen", "run_id", "is_funded", "promised_on"]
    rows = insert_into(session, Stipend.__table__).from_select(names, _openings())
    return rows.on_conflict_do_nothing()  # type: ignore[no-any-return]


@cache
def _openings() -> Select[int, date, Fen, int, bool, date]:
    return (
        select(
            Match.id,
            Period.due_on,
            Match.instalment_fen,
            OF_RUN,
            literal(value=False),
            Pledge.offered_on,
        )
        .select_from(Match)
        .join(Period, on_schedule(UNTIL))
        .outerjoin(Pledge, Pledge.id == Match.pledge_id)
        .where(_HERE, Match.apart_on.is_(None))
        .where(not_(is_paused()), has_consent(), not_(is_open()))
        .order_by(Match.id, Period.due_on)
    )


@cache
def _promises() -> Insert:
    rows = select(
        Stipend.id,
        literal(FactKind.PROMISED.value),
        Stipend.promised_on,
        BY_WHOM,
        literal(Evidence.LEDGER.value),
        OF_RUN,
        _AT,
    ).where(_NEW)
    names = ["stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at"]
    return _into(Fact).from_select(names, rows)


def _post_openings(session: Session, part: Slice, new: Mapping[str, object]) -> None:
    before = session.scalar(select(func.max(Transaction.id))) or 0
    _do(session, _transactions(), new)
    both = AccountKind.PROMISED, AccountKind.OWED
    ledger.post_of_run(session, TransactionKind.OPENED, *both, run_id=part.run_id, after=before)


@cache
def _transactions() -> Insert:
    kind = literal(TransactionKind.OPENED.value)
    rows = select(kind, Stipend.due_on, Stipend.id, OF_RUN, BY_WHOM).where(_NEW)
    return _into(Transaction).from_select(["kind", "on", "stipend_id", "run_id", "by"], rows)


@cache
def _digest() -> Select[int, str]:
    made = (Stipend.id, Stipend.match_id, Stipend.due_on, Stipend.amount_fen)
    line = literal("").concat(cast(made[0], String))
    for column in made[1:]:
        line = line.concat(",").concat(cast(column, String))
    return select(func.count(), func.aggregate_strings(line, ";")).where(_NEW)


def _leave_trace(session: Session, by: Viewer, part: Slice, new: Mapping[str, object]) -> None:
    """A slice is one act: one entry with run, count and a digest over the rows it added."""
    count, text = session.connection().execute(_digest(), new).one()
    digest = hashlib.sha256(text.encode()).hexdigest()
    detail = {"run": part.run_id, "count": count, "digest": digest}
    subject = f"job_runs:stipends-{part.on:%Y%m%d}"
    trace.record(session, by, "stipends.open", subject, now=part.now, detail=detail)


def standing_aside(session: Session, by: Viewer, *, on: date) -> list[dict[str, str]]:
    """Return what is due by a day and stands set aside, whichever run did so: match, day, reason."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Match.child_ref, SetAside.due_on, SetAside.reason)
        .join(Match, Match.id == SetAside.match_id)
        .where(SetAside.resolved_on.is_(None), SetAside.due_on <= on)
        .order_by(SetAside.id)
    )
    return [
        {"match": ref, "due_on": due_on.isoformat(), "reason": reason.value}
        for ref, due_on, reason in rows
    ]
