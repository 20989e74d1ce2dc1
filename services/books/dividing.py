"""One transfer for several pledges, divided by hand: a work unit's collection, a family's."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.ledger import Receipt
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.books import booking, receipts
from services.books.booking import BankLine
from services.statements import read_remark
from services.statements.statement_judging import Verdict, share
from services.vault import vault
from vocabulary.enums import LineReason
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.money import Fen, format_yuan

WHY = "一笔分给几个付款编号"
MOST_NAMED = 5


def names_several(text: str) -> bool:
    """Say whether a text names more than one reference."""
    return len(read_remark(text).references) > 1


def divide(session: Session, by: Viewer, ref: str, text: str, *, now: datetime) -> int:
    """Divide unmatched money among the references of a text; return among how many.

    With a sum behind each reference by these, else by their instalments: exactly, or not at all.
    The booking is taken back and its parts are booked. Raises BadInput, AlreadyDecided.
    """
    require(by, Act.RECORD_MONEY)
    receipt = gate.row(session, by, Receipt, Receipt.ref == ref)
    if receipt.is_matched or receipt.is_taken_back or receipt.unclaimed is not None:
        raise AlreadyDecided()
    verdict = share(session, text, receipt.amount_fen)
    if not verdict.parts:
        raise _refusal(session, text, receipt.amount_fen, verdict)
    on, payer, line = receipt.received_on, receipt.payer_name, receipt.bank_line
    shown_on = receipt.shown_on
    receipts.undo(session, by, receipt, reason=WHY, now=now)
    parts = [
        BankLine(reference, Fen(fen), on, payer, f"{line}/{number}" if line else None, "", shown_on)
        for number, (reference, fen) in enumerate(verdict.parts, 1)
    ]
    return booking.record_all(session, by, parts, now=now)


def _refusal(session: Session, text: str, total: Fen, verdict: Verdict) -> BadInput:
    """Say which of a long list is wrong, or by how much its sums miss what came."""
    references, sums = (remark := read_remark(text)).references, remark.sums
    if verdict.reason is LineReason.SOME_UNKNOWN:
        unknown = [
            one for one in references if vault.find_pledge_by_reference(session, one) is None
        ]
        return BadInput(
            field="reference", reason="some_unknown", which="、".join(unknown[:MOST_NAMED])
        )
    if set(sums) == set(references):
        said, came = format_yuan(Fen(sum(sums.values()))), format_yuan(total)
        return BadInput(field="reference", reason="sums_differ", said=said, came=came)
    return BadInput(field="reference", reason=str(verdict.reason))
