"""Money that came in: the collecting desk's half (law 7). How it is booked: services/books/booking.py."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.online_payments import OnlineOrder
from models.pledges import Pledge
from models.statements import StatementLine
from models.vault import PaidNote
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import booking, ledger
from services.books.booking import EARLIEST, BankLine, record, record_all
from services.books.ledger import Event, Leg
from services.earmarks import marking
from services.gate import Card
from services.giving import rests
from services.papers import certificates
from services.statements.remarks import Others, read_remark
from services.vault import vault
from vocabulary.enums import AccountKind, Chain, PledgeKind, TransactionKind
from vocabulary.errors import AlreadyDecided, BadInput, NeedsSecondPerson, WrongState
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference, has_valid_check

__all__ = [
    "EARLIEST",
    "BankLine",
    "announced",
    "assign",
    "is_known",
    "is_typo",
    "one",
    "recent",
    "record",
    "record_all",
    "take_back",
    "undo",
]

TAKEN_BACK = "冲销 "
PAID_ONLINE = "paid_online"
ON_STATEMENT = "on_statement"
_PART = re.compile(r"/\d+$")
_STANDS = and_(Receipt.is_taken_back.is_(False), Receipt.corrects_id.is_(None))


def assign(session: Session, by: Viewer, ref: str, reference: str, *, now: datetime) -> Card:
    """Give unmatched money to the pledge whose reference it should have named.

    Raises BadInput for an unknown reference, AlreadyDecided when it is matched already.
    """
    require(by, Act.RECORD_MONEY)
    receipt = gate.row(session, by, Receipt, Receipt.ref == ref)
    if receipt.is_matched or receipt.is_taken_back or receipt.unclaimed is not None:
        raise AlreadyDecided()
    right = named(reference)
    pledge_id = vault.find_pledge_by_reference(session, right)
    if pledge_id is None:
        raise BadInput(field="reference", reason="typo" if is_typo(reference) else "unknown")
    receipt.is_matched = True
    out_of = AccountKind.UNMATCHED
    booking.post_all(session, by, [(receipt, pledge_id)], now=now, out_of=out_of)
    _trace(session, by, "receipt.assign", receipt, now=now)
    return gate.card(session, by, Receipt, Receipt.id == receipt.id)


def take_back(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    reason: str,
    now: datetime,
    first: str | None = None,
) -> None:
    """Take a wrong booking back by a new entry of the opposite sum; then it is booked anew.

    What stands under a donor's pledge only two take off it: `first` is the other one's actor
    (services/books/receipt_moves.py), else NeedsSecondPerson is raised.

    What the bank's statement shows has come: it waits in 待核对 again, and never leaves the books.
    Raises AlreadyDecided for one taken back, WrongState when its money has been used, when a
    provider says that it came, or when the statement's own words say whose it is.
    """
    require(by, Act.RECORD_MONEY)
    wrong = gate.row(session, by, Receipt, Receipt.ref == ref, Receipt.corrects_id.is_(None))
    if wrong.is_matched and not wrong.is_taken_back and first in {None, by.actor}:
        raise NeedsSecondPerson()
    line, said = wrong.bank_line, wrong.remark or wrong.payment_reference
    is_shown = wrong.shown_on is not None and not wrong.is_taken_back
    if is_shown and (not wrong.is_matched or _is_named(session, wrong)):
        raise WrongState(from_state=ON_STATEMENT, to_state="taken_back")
    undo(session, by, wrong, reason=reason, now=now)
    if wrong.shown_on is not None:
        name, on = wrong.payer_name, wrong.received_on
        again = BankLine("", wrong.amount_fen, on, name, line, said, wrong.shown_on)
        record_all(session, by, [again], now=now)


def move(
    session: Session, by: Viewer, wrong: Receipt, to: str, *, reason: str, now: datetime
) -> None:
    """Book money to another reference than it was booked to, as two people agreed."""
    line, name, on = wrong.bank_line, wrong.payer_name, wrong.received_on
    undo(session, by, wrong, reason=reason, now=now)
    again = BankLine(to, wrong.amount_fen, on, name, line, "", wrong.shown_on)
    record_all(session, by, [again], now=now)


def _is_named(session: Session, receipt: Receipt) -> bool:
    """Say whether the bank's line names the very reference that the money was booked to."""
    names = {receipt.bank_line or "", _PART.sub("", receipt.bank_line or "")}
    lines = session.scalars(
        select(StatementLine.remark).where(StatementLine.is_kept, StatementLine.key.in_(names))
    ).all()
    known = vault.references(session)
    reference, others = receipt.payment_reference, Others.among(known)
    return any(reference in read_remark(said, others).references for said in lines)


