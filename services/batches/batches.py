"""Batches: what one hand gets for one month, sent by the paying desk. How they are filled: `filling`.

A batch leaves once: by the desk's word (`send`), by what the bank answered to an order
(`bank_answers`), or by the bank's statement (`payouts`), and all three leave through `leave`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from models.base import in_regions
from models.organisations import Organisation
from models.payment_orders import PaymentOrderLine
from models.pledges import Match
from models.regions import Region
from models.routes import BankCard
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, leaps, trace
from services.accountancy import stop
from services.batches import unsent
from services.books import ledger
from services.gate import Card, Part
from services.handover.reminders import hand_over_by
from services.lifecycle import advance_all
from services.routes import calendar, payees
from services.stipends import facts, news
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, BatchStatus, Evidence, FactKind
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Read:
    """What the desk read on its page and paid: so many instalments, so much money."""

    count: int
    total_fen: Fen


def send(
    session: Session, by: Viewer, ref: str, *, now: datetime, read: Read | None = None
) -> Card:
    """Record that a batch's one sum left our account for the hand. Raises AlreadyDecided if raced.

    Raises BadInput when it is not what the desk `read` and paid: the morning may have added to it;
    and while its account or card changes.
    """
    require(by, Act.SEND_BATCH)
    (found,) = _open_ones(session, by, [ref])
    if read is not None and totals(session, [found.ref]).get(ref) != (read.count, read.total_fen):
        raise BadInput(field="fen", reason="changed")
    return send_all(session, by, [ref], now=now)[0]


def send_all(session: Session, by: Viewer, refs: Sequence[str], *, now: datetime) -> list[Card]:
    """Record that each batch's sum left, all or none: facts and books as many steps as for one."""
    require(by, Act.SEND_BATCH)
    if not refs:
        return []
    found = _open_ones(session, by, refs)
    leave(session, found, on=today(now), by=by, now=now)
    sums = {batch.ref: batch.sent_fen for batch in found}
    cards = gate.cards(session, by, Batch, where=(Batch.ref.in_(refs),), order_by=(Batch.id,))
    return [card.and_also(total_fen=sums[card["ref"]]) for card in cards]


def _open_ones(session: Session, by: Viewer, refs: Sequence[str]) -> Sequence[Batch]:
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)
    found = gate.rows(session, by, Batch, Batch.ref.in_(refs), order_by=(Batch.id,))
    if len(found) != len(set(refs)):
        raise NotFound()
    for batch in found:
        # What the bank has in an order is answered there: nobody pays it beside that.
        if batch.status is not BatchStatus.OPEN:
            raise WrongState(from_state=batch.status.value, to_state=BatchStatus.SENT.value)
    if payees.held_back(session, found):
        raise BadInput(field="batch", reason="account_changes")
    # What goes on under a new memo is not what the desk read and paid.
    if unsent.without_strays(session, found):
        raise AlreadyDecided()
    return found


def leave(
    session: Session, batches: Sequence[Batch], *, on: date, by: Viewer, now: datetime
) -> None:
    """Let batches be sent on a day of the bank's: state, facts, books, news; all or none.

    Raises AlreadyDecided when one had left, NotFound for one that holds nothing.
    """
    _mark(session, batches, on=on, by=by, now=now)
    lines = _lines(session, batches)
    stipends = [stipend for of_one in lines.values() for stipend in of_one]
    basis = Basis(Evidence.BANK)
    facts.record(session, FactKind.SENT, stipends, on=on, by=by, now=now, basis=basis)
    done = [(by, f"batch:{batch.ref}") for batch in batches]
    trace.record_all(session, "batch.send", done, now=now)
    news.batches_sent(session, batches, now=now)
    booked = ledger.as_opened(session, _apart(session, stipends))
    for batch in batches:
        batch.sent_count = len(lines[batch.id])
        fen = (booked.get(one.id, one.amount_fen) for one in lines[batch.id])
        batch.sent_fen = Fen(sum(fen))
    session.flush()


def _apart(session: Session, stipends: Sequence[Stipend]) -> list[Stipend]:
    """Return those that the bank had before they were found damaged: their sums are the books'."""
    apart = set(session.scalars(select(Match.id).where(Match.apart_on.is_not(None))))
    return [one for one in stipends if one.match_id in apart]


