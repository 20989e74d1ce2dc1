"""Facts about instalments and gifts (law 3): rows, never overwritten; taken back by a further row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, insert, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from models.stipends import Fact, Gift, Stipend
from privacy.viewers import Viewer
from services.books import ledger
from services.books.ledger import Event, Leg
from services.earmarks import marking
from services.prepared import Ready
from services.stipends.sides import Side, Sides, sides_of
from vocabulary.dates import today, used_on
from vocabulary.enums import AccountKind, Evidence, FactKind, Language, TransactionKind
from vocabulary.errors import AlreadyDecided, WrongState
from vocabulary.money import Fen
from vocabulary.stipends import PAID_BY, check_fact, check_take_back

DATE_COLUMN = {kind: f"{kind.value}_on" for kind in FactKind}

# Debit, credit and kind of the transaction that a fact makes; other facts move no money.
_MOVES = {
    FactKind.PROMISED: (TransactionKind.OPENED, AccountKind.PROMISED, AccountKind.OWED),
    FactKind.RECEIVED: (TransactionKind.FUNDED, AccountKind.PREPAID, AccountKind.PROMISED),
    FactKind.BRIDGED: (TransactionKind.BRIDGED, AccountKind.GAP_FUND, AccountKind.PROMISED),
    FactKind.SENT: (TransactionKind.SENT, AccountKind.IN_TRANSIT, AccountKind.BANK),
    FactKind.HANDED_OVER: (TransactionKind.HANDED_OVER, AccountKind.OWED, AccountKind.IN_TRANSIT),
    FactKind.RETURNED: (TransactionKind.RETURNED, AccountKind.BANK, AccountKind.IN_TRANSIT),
    # Lost on its way: nobody owes it any more, and no hand has it.
    FactKind.WRITTEN_OFF: (TransactionKind.WRITTEN_OFF, AccountKind.OWED, AccountKind.IN_TRANSIT),
}
# What the gap fund paid already: its donor's money goes there instead.
_REPAYS = (TransactionKind.REPAID, AccountKind.PREPAID, AccountKind.GAP_FUND)
# Every word that is said writes these: built once, they cost a third.
_SAID = (
    *("stipend_id", "gift_id", "kind", "on", "by", "evidence", "detail", "amount_fen", "came_on"),
    *("upload_id", "run_id", "language", "noted_at"),
)
_INSERT = Ready(insert(Fact.__table__).values({name: bindparam(name) for name in _SAID}))  # type: ignore[arg-type]
_BY_PLEDGE = (
    AccountKind.PREPAID,
    AccountKind.PROMISED,
    AccountKind.OWED,
    AccountKind.GAP_FUND,
)


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a fact rests, and what else was said; `said_by` where many speak at once."""

    evidence: Evidence
    detail: str | None = None
    amount_fen: Fen | None = None
    upload_id: int | None = None
    run_id: int | None = None
    language: Language | None = None
    said_by: Viewer | None = None
    came_on: date | None = None


def dates_of(subject: Stipend | Gift) -> dict[FactKind, date | None]:
    """Return the effective date of each kind of fact."""
    return {kind: getattr(subject, column) for kind, column in DATE_COLUMN.items()}


def record(
    session: Session,
    kind: FactKind,
    subjects: Sequence[Stipend | Gift],
    *,
    on: date,
    by: Viewer,
    now: datetime,
    basis: Basis,
) -> None:
    """Add the fact to every subject, with its ledger entry, or to none: as `record_all`."""
    record_all(session, kind, [(subject, basis) for subject in subjects], on=on, by=by, now=now)


