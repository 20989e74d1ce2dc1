"""A payment order: chosen batches given to the bank, each its one sum with its fixed memo.

From its making on a batch counts as with the bank: it is sent when the bank's answer or statement
says so (`bank_answers`, `payouts`). What stands in an order is kept as it was that day, and a
digest over it, so that the file fetched twice says the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.payment_orders import PaymentOrder, PaymentOrderLine, Payout
from models.stipends import Batch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, leaps, trace
from services.accountancy import stop
from services.batches import batches, stale, unsent
from services.batches.bank_words import words_for
from services.children import child_file
from services.gate import Card, Part
from services.leaps import late
from services.lifecycle import advance_all
from services.routes import payees
from services.routes.cards import TAIL
from services.routes.payees import Payee
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, BatchStatus, LineState, Route
from vocabulary.errors import (
    AlreadyDecided,
    BadInput,
    NotFound,
    OrderDamaged,
    OrderOver,
    WrongState,
)
from vocabulary.money import Fen

SHOWN = 20
_LIVE = frozenset({None, BankAnswer.UNCLEAR})
_SAID = ("fen", "words", "payee", "bank", "number", "answer", "answered_on", "note")


@dataclass(frozen=True, slots=True)
class Payment:
    """One line as the bank gets it."""

    payee: str
    number: str
    bank: str
    fen: Fen
    words: str


def with_accounts(session: Session, viewer: Viewer) -> list[Card]:
    """List what is to be sent, each with whether the bank can be given it, and from when on.

    `may_order` says so; `changes_on` is the day on which the school's other account holds;
    `in_doubt`, that the statement has money leaving under its memo, which does not fit;
    `late`, how many instalments in it are 补发.
    """
    require(viewer, Act.SEND_BATCH)
    found = batches.to_send(session, viewer)
    mine = Batch.ref.in_([card["ref"] for card in found])
    held = payees.held_back(session, session.scalars(select(Batch).where(mine)).all())
    doubtful = _doubtful(session, found)
    delayed = late.counts(session, [card["ref"] for card in found])
    return [
        _with_account(card, held.get(card["ref"])).and_also(
            in_doubt=card["memo"] in doubtful, late=delayed.get(card["ref"], 0)
        )
        for card in found
    ]


def _doubtful(session: Session, found: Sequence[Card]) -> set[str]:
    left = (Payout.state == LineState.UNSETTLED, Payout.amount_fen < 0)
    named = Payout.memo.in_([card["memo"] for card in found])
    return {memo for memo in session.scalars(select(Payout.memo).where(named, *left)) if memo}


def _with_account(card: Card, changes_on: date | None) -> Card:
    hand = card["hand"] if card.has("hand") else None
    has_account = hand is not None and bool(hand["account_number"] and hand["account_bank"])
    able = has_account or card.has("card")
    return card.and_also(may_order=able and changes_on is None, changes_on=changes_on)


def prepare(session: Session, by: Viewer, refs: Sequence[str], *, now: datetime) -> str:
    """Make one order of open batches, all or none; return its ref.

    Raises BadInput(reason) for none, for a hand without an account and for one whose account
    changes in these days, WrongState or AlreadyDecided when a batch went another way.
    """
    require(by, Act.SEND_BATCH)
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)
    if not refs:
        raise BadInput(field="batch", reason="none")
    found = gate.rows(session, by, Batch, Batch.ref.in_(refs), order_by=(Batch.memo,))
    if len(found) != len(set(refs)):
        raise NotFound()
    found = sorted(unsent.cleared(session, found), key=lambda batch: batch.memo)
    hands = payees.of_batches(session, found)
    _give(session, found, by=by, now=now)
    sums = batches.totals(session, [batch.ref for batch in found])
    lines = [_payment(batch, hands[batch.id], sums) for batch in found]
    order = _keep(session, by, found, lines, now=now)
    detail = {"count": order.count, "fen": order.fen, "digest": order.digest}
    subject = f"payment_order:{order.ref}"
    trace.record(session, by, "order.prepare", subject, now=now, detail=detail)
    return order.ref


def _payment(batch: Batch, payee: Payee, sums: Mapping[str, tuple[int, int]]) -> Payment:
    if batch.ref not in sums:
        raise NotFound()
    words = words_for(batch.memo, school=payee.hand, payee=payee.name)
    return Payment(payee.name, payee.number, payee.bank, Fen(sums[batch.ref][1]), words)


def _give(session: Session, found: Sequence[Batch], *, by: Viewer, now: datetime) -> None:
    for batch in found:
        if batch.status is not BatchStatus.OPEN:
            raise WrongState(from_state=batch.status.value, to_state=BatchStatus.ORDERED.value)
    ids = select(Batch.id).where(Batch.id.in_([batch.id for batch in found]))
    if advance_all(session, Batch, ids, BatchStatus.ORDERED, by=by, now=now) != len(found):
        raise AlreadyDecided()
    for batch in found:
        batch.ordered_on = batch.ordered_on or today(now)


def _keep(
    session: Session, by: Viewer, found: Sequence[Batch], lines: Sequence[Payment], *, now: datetime
) -> PaymentOrder:
    order = PaymentOrder(
        region_code=by.regions[0],
        made_by=by.actor,
        made_at=now,
        count=len(lines),
        fen=Fen(sum(line.fen for line in lines)),
        digest=digest_of(lines),
    )
    session.add(order)
    session.flush()
    try:
        session.execute(
            insert(PaymentOrderLine),
            [
                {"order_id": order.id, "batch_id": batch.id, **asdict(line)}
                for batch, line in zip(found, lines, strict=True)
            ],
        )
    except IntegrityError as raced:
        raise AlreadyDecided() from raced
    return order


def digest_of(lines: Sequence[Payment]) -> str:
    """Return the digest over all that an order tells the bank, in its order."""
    said = [f"{one.words}|{one.payee}|{one.bank}|{one.number}|{one.fen}" for one in lines]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the latest orders, newest first, with how many lines the bank has not answered."""
    require(viewer, Act.SEND_BATCH)
    newest = (PaymentOrder.id.desc(),)
    found = gate.cards(session, viewer, PaymentOrder, order_by=newest, limit=SHOWN)
    waiting = _unanswered(session, [card["ref"] for card in found])
    return [card.and_also(waiting=waiting.get(card["ref"], 0)) for card in found]


