"""A provider pays out what it took in: one sum on the bank's statement, less its fee.

The sum moves from what the provider holds to the bank, so that nothing counts twice. It is explained
when it is the sum of the oldest orders less their fee to the fen; what is not waits for the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.online_payments import OnlineOrder, ProviderPayout
from models.statements import StatementLine
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.gate import Card
from services.online_payments import HELD_BY
from services.statements.kinds import provider_of
from vocabulary.enums import (
    AccountKind,
    Chain,
    LineKind,
    LineReason,
    LineState,
    PaymentProvider,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.money import Fen

BASIS = 10_000


@dataclass(frozen=True, slots=True)
class _Owed:
    """One order that no payout has paid out yet."""

    key: int
    fen: Fen
    fee: Fen


def settle(session: Session, by: Viewer, rows: Sequence[StatementLine]) -> int:
    """Book the payouts among newly booked lines; return how many there were.

    More than a provider holds for us is no payout of ours: it waits in 待核对到账 like any credit.
    """
    require(by, Act.IMPORT_STATEMENT)
    done = 0
    for row in sorted(rows, key=lambda one: (one.on, one.row)):
        provider = provider_of(f"{row.payer} {row.remark}")
        if row.kind is not LineKind.PAYOUT or provider is None:
            continue
        if row.amount_fen > ledger.balance(session, HELD_BY[provider]):
            row.kind, row.state = LineKind.DONATION, LineState.UNMATCHED
            row.reason = LineReason.NO_REFERENCE
            continue
        _move(session, by, row, provider)
        done += 1
    session.flush()
    return done


def _move(session: Session, by: Viewer, row: StatementLine, provider: PaymentProvider) -> None:
    payout = ProviderPayout(provider=provider, key=row.key, amount_fen=row.amount_fen, on=row.on)
    session.add(payout)
    legs = (
        Leg(AccountKind.BANK, row.amount_fen),
        Leg(HELD_BY[provider], Fen(-row.amount_fen)),
    )
    ledger.post(session, Event(TransactionKind.PAID_OUT, row.on), legs, by=by)
    session.flush()
    owed = _owed(session, payout)
    nets = accumulate(one.fen - one.fee for one in owed)
    upto = next((n for n, net in enumerate(nets, 1) if net == row.amount_fen), 0)
    if upto:
        _explain(session, by, payout, owed[:upto])


def _owed(session: Session, payout: ProviderPayout) -> list[_Owed]:
    """Return the orders that a payout may hold, the oldest first, each with its fee."""
    rows = session.execute(
        select(OnlineOrder.id, OnlineOrder.paid_fen, OnlineOrder.fee_per_10000)
        .where(
            OnlineOrder.provider == payout.provider,
            OnlineOrder.receipt_id.is_not(None),
            OnlineOrder.payout_id.is_(None),
            OnlineOrder.paid_on <= payout.on,
        )
        .order_by(OnlineOrder.paid_on, OnlineOrder.id)
    )
    return [_Owed(key, fen, _fee(fen, rate)) for key, fen, rate in rows if fen is not None]


def _fee(fen: Fen, rate: int) -> Fen:
    """Round half a fen up, as the providers do order by order."""
    return Fen((fen * rate * 2 + BASIS) // (2 * BASIS))


def _explain(session: Session, by: Viewer, payout: ProviderPayout, orders: Sequence[_Owed]) -> None:
    """Say which orders a payout holds, and book the fee that is missing of them."""
    fee = Fen(sum(one.fen for one in orders) - payout.amount_fen)
    keys = [one.key for one in orders]
    for order in session.scalars(select(OnlineOrder).where(OnlineOrder.id.in_(keys))):
        order.payout_id = payout.id
    payout.fee_fen, payout.is_explained = fee, True
    if fee:
        legs = Leg(AccountKind.BANK_FEES, fee), Leg(HELD_BY[payout.provider], Fen(-fee))
        ledger.post(session, Event(TransactionKind.PROVIDER_FEE, payout.on), legs, by=by)
    session.flush()


def one(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one payout. Raises NotFound."""
    return gate.card(session, viewer, ProviderPayout, ProviderPayout.ref == ref)


def explain(session: Session, by: Viewer, ref: str, fee: Fen, *, now: datetime) -> int:
    """Explain a payout by the fee on the provider's bill; return how many orders it holds.

    The oldest orders must make up payout and fee to the fen. Raises BadInput, AlreadyDecided.
    """
    require(by, Act.RECORD_MONEY)
    payout = gate.row(session, by, ProviderPayout, ProviderPayout.ref == ref)
    if payout.is_explained:
        raise AlreadyDecided()
    owed = _owed(session, payout)
    whole = accumulate(one.fen for one in owed)
    total = payout.amount_fen + fee
    upto = next((n for n, fen in enumerate(whole, 1) if fen == total), 0)
    if fee < 0 or not upto:
        raise BadInput(field="fee", reason="does_not_add_up")
    _explain(session, by, payout, owed[:upto])
    subject = f"payout:{ref}"
    trace.record(session, by, "payout.explain", subject, now=now, chain=Chain.CUSTODIAN)
    return upto