def record_all(
    session: Session,
    kind: FactKind,
    said: Sequence[tuple[Stipend | Gift, Basis]],
    *,
    on: date,
    by: Viewer,
    now: datetime,
    sides: Sides | None = None,
) -> None:
    """Add the fact to every subject, each on its own basis, with its ledger entry, or to none.

    As many statements for many subjects as for one; `sides` spares one to a caller who has read
    them. Raises WrongState where the facts before do not allow it, AlreadyDecided when raced.
    """
    if not said:
        return
    for subject, _ in said:
        check_fact(kind, dates_of(subject))
    rows = [_fact_row(s, kind, on=on, by=by, now=now, basis=basis) for s, basis in said]
    session.flush()
    _INSERT.run(session.connection(), *rows)
    subjects = [subject for subject, _ in said]
    _set_date(session, kind, subjects, on)
    if kind in _MOVES:
        behind = sides_of(session, subjects) if sides is None else sides
        _post(session, kind, said, behind, on=on, by=by, now=now)
    if kind is FactKind.CANCELLED:
        for subject in subjects:
            _undo_promise(session, subject, on=on, by=by)


def take_back(
    session: Session,
    kind: FactKind,
    subject: Stipend | Gift,
    *,
    on: date,
    by: Viewer,
    now: datetime,
    basis: Basis,
) -> None:
    """Cancel the effective fact of a kind by a further row, and reverse what it posted.

    Raises WrongState when there is none, or when a later fact rests on it.
    """
    session.flush()
    check_take_back(kind, dates_of(subject))
    _cancel(session, kind, subject, on=on, by=by, now=now, basis=basis)


def fund_instead(
    session: Session, stipend: Stipend, *, on: date, by: Viewer, now: datetime, basis: Basis
) -> None:
    """Let the gap fund have paid what a donor's money had: it may have left already."""
    session.flush()
    check_take_back(FactKind.RECEIVED, dates_of(stipend), instead=FactKind.BRIDGED)
    _cancel(session, FactKind.RECEIVED, stipend, on=on, by=by, now=now, basis=basis)
    record(session, FactKind.BRIDGED, [stipend], on=on, by=by, now=now, basis=basis)


def _cancel(
    session: Session,
    kind: FactKind,
    subject: Stipend | Gift,
    *,
    on: date,
    by: Viewer,
    now: datetime,
    basis: Basis,
) -> None:
    later = aliased(Fact)
    mine = Fact.stipend_id if isinstance(subject, Stipend) else Fact.gift_id
    effective = session.scalar(
        select(Fact.id)
        .outerjoin(later, later.cancels_id == Fact.id)
        .where(mine == subject.id, Fact.kind == kind, Fact.cancels_id.is_(None), later.id.is_(None))
        .order_by(Fact.id.desc())
    )
    if effective is None:
        raise WrongState(from_state="none", to_state=kind.value)
    row = _fact_row(subject, kind, on=on, by=by, now=now, basis=basis)
    session.execute(insert(Fact).values(**row, cancels_id=effective))
    _clear_date(session, kind, subject)
    if kind in _MOVES:
        ledger.reverse(
            session,
            _event(subject, TransactionKind.REVERSED, on),
            of=_move(kind, subject)[0],
            by=by,
        )


def _move(
    kind: FactKind, subject: Stipend | Gift
) -> tuple[TransactionKind, AccountKind, AccountKind]:
    """Return the kind, debit and credit of the transaction that a fact of this subject makes."""
    is_repaid = kind is FactKind.RECEIVED and subject.bridged_on is not None
    return _REPAYS if is_repaid else _MOVES[kind]


def _undo_promise(session: Session, subject: Stipend | Gift, *, on: date, by: Viewer) -> None:
    """Give back what covered a cancelled instalment, and owe it no longer."""
    event = _event(subject, TransactionKind.REVERSED, on)
    for kind in (FactKind.RECEIVED, FactKind.BRIDGED):
        if dates_of(subject)[kind]:
            ledger.reverse(session, event, of=_move(kind, subject)[0], by=by)
    ledger.reverse(session, event, of=TransactionKind.OPENED, by=by)


