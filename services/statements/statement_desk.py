"""The bank's statement at the collecting desk: read, shown, booked as a whole, each line once."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.statements import Statement, StatementLine
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.batches import payouts
from services.books import booking, ledger
from services.books.booking import BankLine
from services.books.ledger import Event, Leg
from services.gate import Card
from services.lifecycle import advance
from services.online_payments import payouts as provider_payouts
from services.statements import Line, sums
from services.statements.line_names import booked_keys, mark_shown, the_one_by_hand
from services.statements.statement_judging import Verdict
from services.statements.statement_reading import Read
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    ImportStatus,
    LineKind,
    LineReason,
    LineState,
    TransactionKind,
)
from vocabulary.errors import BadInput
from vocabulary.money import Fen

PAGE = 50
ROWS_A_SLICE = 500
MOST_SUGGESTED = 200
NO_REMARK = "没写备注"
_BANKS_OWN = {
    # The bank's interest is nobody's gift: it feeds the gap fund.
    LineKind.INTEREST: (TransactionKind.INTEREST, AccountKind.GAP_FUND),
    LineKind.FEE: (TransactionKind.BANK_FEE, AccountKind.BANK_FEES),
}
_SURE = frozenset({LineState.MATCHED, LineState.SPLIT})
_BOOKED = frozenset({LineState.MATCHED, LineState.SPLIT, LineState.SUGGESTED, LineState.UNMATCHED})
_SHOWN = ("row", "kind", "state", "reason", "amount_fen", "on", "parts", "remark", "payer", "memo")


def keep(session: Session, by: Viewer, name: str, read: Read, *, now: datetime) -> str:
    """Keep a statement that was read for confirmation; return its ref. Raises BadInput if empty."""
    require(by, Act.IMPORT_STATEMENT)
    if not read.lines:
        raise BadInput(field="file", reason="empty")
    if max(line.on for line in read.lines) > today(now):
        raise BadInput(field="file", reason="in_future")
    lay = sums.ends(read.lines)
    record = Statement(
        by=by.actor,
        created_at=now,
        file=name[-120:],
        first_on=min(line.on for line in read.lines),
        last_on=max(line.on for line in read.lines),
        lines=len(read.lines),
        opening_fen=lay[0] if lay else None,
        closing_fen=lay[1] if lay else None,
    )
    session.add(record)
    session.flush()
    pairs = zip(read.lines, read.verdicts, strict=True)
    session.execute(insert(StatementLine), [_row(record.id, *pair) for pair in pairs])
    _trace(session, by, "statement.read", record.ref, now=now, count=len(read.lines))
    return record.ref


def _row(statement_id: int, line: Line, verdict: Verdict) -> dict[str, Any]:
    return {
        "statement_id": statement_id,
        "row": line.row,
        "kind": line.kind,
        "state": verdict.state,
        "reason": verdict.reason,
        "amount_fen": line.fen,
        "on": line.on,
        "key": line.key,
        "parts": [list(part) for part in verdict.parts],
        "remark": line.text,
        "payer": line.payer,
        "is_kept": False,
        "memo": verdict.memo,
    }


def listing(session: Session, viewer: Viewer, *, limit: int = 12) -> list[Card]:
    """List the latest statements that were not put away."""
    return gate.cards(
        session,
        viewer,
        Statement,
        where=(Statement.status != ImportStatus.DISCARDED,),
        order_by=(Statement.id.desc(),),
        limit=limit,
    )


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one statement with the count of its lines by state."""
    card = gate.card(session, viewer, Statement, Statement.ref == ref)
    counts = {
        state.value: gate.count(
            session, viewer, StatementLine, _of(ref), StatementLine.state == state
        )
        for state in LineState
    }
    to_book = sum(counts[state.value] for state in _BOOKED)
    return card.and_also(
        counts=counts, to_book=to_book, new=card["lines"] - counts[LineState.KNOWN.value]
    )


def lines(
    session: Session, viewer: Viewer, ref: str, *, state: LineState | None = None, page: int = 1
) -> list[Card]:
    """Return one page of a statement's lines in its own order."""
    return gate.cards(
        session,
        viewer,
        StatementLine,
        fields=_SHOWN,
        where=(_of(ref), *([StatementLine.state == state] if state else [])),
        order_by=(StatementLine.row,),
        limit=PAGE,
        offset=PAGE * (page - 1),
    )


