"""The bank refused what two people sent back: nothing left, and it is made out anew.

Only the bank's own word counts, with who there said it: what nobody knows yet waits for the
statement. The old memo is never used again, so that a debit under it settles nothing and is shown.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.rests import PayBack
from models.unclaimed import Unclaimed
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.lifecycle import advance
from services.vault import pay_backs as vault
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, Chain, PayBackStatus, UnclaimedWay
from vocabulary.errors import AlreadyDecided, BadInput

SHORTEST_NOTE = 2


def of_rest(session: Session, by: Viewer, ref: str, *, note: str, now: datetime) -> None:
    """Let the rest of a pledge be made out anew, under another memo.

    Raises BadInput(note) where nobody at the bank was asked, AlreadyDecided for what was not let go
    or is known to have left.
    """
    require(by, Act.PAY_BACK)
    one = gate.row(session, by, PayBack, PayBack.ref == ref)
    if one.status is not PayBackStatus.RELEASED:
        raise AlreadyDecided()
    _note(one, by, note, now=now)
    advance(session, one, PayBackStatus.REFUSED, by=by, now=now)
    vault.again(session, one, now=now)
    _trace(session, by, f"pay_back:{one.ref}", "pay_back.refuse", now=now)


def of_unclaimed(session: Session, by: Viewer, ref: str, *, note: str, now: datetime) -> None:
    """Let money that nobody claimed wait again, to be asked for anew.

    Raises BadInput(note) where nobody at the bank was asked, AlreadyDecided for what goes elsewhere,
    is known to have left, or was refused before.
    """
    require(by, Act.DECIDE_UNCLAIMED)
    one = gate.row(session, by, Unclaimed, Unclaimed.ref == ref)
    is_with_bank = one.way is UnclaimedWay.GIVE_BACK and one.status is AmendmentStatus.DONE
    if not is_with_bank or one.paid_on is not None or one.refused_on is not None:
        raise AlreadyDecided()
    _note(one, by, note, now=now)
    session.get_one(Receipt, one.receipt_id).unclaimed = None
    _trace(session, by, f"unclaimed:{one.ref}", "unclaimed.refuse", now=now)


def _note(one: PayBack | Unclaimed, by: Viewer, note: str, *, now: datetime) -> None:
    said = note.strip()
    if len(said) < SHORTEST_NOTE:
        raise BadInput(field="note", reason="nobody_asked")
    one.refused_on, one.refused_by, one.refused_note = today(now), by.actor, said


def _trace(session: Session, by: Viewer, subject: str, act: str, *, now: datetime) -> None:
    session.flush()
    trace.record(session, by, act, subject, now=now, chain=Chain.CUSTODIAN)