def _clear_date(session: Session, kind: FactKind, subject: Stipend | Gift) -> None:
    table, values = type(subject), {**_columns(type(subject), kind, None)}
    if kind is FactKind.BRIDGED:
        values["earmark_id"] = None
    if "is_funded" in values:
        values["is_funded"] = any(dates_of(subject)[paid] for paid in PAID_BY if paid is not kind)
    session.execute(
        update(table)
        .where(table.id == subject.id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    for column, value in values.items():
        set_committed_value(subject, column, value)


def _columns(
    table: type[Stipend] | type[Gift], kind: FactKind, on: date | None
) -> dict[str, date | bool | None]:
    """Return what a fact changes on its subject: its date, and whether a stipend is funded."""
    values: dict[str, date | bool | None] = {DATE_COLUMN[kind]: on}
    if kind in PAID_BY and table is Stipend:
        values["is_funded"] = on is not None
    return values


def _set_date(
    session: Session, kind: FactKind, subjects: Sequence[Stipend | Gift], on: date
) -> None:
    session.flush()
    ids = [subject.id for subject in subjects]
    table, values = type(subjects[0]), _columns(type(subjects[0]), kind, on)
    moved = session.connection().execute(_dating(table, kind), {"ids": ids, "fact_day": on})
    if moved.rowcount != len(ids):
        raise AlreadyDecided()
    for subject in subjects:
        for name, value in values.items():
            set_committed_value(subject, name, value)


@cache
def _dating(table: type[Stipend] | type[Gift], kind: FactKind) -> Update:
    """Write once what dates any number of subjects that no such fact has dated yet."""
    plain: Any = table.__table__
    column = plain.c[DATE_COLUMN[kind]]
    day = bindparam("fact_day", type_=column.type)
    values = {**_columns(table, kind, date.max), column.name: day}
    ids: Any = bindparam("ids", expanding=True)
    return update(plain).where(plain.c.id.in_(ids), column.is_(None)).values(values)


def _fact_row(
    subject: Stipend | Gift, kind: FactKind, *, on: date, by: Viewer, now: datetime, basis: Basis
) -> dict[str, object]:
    return {
        "stipend_id": subject.id if isinstance(subject, Stipend) else None,
        "gift_id": subject.id if isinstance(subject, Gift) else None,
        "kind": kind,
        "on": on,
        "by": (basis.said_by or by).actor,
        "evidence": basis.evidence,
        "detail": basis.detail,
        "amount_fen": basis.amount_fen,
        "came_on": basis.came_on,
        "upload_id": basis.upload_id,
        "run_id": basis.run_id,
        "language": basis.language,
        "noted_at": now,
    }


def _post(
    session: Session,
    kind: FactKind,
    said: Sequence[tuple[Stipend | Gift, Basis]],
    sides: Sides,
    *,
    on: date,
    by: Viewer,
    now: datetime,
) -> None:
    entries = []
    booked = ledger.as_opened(session, [one for one, _ in said if sides[one.id].apart_on])
    givers = marking.givers(session, {one.earmark_id for one, _ in said if one.earmark_id})
    for subject, basis in said:
        transaction, debit, credit = _move(kind, subject)
        side, giver = sides[subject.id], givers.get(subject.earmark_id or 0)
        fen = booked.get(subject.id, subject.amount_fen)
        legs = [_leg(debit, fen, side, giver), _leg(credit, Fen(-fen), side, giver)]
        is_use = kind is FactKind.RECEIVED
        day = used_on(max(on, subject.due_on), today(now)) if is_use else on
        event = replace(_event(subject, transaction, day), said_by=basis.said_by)
        entries.append((event, legs))
    ledger.post_all(session, entries, by=by)


def _leg(account: AccountKind, amount: Fen, side: Side, giver: int | None) -> Leg:
    """Return one leg; restricted money (of a `giver`'s pledge) stands for the fund's and goes back."""
    if account is AccountKind.GAP_FUND and giver is not None:
        return Leg(AccountKind.EARMARKED, amount, pledge_id=giver)
    if account in _BY_PLEDGE:
        return Leg(account, amount, pledge_id=side.pledge_id)
    if account is AccountKind.IN_TRANSIT:
        return Leg(account, amount, organisation_id=side.hand_id, card_id=side.card_id)
    return Leg(account, amount)


def _event(subject: Stipend | Gift, kind: TransactionKind, on: date) -> Event:
    if isinstance(subject, Stipend):
        return Event(kind, on, stipend_id=subject.id)
    return Event(kind, on, gift_id=subject.id)
