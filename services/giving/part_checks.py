"""Of a unit's or group's pledge every fen is somebody's: the parts against the books, asked anew."""

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Pledge
from models.vault import Donor, VaultGiver, VaultMember, VaultShare
from services.giving import parts
from vocabulary.enums import AccountKind, TransactionKind

_KEPT = (AccountKind.PREPAID, AccountKind.EARMARKED, AccountKind.REST)


def of_groups(session: Session) -> list[str]:
    """Return a line for each pledge whose parts are not its books, and each part that is nobody's."""
    groups = select(VaultGiver.pledge_id)
    found = session.scalars(select(Pledge).where(Pledge.id.in_(groups)).order_by(Pledge.id)).all()
    return [fault for pledge in found for fault in _faults(session, pledge)] + _strangers(session)


def _faults(session: Session, pledge: Pledge) -> list[str]:
    divided = parts.of_pledge(session, pledge)
    came = sum(fen for _, theirs in divided.paid for fen in theirs.values())
    went = sum(fen for one in divided.used for fen in one.parts.values())
    faults = []
    booked, left = _booked(session, pledge), _left(session, pledge)
    if booked is not None and (came, came - went) != (booked, left):
        faults.append(
            f"认捐 {pledge.code}：各人的份合起来到账 {came} 分、余下 {came - went} 分，"
            f"账上是 {booked} 分、{left} 分"
        )
    if any(fen < 0 for fen in _each_left(divided).values()):
        faults.append(f"认捐 {pledge.code}：有人的份用出的比到账的多")
    return faults


def _each_left(divided: parts.Divided) -> dict[int, int]:
    left: dict[int, int] = {}
    for _, theirs in divided.paid:
        for key, fen in theirs.items():
            left[key] = left.get(key, 0) + fen
    for used in divided.used:
        for key, went in used.parts.items():
            left[key] = left.get(key, 0) - went
    return left


def _booked(session: Session, pledge: Pledge) -> int | None:
    """Return what came by the books; None where it stands under no pledge, since it is the fund's."""
    return None if parts.goes_at_once(session, pledge) else _sum(session, pledge, is_received=True)


def _left(session: Session, pledge: Pledge) -> int:
    return _sum(session, pledge, is_received=False)


def _sum(session: Session, pledge: Pledge, *, is_received: bool) -> int:
    of_kind = (Transaction.kind == TransactionKind.RECEIVED,) if is_received else ()
    total = session.scalar(
        select(func.coalesce(func.sum(Posting.amount), 0))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(Posting.pledge_id == pledge.id, Posting.account.in_(_KEPT), *of_kind)
    )
    return -int(total or 0)


def _strangers(session: Session) -> list[str]:
    """Name every share of somebody who is neither on its pledge's list nor forgotten."""
    listed = and_(
        VaultMember.donor_id == VaultShare.donor_id, VaultMember.pledge_id == VaultShare.pledge_id
    )
    rows = session.scalars(
        select(Pledge.code)
        .join(VaultShare, VaultShare.pledge_id == Pledge.id)
        .join(Donor, Donor.id == VaultShare.donor_id)
        .where(Donor.forgotten_on.is_(None), ~exists().where(listed))
        .group_by(Pledge.code)
        .order_by(Pledge.code)
    )
    return [f"认捐 {code}：有一份不是名单上的人的" for code in rows]