def suggestions(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """Return the lines with a suggestion, which a person accepts one by one."""
    return gate.cards(
        session,
        viewer,
        StatementLine,
        fields=_SHOWN,
        where=(_of(ref), StatementLine.state == LineState.SUGGESTED),
        order_by=(StatementLine.row,),
        limit=MOST_SUGGESTED,
    )


def _of(ref: str) -> Any:
    return StatementLine.statement_id.in_(select(Statement.id).where(Statement.ref == ref))


def book(
    session: Session, by: Viewer, ref: str, *, accepted: Collection[int] = (), now: datetime
) -> int:
    """Book every credit of a statement in the caller's one transaction; return how many receipts.

    Debits and returned transfers settle our batches (`payouts`).
    What is matched goes to its pledges, and so do the suggestions of the `accepted` rows; the rest
    waits in 待核对到账. A line booked since, by another statement or by hand, is left out.
    Raises WrongState.
    """
    require(by, Act.IMPORT_STATEMENT)
    record = gate.row(session, by, Statement, Statement.ref == ref)
    advance(session, record, ImportStatus.TAKING, by=by, now=now)
    rows = _new_rows(session, record)
    _decide(session, rows, accepted)
    rows = [row for row in rows if row.state is not LineState.KNOWN]
    provider_payouts.settle(session, by, rows)
    came = [line for row in rows for line in _bank_lines(row)]
    for start in range(0, len(came), ROWS_A_SLICE):
        booking.record_all(session, by, came[start : start + ROWS_A_SLICE], now=now)
    _post_the_banks_own(session, by, rows)
    payouts.settle(session, by, rows, now=now)
    advance(session, record, ImportStatus.TAKEN, by=by, now=now)
    _trace(session, by, "statement.book", ref, now=now, count=len(came))
    return len(came)


def _new_rows(session: Session, record: Statement) -> Sequence[StatementLine]:
    """Keep the lines that nobody booked meanwhile, and return them."""
    own = select(StatementLine).where(StatementLine.statement_id == record.id)
    rows = session.scalars(own.order_by(StatementLine.row)).all()
    booked = booked_keys(session, record.first_on)
    for row in rows:
        row.is_kept = row.key not in booked
        row.state = row.state if row.is_kept else LineState.KNOWN
    session.flush()
    mark_shown(session, {row.key: row.on for row in rows if not row.is_kept}, record.first_on)
    return [row for row in rows if row.is_kept]


def _decide(session: Session, rows: Sequence[StatementLine], accepted: Collection[int]) -> None:
    """A suggestion is right when a person says so, and else is none.

    One that is what somebody booked by hand is not booked again: that booking gets the bank's name.
    """
    for row in rows:
        if row.state is not LineState.SUGGESTED:
            continue
        same = None
        if row.reason is LineReason.BY_HAND and row.row in accepted:
            same = the_one_by_hand(session, row.parts[0][0], row.amount_fen, row.on)
        if same is not None:
            row.state, same.bank_line, same.shown_on = LineState.KNOWN, row.key, row.on
            session.flush()
        else:
            row.state = (
                LineState.MATCHED
                if row.row in accepted and row.reason is not LineReason.BY_HAND
                else LineState.UNMATCHED
            )


def _bank_lines(row: StatementLine) -> Iterator[BankLine]:
    """Turn a line into what is booked of it; a split one into one for each reference."""
    is_strange = row.kind is LineKind.RETURNED and row.state is LineState.UNMATCHED
    if row.kind is not LineKind.DONATION and not is_strange:
        return
    payer = row.payer or None
    if row.state not in _SURE:
        waits = row.remark or NO_REMARK
        yield BankLine("", row.amount_fen, row.on, payer, row.key, waits, shown_on=row.on)
        return
    for number, (reference, fen) in enumerate(row.parts, 1):
        key = f"{row.key}/{number}" if len(row.parts) > 1 else row.key
        yield BankLine(reference, Fen(fen), row.on, payer, key, shown_on=row.on)


def _post_the_banks_own(session: Session, by: Viewer, rows: Sequence[StatementLine]) -> None:
    """Post interest and fees: nobody's gift, and nothing for a child."""
    for row in rows:
        if row.kind in _BANKS_OWN:
            kind, account = _BANKS_OWN[row.kind]
            legs = Leg(AccountKind.BANK, row.amount_fen), Leg(account, Fen(-row.amount_fen))
            ledger.post(session, Event(kind, row.on), legs, by=by)


def discard(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put a statement away unbooked; its lines are deleted, the act is kept. Raises WrongState."""
    require(by, Act.IMPORT_STATEMENT)
    record = gate.row(session, by, Statement, Statement.ref == ref)
    advance(session, record, ImportStatus.DISCARDED, by=by, now=now)
    session.execute(delete(StatementLine).where(StatementLine.statement_id == record.id))
    _trace(session, by, "statement.discard", ref, now=now, count=record.lines)


def _trace(session: Session, by: Viewer, act: str, ref: str, *, now: datetime, count: int) -> None:
    chain, detail = Chain.CUSTODIAN, {"lines": count}
    trace.record(session, by, act, f"statement:{ref}", now=now, detail=detail, chain=chain)
