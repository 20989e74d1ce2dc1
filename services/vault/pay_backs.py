"""Whose account the rest of a pledge goes back to, by the bank's own lines.

Part of services/vault/vault.py. What was paid last is what is left: the latest payments come first.
A payment that names no payer, or that came through a provider, is the custodian's to pay back.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.online_payments import OnlineOrder
from models.pledges import Match
from models.rests import PayBack, Rest, VaultPayBack
from models.vault import VaultReceipt
from services.notices import notices
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, PayBackDesk, PayBackStatus, Role
from vocabulary.money import Fen

_DESK_OF = {
    PayBackDesk.COLLECTING: Role.COLLECTING_DESK,
    PayBackDesk.CUSTODY: Role.CUSTODIAN,
}
_To = tuple[PayBackDesk, str | None]


def begin(session: Session, rest_id: int, pledge_id: int, fen: Fen, *, now: datetime) -> None:
    """Make out to whom a rest goes back, one sum for each payer, and tell the desks."""
    sums: dict[_To, int] = {}
    for to, part in _sources(session, pledge_id, fen):
        sums[to] = sums.get(to, 0) + part
    reference = vault.reference_of(session, pledge_id)
    for to, part in sums.items():
        _add(session, rest_id, reference, to, Fen(part), now=now)


def _sources(session: Session, pledge_id: int, fen: Fen) -> Iterator[tuple[_To, int]]:
    is_online = exists().where(OnlineOrder.receipt_id == Receipt.id)
    rows = session.execute(
        select(Receipt.amount_fen, Receipt.payer_name, is_online)
        .join(VaultReceipt, VaultReceipt.receipt_id == Receipt.id)
        .where(
            VaultReceipt.pledge_id == pledge_id,
            Receipt.is_taken_back.is_(False),
            Receipt.corrects_id.is_(None),
        )
        .order_by(Receipt.received_on.desc(), Receipt.id.desc())
    )
    left = int(fen)
    for amount, payer, online in rows:
        part = min(left, int(amount))
        if part:
            names = payer is not None and bool(payer.strip()) and not online
            to = (PayBackDesk.COLLECTING, payer) if names else (PayBackDesk.CUSTODY, None)
            yield to, part
        left -= part
    if left:
        yield (PayBackDesk.CUSTODY, None), left


def _add(
    session: Session, rest_id: int, reference: str, to: _To, fen: Fen, *, now: datetime
) -> None:
    desk, payer = to
    made = PayBack(
        desk=desk, payment_reference=reference, fen=fen, payer=payer, since_on=today(now)
    )
    session.add(made)
    session.flush()
    session.add(VaultPayBack(pay_back_id=made.id, rest_id=rest_id))
    session.flush()
    kind, subject = NoticeKind.PAY_BACK_WAITS, f"pay_back:{made.ref}"
    notices.to_roles(session, (_DESK_OF[desk],), None, kind, subject, now=now)


def again(session: Session, one: PayBack, *, now: datetime) -> None:
    """Let a sum that the bank refused or could not deliver be made out anew, under another memo."""
    rest_id, to = rest_of(session, one).id, (one.desk, one.payer)
    _add(session, rest_id, one.payment_reference, to, Fen(one.fen), now=now)


def rest_of(session: Session, one: PayBack) -> Rest:
    """Return the rest that a sum is of, for the books alone."""
    own = VaultPayBack.pay_back_id == one.id
    return session.scalars(
        select(Rest).join(VaultPayBack, VaultPayBack.rest_id == Rest.id).where(own)
    ).one()


def is_apart(session: Session, one: PayBack) -> bool:
    """Say whether a record of the pledge it comes from was set apart as damaged: then it waits."""
    return one.memo in apart(session, [one.memo])


def apart(session: Session, memos: Collection[str]) -> set[str]:
    """Return which of the sums (memos) wait for a damaged record of their pledge."""
    waits = (
        select(PayBack.memo)
        .join(VaultPayBack, VaultPayBack.pay_back_id == PayBack.id)
        .join(Rest, Rest.id == VaultPayBack.rest_id)
        .join(Match, Match.pledge_id == Rest.pledge_id)
        .where(PayBack.memo.in_(memos), Match.apart_on.is_not(None))
    )
    return set(session.scalars(waits))


def is_all_paid(session: Session, rest: Rest) -> bool:
    """Say whether every sum of a rest is back where it came from."""
    done = (PayBackStatus.PAID, PayBackStatus.BOUNCED, PayBackStatus.REFUSED)
    waits = exists().where(
        VaultPayBack.rest_id == rest.id,
        PayBack.id == VaultPayBack.pay_back_id,
        PayBack.status.not_in(done),
    )
    return not session.scalar(select(waits))
