"""Money is booked: lines of the bank's statement become receipts, postings, confirmed pledges."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.earmarks import marking
from services.gate import Card
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
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
from vocabulary.errors import BadInput
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference, token_hash

EARLIEST = date(1980, 1, 1)
# What is empty is written too: the ORM's insert leaves it out, and so writes row by row.
_RECEIPTS = insert(Receipt).returning(Receipt.id).execution_options(render_nulls=True)


@dataclass(frozen=True, slots=True)
class BankLine:
    """One credit on the bank's statement, as the desk reads it.

    `line` is the bank's own number of it; the same one is never booked twice. A `remark` beside an
    empty reference is what the payer wrote of money that is to wait unmatched.
    """

    reference: str
    amount: Fen
    received_on: date
    payer_name: str | None = None
    line: str | None = None
    remark: str = ""
    # On which day the bank's statement has it; none for what a person typed.
    shown_on: date | None = None


def record(
    session: Session, by: Viewer, line: BankLine, *, now: datetime, form_key: str | None = None
) -> Card:
    """Book money by its payment reference; money under no known reference waits unmatched.

    The first money confirms an offered pledge. The act goes to the custodian's chain. The same
    `form_key` again (a double click) books nothing more. Raises BadInput.
    """
    require(by, Act.RECORD_MONEY)
    key = _find_by_form(session, form_key)
    if key is None:
        key = _book(session, by, [line], now=now, form_key=form_key)[0].id
    return gate.card(session, by, Receipt, Receipt.id == key)


def record_all(session: Session, by: Viewer, lines: Sequence[BankLine], *, now: datetime) -> int:
    """Book a list of lines, all or none, as `record` does each; return how many."""
    require(by, Act.RECORD_MONEY)
    return len(_book(session, by, lines, now=now)) if lines else 0


def record_online(
    session: Session, by: Viewer, line: BankLine, *, into: AccountKind, now: datetime
) -> int:
    """Book what a provider has taken in for us, as `record` does a line; return the receipt's key.

    `into` is the account of what that provider holds: our bank has it when it pays out.
    """
    require(by, Act.TAKE_ONLINE)
    return _book(session, by, [line], now=now, out_of=into)[0].id


def _find_by_form(session: Session, form_key: str | None) -> int | None:
    if not form_key:
        return None
    return session.scalar(select(Receipt.id).where(Receipt.form_hash == token_hash(form_key)))


def _book(
    session: Session,
    by: Viewer,
    lines: Sequence[BankLine],
    *,
    now: datetime,
    form_key: str | None = None,
    out_of: AccountKind = AccountKind.BANK,
) -> Sequence[Receipt]:
    _check(session, lines, now=now)
    said = [find_payment_reference(line.reference) or line.reference.strip() for line in lines]
    pledges = vault.pledges_by_reference(session, said)
    # Any reference that was given out counts, and one of our shape that was not is kept as such.
    references = [s if s in pledges or find_payment_reference(s) else "" for s in said]
    noted = {
        "recorded_by": by.actor,
        "recorded_at": now,
        "form_hash": token_hash(form_key) if form_key else None,
    }
    rows = [
        {
            "payment_reference": reference,
            "remark": None if reference else line.remark or line.reference.strip(),
            "amount_fen": line.amount,
            "received_on": line.received_on,
            "payer_name": line.payer_name,
            "bank_line": line.line,
            "shown_on": line.shown_on,
            "is_matched": reference in pledges,
            **noted,
        }
        for line, reference in zip(lines, references, strict=True)
    ]
    keys = session.scalars(_RECEIPTS, rows).all()
    written = select(Receipt).where(Receipt.id.in_(keys)).order_by(Receipt.id)
    booked = session.scalars(written).all()
    filed = [(one, pledges.get(one.payment_reference)) for one in booked]
    post_all(session, by, filed, now=now, out_of=out_of)
    done = [(by, f"receipt:{one.ref}") for one in booked]
    trace.record_all(session, "receipt.record", done, now=now, chain=Chain.CUSTODIAN)
    return booked


def _check(session: Session, lines: Sequence[BankLine], *, now: datetime) -> None:
    for line in lines:
        if not EARLIEST <= line.received_on <= today(now):
            raise BadInput(field="received_on", reason="in_future")
        if line.amount <= 0:
            raise BadInput(field="amount", reason="out_of_range")
    numbers = Counter(line.line for line in lines if line.line is not None)
    same = select(Receipt.id).where(Receipt.bank_line.in_(numbers)).limit(1)
    if numbers and (max(numbers.values()) > 1 or session.scalar(same) is not None):
        raise BadInput(field="line", reason="already_known")


def post_all(
    session: Session,
    by: Viewer,
    booked: Sequence[tuple[Receipt, int | None]],
    *,
    now: datetime,
    out_of: AccountKind = AccountKind.BANK,
) -> None:
    """Post each receipt, and file it under its pledge (its key) when it has one."""
    filed = [(receipt, key) for receipt, key in booked if key is not None]
    pledges = _pledges(session, {key for _, key in filed})
    marked = marking.marked(session, pledges.keys())
    for receipt, key in filed:
        vault.file_receipt(session, receipt.id, key)
        _confirm(session, by, pledges[key], on=receipt.received_on, now=now)
    entries = [
        (
            Event(TransactionKind.RECEIVED, receipt.received_on),
            (Leg(out_of, receipt.amount_fen), _credit(receipt, pledges.get(key or 0), marked)),
        )
        for receipt, key in booked
    ]
    ledger.post_all(session, entries, by=by)


def _pledges(session: Session, keys: set[int]) -> Mapping[int, Pledge]:
    found = session.scalars(select(Pledge).where(Pledge.id.in_(keys))) if keys else ()
    return {pledge.id: pledge for pledge in found}


def _confirm(session: Session, by: Viewer, pledge: Pledge, *, on: date, now: datetime) -> None:
    """Confirm an offered pledge by its first money, and tell its donor."""
    if pledge.status is not PledgeStatus.OFFERED:
        return
    advance(session, pledge, PledgeStatus.CONFIRMED, by=by, now=now, reason="first money")
    pledge.confirmed_on = on
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    kind = NoticeKind.PLEDGE_CONFIRMED
    notices.queue(session, donor, kind, f"pledge:{pledge.donor_ref}", now=now)


def _credit(receipt: Receipt, pledge: Pledge | None, marked: Collection[int]) -> Leg:
    """Return where a receipt's money goes: its pledge's balance, the gap fund, or unmatched.

    What the fund is given for one purpose alone stays apart, by the giving pledge.
    """
    amount = Fen(-receipt.amount_fen)
    if pledge is None:
        return Leg(AccountKind.UNMATCHED, amount)
    if pledge.kind is PledgeKind.GAP_FUND and pledge.id in marked:
        return Leg(AccountKind.EARMARKED, amount, pledge_id=pledge.id)
    if pledge.kind is PledgeKind.GAP_FUND:
        return Leg(AccountKind.GAP_FUND, amount)
    return Leg(AccountKind.PREPAID, amount, pledge_id=pledge.id)
