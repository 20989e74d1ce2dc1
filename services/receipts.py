"""Money that came in: the collecting desk's half (law 7)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.pledges import Pledge
from models.vault import PaidNote
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, ledger, notices, trace, vault
from services.gate import Card
from services.ledger import Event, Leg
from services.lifecycle import advance
from services.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    NoticeKind,
    PledgeKind,
    PledgeStatus,
    RecipientKind,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference, has_valid_check, token_hash

EARLIEST = date(1980, 1, 1)
TAKEN_BACK = "冲销 "
_STANDS = and_(Receipt.is_taken_back.is_(False), Receipt.corrects_id.is_(None))


@dataclass(frozen=True, slots=True)
class BankLine:
    """One credit on the bank's statement, as the desk reads it.

    `line` is the bank's own number of it; the same one is never booked twice.
    """

    reference: str
    amount: Fen
    received_on: date
    payer_name: str | None = None
    line: str | None = None


def record(
    session: Session, by: Viewer, line: BankLine, *, now: datetime, form_key: str | None = None
) -> Card:
    """Book money by its payment reference; money under no known reference waits unmatched.

    The first money confirms an offered pledge. The act goes to the custodian's chain. The same
    `form_key` again (a double click) books nothing more. Raises BadInput.
    """
    require(by, Act.RECORD_MONEY)
    known = _find_by_form(session, form_key)
    if known is not None:
        return gate.card(session, by, Receipt, Receipt.id == known)
    _check(session, line, now=now)
    reference = find_payment_reference(line.reference) or ""
    pledge_id = vault.find_pledge_by_reference(session, reference)
    receipt = Receipt(
        payment_reference=reference,
        remark=None if reference else line.reference.strip(),
        amount_fen=line.amount,
        received_on=line.received_on,
        payer_name=line.payer_name,
        bank_line=line.line,
        is_matched=pledge_id is not None,
        recorded_by=by.actor,
        recorded_at=now,
        form_hash=token_hash(form_key) if form_key else None,
    )
    session.add(receipt)
    session.flush()
    credit = Leg(AccountKind.UNMATCHED, Fen(-line.amount))
    if pledge_id is not None:
        credit = _settle(session, by, receipt, pledge_id, now=now)
    _post(session, by, receipt, Leg(AccountKind.BANK, line.amount), credit)
    _trace(session, by, "receipt.record", receipt, now=now)
    return gate.card(session, by, Receipt, Receipt.id == receipt.id)


def assign(session: Session, by: Viewer, ref: str, reference: str, *, now: datetime) -> Card:
    """Give unmatched money to the pledge whose reference it should have named.

    Raises BadInput for an unknown reference, AlreadyDecided when it is matched already.
    """
    require(by, Act.RECORD_MONEY)
    receipt = gate.row(session, by, Receipt, Receipt.ref == ref)
    if receipt.is_matched or receipt.is_taken_back:
        raise AlreadyDecided()
    right = find_payment_reference(reference) or ""
    pledge_id = vault.find_pledge_by_reference(session, right)
    if pledge_id is None:
        raise BadInput(field="reference", reason="typo" if is_typo(reference) else "unknown")
    receipt.is_matched = True
    credit = _settle(session, by, receipt, pledge_id, now=now)
    _post(session, by, receipt, Leg(AccountKind.UNMATCHED, receipt.amount_fen), credit)
    _trace(session, by, "receipt.assign", receipt, now=now)
    return gate.card(session, by, Receipt, Receipt.id == receipt.id)


def take_back(session: Session, by: Viewer, ref: str, *, reason: str, now: datetime) -> None:
    """Take a wrong booking back by a new entry of the opposite sum; then it is booked anew.

    Raises AlreadyDecided for one taken back, WrongState when its money has been used.
    """
    require(by, Act.RECORD_MONEY)
    wrong = gate.row(session, by, Receipt, Receipt.ref == ref, Receipt.corrects_id.is_(None))
    if wrong.is_taken_back:
        raise AlreadyDecided()
    credit = _credited(session, wrong)
    line, wrong.bank_line, wrong.is_taken_back = wrong.bank_line, None, True
    undoing = Receipt(
        payment_reference=wrong.payment_reference,
        remark=wrong.remark,
        amount_fen=Fen(-wrong.amount_fen),
        received_on=wrong.received_on,
        # The bank's number goes along, so that the right booking may carry it.
        bank_line=f"{TAKEN_BACK}{wrong.ref} {line}"[:60] if line else None,
        is_matched=wrong.is_matched,
        corrects_id=wrong.id,
        recorded_by=by.actor,
        recorded_at=now,
    )
    session.add(undoing)
    session.flush()
    if credit.pledge_id is not None:
        vault.file_receipt(session, undoing.id, credit.pledge_id)
    _post(session, by, undoing, Leg(AccountKind.BANK, undoing.amount_fen), credit.leg)
    _trace(session, by, "receipt.record", undoing, now=now)
    _trace(session, by, "receipt.take_back", wrong, now=now, why=reason)


@dataclass(frozen=True, slots=True)
class _Credit:
    """Where a booking went, and the leg that takes it from there again."""

    pledge_id: int | None
    leg: Leg


def _credited(session: Session, receipt: Receipt) -> _Credit:
    """Return where the money lies; raise WrongState when less than it is left there."""
    amount = receipt.amount_fen
    pledge_id = vault.pledge_of_receipt(session, receipt.id)
    if pledge_id is None:
        return _Credit(None, Leg(AccountKind.UNMATCHED, amount))
    if session.get_one(Pledge, pledge_id).kind is PledgeKind.GAP_FUND:
        left, leg = (
            -ledger.balance(session, AccountKind.GAP_FUND),
            Leg(AccountKind.GAP_FUND, amount),
        )
    else:
        left = ledger.prepaid_of(session, pledge_id)
        leg = Leg(AccountKind.PREPAID, amount, pledge_id=pledge_id)
    if left < amount:
        raise WrongState(from_state="spent", to_state="taken_back")
    return _Credit(pledge_id, leg)


def is_known(session: Session, by: Viewer, reference: str) -> bool:
    """Say whether a remark names a reference that was given out."""
    require(by, Act.RECORD_MONEY)
    found = find_payment_reference(reference)
    return found is not None and vault.find_pledge_by_reference(session, found) is not None


def is_typo(reference: str) -> bool:
    """Say whether a remark names a reference whose check digit does not fit: a digit is wrong."""
    found = find_payment_reference(reference)
    return found is not None and not has_valid_check(found)


def one(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one receipt. Raises NotFound."""
    return gate.card(session, viewer, Receipt, Receipt.ref == ref)


