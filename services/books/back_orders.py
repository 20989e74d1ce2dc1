"""A table for the bank of all that two people decided to give back, as for payment orders.

Each sum stands in one table at most: a second table, or the same one fetched twice, pays nothing more
than the first. It ends by the statement's debits (`give_backs`) or by a person's word. What has no
name or no bank goes by the counter.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.rests import BackOrder, PayBack
from models.unclaimed import Unclaimed
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, leaps, trace
from services.accountancy import stop
from services.gate import Card
from services.vault import pay_backs as vault
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    Chain,
    PayBackDesk,
    PayBackStatus,
    Role,
    UnclaimedWay,
)
from vocabulary.errors import AlreadyDecided, BadInput, BooksDisagree, OrderDamaged, OrderOver
from vocabulary.money import Fen

SHOWN = 50
_WORDS = {PayBack: "余款退回", Unclaimed: "无法核对退回"}


@dataclass(frozen=True, slots=True)
class Back:
    """One line of a table: whom the bank pays, and what is known of it by now."""

    holder: str
    number: str
    bank: str
    fen: Fen
    memo: str
    words: str
    has_left: bool
    was_refused: bool


def ready(session: Session, viewer: Viewer) -> list[Back]:
    """Return what may go into a table: decided by all who must, in no table yet, no record damaged."""
    require(viewer, Act.PAY_BACK)
    lines = _lines(session, viewer, None)
    waiting = vault.apart(session, [one.memo for one in lines])
    return [one for one in lines if one.memo not in waiting]


def make(session: Session, by: Viewer, *, now: datetime) -> str:
    """Make one table of all that is ready; return its ref.

    Raises BadInput(reason=none), AlreadyDecided when another was faster, and what stops all sending.
    """
    require(by, Act.PAY_BACK)
    _refuse_to_send(session)
    lines = ready(session, by)
    if not lines:
        raise BadInput(field="lines", reason="none")
    order = BackOrder(
        desk=_desk_of(by),
        made_by=by.actor,
        made_on=today(now),
        count=len(lines),
        fen=Fen(sum(one.fen for one in lines)),
        digest=digest_of(lines),
    )
    session.add(order)
    session.flush()
    if _claim(session, order, [one.memo for one in lines]) != len(lines):
        raise AlreadyDecided()
    _trace(session, by, "back_order.make", order, now=now)
    return order.ref


def _claim(session: Session, order: BackOrder, memos: Sequence[str]) -> int:
    """Put the lines into this table, those that stand in none; return how many."""
    claimed = 0
    for table in (PayBack, Unclaimed):
        free = (table.memo.in_(memos), table.order_id.is_(None), table.paid_on.is_(None))
        claims = update(table).where(*free).values(order_id=order.id)
        plain = claims.execution_options(synchronize_session="fetch")
        claimed += session.execute(plain).rowcount  # type: ignore[attr-defined]
    return claimed


def _desk_of(by: Viewer) -> PayBackDesk:
    return PayBackDesk.CUSTODY if by.has(Role.CUSTODIAN) else PayBackDesk.COLLECTING


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the latest tables, newest first."""
    require(viewer, Act.PAY_BACK)
    newest = (BackOrder.id.desc(),)
    return gate.cards(session, viewer, BackOrder, order_by=newest, limit=SHOWN)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one table with its lines by memo, and whether it may still be fetched. Raises NotFound."""
    require(viewer, Act.PAY_BACK)
    card = gate.card(session, viewer, BackOrder, BackOrder.ref == ref)
    order = gate.row(session, viewer, BackOrder, BackOrder.ref == ref)
    lines = _lines(session, viewer, order)
    waiting = sum(not one.has_left and not one.was_refused for one in lines)
    return card.and_also(lines=lines, waiting=waiting, is_over=waiting < len(lines))


def take(session: Session, by: Viewer, ref: str, *, now: datetime) -> tuple[Card, list[Back]]:
    """Hand a table out, counted and traced; return it and its lines by memo.

    Raises OrderOver once a line has left or was refused, OrderDamaged when it is not what was made,
    BooksDisagree while a record behind a line of it is damaged.
    """
    _refuse_to_send(session)
    card = detail(session, by, ref)
    lines: list[Back] = card["lines"]
    if card["is_over"]:
        raise OrderOver()
    if vault.apart(session, [one.memo for one in lines]):
        raise BooksDisagree()
    if digest_of(lines) != card["digest"]:
        raise OrderDamaged()
    order = gate.row(session, by, BackOrder, BackOrder.ref == ref)
    order.taken += 1
    session.flush()
    _trace(session, by, "back_order.take", order, now=now)
    return card, lines


def _refuse_to_send(session: Session) -> None:
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)


def digest_of(lines: Iterable[Back]) -> str:
    """Return the digest over all that a table tells the bank, in its order."""
    said = [f"{one.memo}|{one.holder}|{one.bank}|{one.number}|{one.fen}" for one in lines]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _lines(session: Session, viewer: Viewer, order: BackOrder | None) -> list[Back]:
    """Return the lines of a table, or without one what is ready for the next."""
    found = [*_of_rests(session, viewer, order), *_of_unclaimed(session, viewer, order)]
    return sorted(found, key=lambda one: one.memo)


def _of_rests(session: Session, viewer: Viewer, order: BackOrder | None) -> list[Back]:
    ready_now = (PayBack.order_id.is_(None), PayBack.status == PayBackStatus.RELEASED)
    where = ready_now if order is None else (PayBack.order_id == order.id,)
    return [
        Back(
            one.holder or "",
            one.account or "",
            one.bank or "",
            Fen(one.fen),
            one.memo,
            f"{one.memo} {_WORDS[PayBack]}",
            has_left=one.paid_on is not None,
            was_refused=one.refused_on is not None,
        )
        for one in gate.rows(session, viewer, PayBack, *where, order_by=(PayBack.id,))
    ]


def _of_unclaimed(session: Session, viewer: Viewer, order: BackOrder | None) -> list[Back]:
    where: tuple[ColumnElement[bool], ...] = (Unclaimed.order_id.is_(None), *_GOES_BACK)
    if order is not None:
        where = (Unclaimed.order_id == order.id,)
    rows = gate.rows(session, viewer, Unclaimed, *where, order_by=(Unclaimed.id,))
    of = [one.receipt_id for one in rows]
    receipts = {one.id: one for one in session.scalars(select(Receipt).where(Receipt.id.in_(of)))}
    return [
        Back(
            receipts[one.receipt_id].payer_name or "",
            one.account or "",
            one.bank or "",
            Fen(receipts[one.receipt_id].amount_fen),
            one.memo,
            f"{one.memo} {_WORDS[Unclaimed]}",
            has_left=one.paid_on is not None,
            was_refused=one.refused_on is not None,
        )
        for one in rows
        if (receipts[one.receipt_id].payer_name or "").strip() and one.bank
    ]


_GOES_BACK = (
    Unclaimed.way == UnclaimedWay.GIVE_BACK,
    Unclaimed.status == AmendmentStatus.DONE,
    Unclaimed.paid_on.is_(None),
    Unclaimed.refused_on.is_(None),
)


def _trace(session: Session, by: Viewer, act: str, order: BackOrder, *, now: datetime) -> None:
    subject, detail = f"back_order:{order.ref}", {"count": order.count, "digest": order.digest}
    trace.record(session, by, act, subject, now=now, detail=detail, chain=Chain.CUSTODIAN)