def _unanswered(session: Session, refs: Sequence[str]) -> Mapping[str, int]:
    silent = PaymentOrderLine.answer.is_(None) | (PaymentOrderLine.answer == BankAnswer.UNCLEAR)
    rows = session.execute(
        select(PaymentOrder.ref, func.count(PaymentOrderLine.id))
        .join(PaymentOrderLine, PaymentOrderLine.order_id == PaymentOrder.id)
        .where(PaymentOrder.ref.in_(refs), silent)
        .group_by(PaymentOrder.ref)
    )
    return {ref: count for ref, count in rows}


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one order with its lines by memo. Raises NotFound."""
    require(viewer, Act.SEND_BATCH)
    card = gate.card(session, viewer, PaymentOrder, PaymentOrder.ref == ref)
    maker = child_file.name_of(session, viewer, card["made_by"])
    lines = [_as_shown(line) for line in _lines_of(session, viewer, ref)]
    waiting = sum(line["answer"] in _LIVE for line in lines)
    untold = sum(line["answer"] is None for line in lines)
    more = {"waiting": waiting, "untold": untold, "is_over": waiting < len(lines)}
    return card.and_also(lines=lines, made_by_name=maker, **more)


def _lines_of(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """Return the lines of an order by memo, each with its batch and hand."""
    told = ("ref", "memo", "month", "bank_on", "route")
    parts = {
        "batch": Part(Batch, Batch.id == PaymentOrderLine.batch_id, told),
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
    }
    return gate.cards(
        session,
        viewer,
        PaymentOrderLine,
        fields=_SAID,
        parts=parts,
        where=(_is_of(ref),),
        order_by=(Batch.memo,),
    )


def _is_of(ref: str) -> ColumnElement[bool]:
    mine = select(PaymentOrder.id).where(PaymentOrder.ref == ref)
    return PaymentOrderLine.order_id.in_(mine)


def _as_shown(line: Card) -> Card:
    """Keep a card's number off the page: the desk knows its payee, the file has the number."""
    if line["batch"]["route"] is not Route.CARD:
        return line
    return Card({**line, "number": f"尾号 {line['number'][-TAIL:]}"})


def take(
    session: Session, by: Viewer, ref: str, form: str, *, now: datetime
) -> tuple[Card, list[Payment]]:
    """Hand an order out as a `form` of file, counted and traced; return it and its lines by memo.

    Raises OrderDamaged when it is not what was prepared, OrderOver once a line was paid or put back,
    OrderStale while an account of it changes or a line is another hand's: it is to be put back.
    """
    require(by, Act.SEND_BATCH)
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)
    order = detail(session, by, ref)
    if order["is_over"]:
        raise OrderOver()
    stale.refuse(session, ref)
    names = ("payee", "number", "bank", "fen", "words")
    lines = [Payment(*(one[name] for name in names)) for one in _lines_of(session, by, ref)]
    if digest_of(lines) != order["digest"]:
        raise OrderDamaged()
    session.execute(
        update(PaymentOrder)
        .where(PaymentOrder.ref == ref)
        .values(taken=PaymentOrder.taken + 1)
        .execution_options(synchronize_session=False)
    )
    said = {"form": form, "rows": len(lines), "digest": order["digest"]}
    trace.record(session, by, "order.take", f"payment_order:{ref}", now=now, detail=said)
    return order, lines