def recent(
    session: Session, viewer: Viewer, *, is_matched: bool | None = None, limit: int = 50
) -> list[Card]:
    """List the latest receipts, newest first; only matched or unmatched ones if asked."""
    wanted = () if is_matched is None else (Receipt.is_matched == is_matched, _STANDS)
    newest = (Receipt.received_on.desc(), Receipt.id.desc())
    return gate.cards(session, viewer, Receipt, where=wanted, order_by=newest, limit=limit)


def announced(session: Session, viewer: Viewer, *, limit: int = 50) -> list[Card]:
    """List payments that donors say are on their way and that have not come since, newest first."""
    come = (
        select(Receipt.id)
        .where(
            Receipt.payment_reference == PaidNote.payment_reference,
            _STANDS,
            Receipt.received_on >= func.date(PaidNote.noted_on, "-7 days"),
        )
        .exists()
    )
    newest = (PaidNote.noted_on.desc(), PaidNote.id.desc())
    return gate.cards(session, viewer, PaidNote, where=(~come,), order_by=newest, limit=limit)


def _find_by_form(session: Session, form_key: str | None) -> int | None:
    if not form_key:
        return None
    return session.scalar(select(Receipt.id).where(Receipt.form_hash == token_hash(form_key)))


def _check(session: Session, line: BankLine, *, now: datetime) -> None:
    if not EARLIEST <= line.received_on <= today(now):
        raise BadInput(field="received_on", reason="in_future")
    if line.amount <= 0:
        raise BadInput(field="amount", reason="out_of_range")
    same = select(Receipt.id).where(Receipt.bank_line == line.line)
    if line.line is not None and session.scalar(same) is not None:
        raise BadInput(field="line", reason="already_known")


def _settle(
    session: Session, by: Viewer, receipt: Receipt, pledge_id: int, *, now: datetime
) -> Leg:
    vault.file_receipt(session, receipt.id, pledge_id)
    pledge = session.get_one(Pledge, pledge_id)
    if pledge.status is PledgeStatus.OFFERED:
        advance(session, pledge, PledgeStatus.CONFIRMED, by=by, now=now, reason="first money")
        pledge.confirmed_on = receipt.received_on
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge_id))
        subject = f"pledge:{pledge.donor_ref}"
        notices.queue(session, donor, NoticeKind.PLEDGE_CONFIRMED, subject, now=now)
    if pledge.kind is PledgeKind.GAP_FUND:
        return Leg(AccountKind.GAP_FUND, Fen(-receipt.amount_fen))
    return Leg(AccountKind.PREPAID, Fen(-receipt.amount_fen), pledge_id=pledge_id)


def _post(session: Session, by: Viewer, receipt: Receipt, *legs: Leg) -> None:
    ledger.post(session, Event(TransactionKind.RECEIVED, receipt.received_on), legs, by=by)


def _trace(
    session: Session, by: Viewer, act: str, receipt: Receipt, *, now: datetime, why: str = ""
) -> None:
    subject = f"receipt:{receipt.ref}"
    trace.record(session, by, act, subject, now=now, why=why, chain=Chain.CUSTODIAN)