def _mark(
    session: Session, batches: Sequence[Batch], *, on: date, by: Viewer, now: datetime
) -> None:
    ids = select(Batch.id).where(Batch.id.in_([batch.id for batch in batches]))
    if advance_all(session, Batch, ids, BatchStatus.SENT, by=by, now=now) != len(batches):
        raise AlreadyDecided()
    closing = calendar.holidays(session)
    for batch in batches:
        batch.sent_on, batch.sent_by = on, by.actor
        # The hand hears of it today, however late the statement came.
        closed = calendar.closed_for(batch.route, batch.region_code, closing)
        batch.hand_over_by = hand_over_by(today(now), closed)
    waits = PaymentOrderLine.answer.is_(None) | (PaymentOrderLine.answer == BankAnswer.UNCLEAR)
    session.execute(
        update(PaymentOrderLine)
        .where(PaymentOrderLine.batch_id.in_(ids), waits)
        .values(answer=BankAnswer.PAID, answered_by=by.actor, answered_on=on)
        .execution_options(synchronize_session=False)
    )


def _lines(session: Session, batches: Sequence[Batch]) -> Mapping[int, list[Stipend]]:
    """Return what is in each batch (its key). Raises NotFound for one that holds nothing."""
    keys = [batch.id for batch in batches]
    lines: dict[int, list[Stipend]] = {key: [] for key in keys}
    rows = session.execute(
        select(Batch.id, Stipend)
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.id.in_(keys), Stipend.cancelled_on.is_(None))
        .order_by(Stipend.id)
    )
    for key, stipend in rows:
        lines[key].append(stipend)
    if not all(lines.values()):
        raise NotFound()
    return lines


def to_send(session: Session, viewer: Viewer) -> list[Card]:
    """List open batches with school, account, sum and count, by month and memo."""
    order, open_ones = (Batch.month, Batch.memo), Batch.status == BatchStatus.OPEN
    return _listed(session, viewer, open_ones, order_by=order, limit=None)


def with_the_bank(session: Session, viewer: Viewer) -> list[Card]:
    """List the batches that stand in an order the bank has not answered, by month and memo."""
    waiting = Batch.status.in_((BatchStatus.ORDERED, BatchStatus.UNCLEAR))
    return _listed(session, viewer, waiting, order_by=(Batch.month, Batch.memo), limit=None)


def sent(session: Session, viewer: Viewer, *, limit: int = 30) -> list[Card]:
    """List batches already sent, newest first, with sum and count."""
    order = (Batch.sent_on.desc(), Batch.memo)
    return _listed(session, viewer, Batch.sent_on.is_not(None), order_by=order, limit=limit)


def of_month(session: Session, viewer: Viewer, month: date, region_code: str) -> list[Card]:
    """List a month's batches below a division, sent or not, by their random refs."""
    inside = in_regions(Batch.region_code, replace(viewer, regions=(region_code,)))
    which = and_(Batch.month == month, inside)
    return _listed(session, viewer, which, order_by=(Batch.ref,), limit=None)


def _listed(
    session: Session,
    viewer: Viewer,
    which: ColumnElement[bool],
    *,
    order_by: Sequence[Any],
    limit: int | None,
) -> list[Card]:
    found = gate.cards(
        session,
        viewer,
        Batch,
        parts={
            "hand": Part(Organisation, Organisation.id == Batch.organisation_id),
            "card": Part(BankCard, BankCard.id == Batch.card_id, ("holder",)),
            "place": Part(Region, Region.code == Batch.region_code, ("name",)),
        },
        where=(which,),
        order_by=order_by,
        limit=limit,
    )
    stands = totals(session, [card["ref"] for card in found])
    summed = [(card, *_as_sent(card, stands.get(card["ref"], (0, 0)))) for card in found]
    return [card.and_also(count=count, total_fen=fen) for card, count, fen in summed if count]


def _as_sent(card: Card, stands: tuple[int, int]) -> tuple[int, int]:
    """Return (count, fen) as the bank had them: what came back since may stand in another batch."""
    if card.get("sent_fen") is None:
        return stands
    return card["sent_count"], card["sent_fen"]


def totals(session: Session, refs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return (count, fen) of each batch; what was cancelled counts no more."""
    rows = session.execute(
        select(Batch.ref, func.count(Stipend.id), func.sum(Stipend.amount_fen))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.ref.in_(refs), Stipend.cancelled_on.is_(None))
        .group_by(Batch.ref)
    )
    return {ref: (count, total) for ref, count, total in rows}