def undo(session: Session, by: Viewer, wrong: Receipt, *, reason: str, now: datetime) -> None:
    """Take a booking back, for whoever books the same money again in the same transaction.

    Raises as `take_back` does, save for what a statement shows.
    """
    require(by, Act.RECORD_MONEY)
    if wrong.is_taken_back or wrong.unclaimed is not None:
        raise AlreadyDecided()
    refuse_online(session, wrong)
    credit = _credited(session, by, wrong, now=now)
    number, wrong.bank_line, wrong.is_taken_back = wrong.bank_line, None, True
    undoing = Receipt(
        payment_reference=wrong.payment_reference,
        remark=wrong.remark,
        amount_fen=Fen(-wrong.amount_fen),
        received_on=wrong.received_on,
        # The bank's number goes along, so that the right booking may carry it.
        bank_line=f"{TAKEN_BACK}{wrong.ref} {number}"[:60] if number else None,
        shown_on=wrong.shown_on,
        is_matched=wrong.is_matched,
        corrects_id=wrong.id,
        recorded_by=by.actor,
        recorded_at=now,
    )
    session.add(undoing)
    session.flush()
    if credit.pledge_id is not None:
        vault.file_receipt(session, undoing.id, credit.pledge_id)
        line = (wrong.received_on, wrong.amount_fen)
        certificates.correct(session, by, credit.pledge_id, line, now=now)
    _post(session, by, undoing, Leg(AccountKind.BANK, undoing.amount_fen), credit.leg)
    _trace(session, by, "receipt.record", undoing, now=now)
    _trace(session, by, "receipt.take_back", wrong, now=now, why=reason)


def refuse_online(session: Session, receipt: Receipt) -> None:
    """Raise WrongState for what a provider says that it took in: that was no slip of a pen."""
    order = select(OnlineOrder.id).where(OnlineOrder.receipt_id == receipt.id)
    if session.scalar(order) is not None:
        raise WrongState(from_state=PAID_ONLINE, to_state="taken_back")


@dataclass(frozen=True, slots=True)
class _Credit:
    """Where a booking went, and the leg that takes it from there again."""

    pledge_id: int | None
    leg: Leg


def _credited(session: Session, by: Viewer, receipt: Receipt, *, now: datetime) -> _Credit:
    """Return where the money lies; raise WrongState when less than it is left there."""
    amount = receipt.amount_fen
    pledge_id = vault.pledge_of_receipt(session, receipt.id)
    if pledge_id is None:
        return _Credit(None, Leg(AccountKind.UNMATCHED, amount))
    if marking.marked(session, {pledge_id}) and _is_the_funds(session, pledge_id):
        leg = Leg(AccountKind.EARMARKED, amount, pledge_id=pledge_id)
        left = -ledger.balance(session, AccountKind.EARMARKED, pledge_id=pledge_id)
    elif _is_the_funds(session, pledge_id):
        left, leg = (
            -ledger.balance(session, AccountKind.GAP_FUND),
            Leg(AccountKind.GAP_FUND, amount),
        )
    else:
        rests.withdraw(session, by, pledge_id, now=now)
        left = ledger.prepaid_of(session, pledge_id)
        leg = Leg(AccountKind.PREPAID, amount, pledge_id=pledge_id)
    if left < amount:
        raise WrongState(from_state="spent", to_state="taken_back")
    return _Credit(pledge_id, leg)


def _is_the_funds(session: Session, pledge_id: int) -> bool:
    return session.get_one(Pledge, pledge_id).kind is PledgeKind.GAP_FUND


def is_known(session: Session, by: Viewer, reference: str) -> bool:
    """Say whether a remark names a reference that was given out."""
    require(by, Act.RECORD_MONEY)
    return vault.find_pledge_by_reference(session, named(reference)) is not None


def named(text: str) -> str:
    """Return our reference out of a remark, or all of it: others were given out before us."""
    return find_payment_reference(text) or text.strip()


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
    waits = Receipt.unclaimed.is_(None)
    wanted = () if is_matched is None else (Receipt.is_matched == is_matched, _STANDS, waits)
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


def _post(session: Session, by: Viewer, receipt: Receipt, *legs: Leg) -> None:
    ledger.post(session, Event(TransactionKind.RECEIVED, receipt.received_on), legs, by=by)


def _trace(
    session: Session, by: Viewer, act: str, receipt: Receipt, *, now: datetime, why: str = ""
) -> None:
    subject = f"receipt:{receipt.ref}"
    trace.record(session, by, act, subject, now=now, why=why, chain=Chain.CUSTODIAN)
