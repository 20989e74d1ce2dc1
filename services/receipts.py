"""Money that came in: the collecting desk's half (law 7)."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.pledges import Pledge
from models.vault import PaidNote
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, ledger, trace, vault
from services.gate import Card
from services.ledger import Event, Leg
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import AccountKind, Chain, PledgeKind, PledgeStatus, TransactionKind
from vocabulary.errors import BadInput
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class BankLine:
    """One credit on the bank's statement, as the desk reads it."""

    reference: str
    amount: Fen
    received_on: date
    payer_name: str | None = None
    line: str | None = None


def record(session: Session, by: Viewer, line: BankLine, *, now: datetime) -> Card:
    """Book money by its payment reference; money under no known reference waits unmatched.

    The first money confirms an offered pledge. The act goes to the custodian's chain.
    """
    require(by, Act.RECORD_MONEY)
    if line.received_on > today(now):
        raise BadInput(field="received_on", reason="in_future")
    reference = unicodedata.normalize("NFKC", line.reference).strip().upper()
    pledge_id = vault.find_pledge_by_reference(session, reference)
    receipt = Receipt(
        payment_reference=reference,
        amount_fen=line.amount,
        received_on=line.received_on,
        payer_name=line.payer_name,
        bank_line=line.line,
        is_matched=pledge_id is not None,
        recorded_by=by.actor,
        recorded_at=now,
    )
    session.add(receipt)
    session.flush()
    credit = Leg(AccountKind.UNMATCHED, Fen(-line.amount))
    if pledge_id is not None:
        credit = _settle(session, by, receipt, pledge_id, now=now)
    legs = [Leg(AccountKind.BANK, line.amount), credit]
    ledger.post(session, Event(TransactionKind.RECEIVED, line.received_on), legs, by=by)
    trace.record(
        session, by, "receipt.record", f"receipt:{receipt.ref}", now=now, chain=Chain.CUSTODIAN
    )
    return gate.card(session, by, Receipt, Receipt.id == receipt.id)


def _settle(
    session: Session, by: Viewer, receipt: Receipt, pledge_id: int, *, now: datetime
) -> Leg:
    vault.file_receipt(session, receipt.id, pledge_id)
    pledge = session.get_one(Pledge, pledge_id)
    if pledge.status is PledgeStatus.OFFERED:
        advance(session, pledge, PledgeStatus.CONFIRMED, by=by, now=now, reason="first money")
        pledge.confirmed_on = receipt.received_on
    if pledge.kind is PledgeKind.GAP_FUND:
        return Leg(AccountKind.GAP_FUND, Fen(-receipt.amount_fen))
    return Leg(AccountKind.PREPAID, Fen(-receipt.amount_fen), pledge_id=pledge_id)


def recent(session: Session, viewer: Viewer, *, limit: int = 50) -> list[Card]:
    """List the latest receipts, newest first."""
    return gate.cards(
        session,
        viewer,
        Receipt,
        order_by=(Receipt.received_on.desc(), Receipt.id.desc()),
        limit=limit,
    )


def announced(session: Session, viewer: Viewer, *, limit: int = 50) -> list[Card]:
    """List payments that donors say are on their way, newest first."""
    return gate.cards(
        session,
        viewer,
        PaidNote,
        order_by=(PaidNote.noted_on.desc(), PaidNote.id.desc()),
        limit=limit,
    )
