"""待核对到账 that nobody claims in its time: back to the account it came from, else to the gap fund.

The public rule says how long it waits (data/unclaimed.toml). One person of the collecting desk asks,
another agrees; the payer reads our memo on his own statement. What the fund got so goes back to the
waiting money when its payer comes forward, by two people again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.unclaimed import Unclaimed
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.gate import Card, Part
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    Chain,
    NoticeKind,
    Role,
    TransactionKind,
    UnclaimedWay,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.money import Fen
from vocabulary.unclaimed import last_day

SHORTEST_ACCOUNT = 8
SHOWN = 200
_WAITS = Unclaimed.status == AmendmentStatus.ASKED
_RECEIPT = ("ref", "amount_fen", "received_on", "payer_name", "payment_reference", "remark")
_PARTS = {"receipt": Part(Receipt, Receipt.id == Unclaimed.receipt_id, (*_RECEIPT, "unclaimed"))}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the first person says: which way, what was tried, and the account it came from and its bank."""

    way: UnclaimedWay
    words: str
    account: str = ""
    bank: str = ""


def is_waiting() -> ColumnElement[bool]:
    """Say in SQL that a receipt is 待核对: no pledge was found, and nothing was decided."""
    return (
        Receipt.is_matched.is_(False)
        & Receipt.is_taken_back.is_(False)
        & Receipt.corrects_id.is_(None)
        & Receipt.unclaimed.is_(None)
    )


def is_overdue(on: date) -> ColumnElement[bool]:
    """Say in SQL that its time is over and nobody has asked for anything yet."""
    asked = select(Unclaimed.receipt_id).where(_WAITS)
    return is_waiting() & (Receipt.received_on <= last_day(on)) & Receipt.id.not_in(asked)


def overdue(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what waited its whole time, the oldest first."""
    require(viewer, Act.DECIDE_UNCLAIMED)
    order, where = (Receipt.received_on, Receipt.id), (is_overdue(today(now)),)
    return gate.cards(
        session, viewer, Receipt, fields=_RECEIPT, where=where, order_by=order, limit=SHOWN
    )


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List what was asked and decided: what waits for somebody first, then the newest."""
    require(viewer, Act.DECIDE_UNCLAIMED)
    order = (_WAITS.desc(), Unclaimed.id.desc())
    found = gate.cards(session, viewer, Unclaimed, parts=_PARTS, order_by=order, limit=SHOWN)
    return [_told(viewer, card) for card in found]


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one decision with what the viewer may do about it. Raises NotFound."""
    require(viewer, Act.DECIDE_UNCLAIMED)
    card = gate.card(session, viewer, Unclaimed, Unclaimed.ref == ref, parts=_PARTS)
    return _told(viewer, card)


def _told(viewer: Viewer, card: Card) -> Card:
    is_done, way = card["status"] is AmendmentStatus.DONE, card["way"]
    return by_two.told(viewer, card).and_also(
        is_to_pay=is_done
        and way is UnclaimedWay.GIVE_BACK
        and card["paid_on"] is None
        and card["refused_on"] is None,
        may_be_claimed=is_done
        and way is UnclaimedWay.TO_FUND
        and card["receipt"]["unclaimed"] is UnclaimedWay.TO_FUND,
    )


def ask(session: Session, by: Viewer, receipt_ref: str, asked: Asked, *, now: datetime) -> str:
    """Ask for money to go back or to the fund, as the first person; return the decision's ref.

    Raises WrongState before its time is over, AlreadyDecided for what is matched, decided or asked
    for, BadInput(words, account).
    """
    require(by, Act.DECIDE_UNCLAIMED)
    receipt = gate.row(session, by, Receipt, Receipt.ref == receipt_ref)
    _check(asked)
    if asked.way is UnclaimedWay.CLAIMED:
        raise BadInput(field="way", reason="not_gone")
    if session.scalar(select(Receipt.id).where(Receipt.id == receipt.id, is_waiting())) is None:
        raise AlreadyDecided()
    if receipt.received_on > last_day(today(now)):
        raise WrongState(from_state="waiting", to_state=asked.way.value)
    return _keep(session, by, receipt, asked, now=now)


def claim(session: Session, by: Viewer, ref: str, *, words: str, now: datetime) -> str:
    """Ask for what went to the fund to wait for its payer again: somebody came forward."""
    require(by, Act.DECIDE_UNCLAIMED)
    gone = gate.row(session, by, Unclaimed, Unclaimed.ref == ref)
    receipt = session.get_one(Receipt, gone.receipt_id)
    asked = Asked(UnclaimedWay.CLAIMED, words)
    _check(asked)
    if gone.status is not AmendmentStatus.DONE or receipt.unclaimed is not UnclaimedWay.TO_FUND:
        raise AlreadyDecided()
    return _keep(session, by, receipt, asked, now=now)


def _check(asked: Asked) -> None:
    by_two.said(asked.words)
    wants = asked.way is UnclaimedWay.GIVE_BACK
    if wants and len(_digits(asked.account)) < SHORTEST_ACCOUNT:
        raise BadInput(field="account", reason="no_account")


def _digits(text: str) -> str:
    return "".join(text.split()).replace("-", "")


def _keep(session: Session, by: Viewer, receipt: Receipt, asked: Asked, *, now: datetime) -> str:
    by_two.refuse_another(session, Unclaimed, Unclaimed.receipt_id == receipt.id)
    is_back = asked.way is UnclaimedWay.GIVE_BACK
    new = Unclaimed(
        receipt_id=receipt.id,
        way=asked.way,
        words=asked.words.strip(),
        account=_digits(asked.account) if is_back else None,
        bank=(asked.bank.strip() or None) if is_back else None,
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(new)
    session.flush()
    _trace(session, by, "unclaimed.ask", new, now=now)
    return new.ref


def agree(session: Session, by: Viewer, ref: str, *, again: str = "", now: datetime) -> None:
    """Agree as the second person; what goes to the fund, or comes from it, is booked at once.

    Raises ActedBefore for the first, BadInput(again) for another account than was asked for,
    WrongState where its payer was found meanwhile, or the fund's free money does not reach.
    """
    require(by, Act.DECIDE_UNCLAIMED)
    asked = gate.row(session, by, Unclaimed, Unclaimed.ref == ref)
    by_two.check_second(by, asked)
    if asked.account is not None and _digits(again) != asked.account:
        raise BadInput(field="again", reason="another_account")
    receipt = session.get_one(Receipt, asked.receipt_id)
    _must_stand(session, receipt, asked.way)
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    _DONE[asked.way](session, by, receipt, now)
    _trace(session, by, "unclaimed.agree", asked, now=now)
    session.flush()


def _must_stand(session: Session, receipt: Receipt, way: UnclaimedWay) -> None:
    is_claim = way is UnclaimedWay.CLAIMED
    lies_there = receipt.unclaimed is (UnclaimedWay.TO_FUND if is_claim else None)
    if receipt.is_matched or receipt.is_taken_back or not lies_there:
        raise WrongState(from_state="decided", to_state=way.value)
    if is_claim and -ledger.balance(session, AccountKind.GAP_FUND) < receipt.amount_fen:
        raise WrongState(from_state="spent", to_state=way.value)


def _to_fund(session: Session, by: Viewer, receipt: Receipt, now: datetime) -> None:
    receipt.unclaimed, receipt.gone_on = UnclaimedWay.TO_FUND, today(now)
    _post(session, by, receipt, TransactionKind.UNCLAIMED, to=AccountKind.GAP_FUND, on=today(now))


def _to_payer(_session: Session, _by: Viewer, receipt: Receipt, _now: datetime) -> None:
    receipt.unclaimed = UnclaimedWay.GIVE_BACK  # the books move on the bank's day


def _from_fund(session: Session, by: Viewer, receipt: Receipt, now: datetime) -> None:
    receipt.unclaimed = receipt.gone_on = None
    event = Event(TransactionKind.RECLAIMED, today(now))
    legs = [
        Leg(AccountKind.GAP_FUND, receipt.amount_fen),
        Leg(AccountKind.UNMATCHED, Fen(-receipt.amount_fen)),
    ]
    ledger.post(session, event, legs, by=by)


_DONE: Mapping[UnclaimedWay, Callable[[Session, Viewer, Receipt, datetime], None]] = {
    UnclaimedWay.TO_FUND: _to_fund,
    UnclaimedWay.GIVE_BACK: _to_payer,
    UnclaimedWay.CLAIMED: _from_fund,
}


def pay(session: Session, by: Viewer, ref: str, *, on: date, now: datetime) -> None:
    """State the day on which the bank sent it back. Raises BadInput(on), AlreadyDecided."""
    require(by, Act.DECIDE_UNCLAIMED)
    agreed = gate.row(session, by, Unclaimed, Unclaimed.ref == ref)
    receipt = session.get_one(Receipt, agreed.receipt_id)
    if agreed.way is not UnclaimedWay.GIVE_BACK or agreed.status is not AmendmentStatus.DONE:
        raise AlreadyDecided()
    if agreed.paid_on or agreed.refused_on or receipt.gone_on:
        raise AlreadyDecided()
    if agreed.decided_on is None or not agreed.decided_on <= on <= today(now):
        raise BadInput(field="on", reason="not_between")
    agreed.paid_on = receipt.gone_on = on
    _post(session, by, receipt, TransactionKind.GIVEN_BACK, to=AccountKind.BANK, on=on)
    _trace(session, by, "unclaimed.pay", agreed, now=now)


def _post(
    session: Session,
    by: Viewer,
    receipt: Receipt,
    kind: TransactionKind,
    *,
    to: AccountKind,
    on: date,
) -> None:
    legs = [
        Leg(AccountKind.UNMATCHED, receipt.amount_fen),
        Leg(to, Fen(-receipt.amount_fen)),
    ]
    ledger.post(session, Event(kind, on), legs, by=by)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it where it is; whoever asked may take it back too."""
    require(by, Act.DECIDE_UNCLAIMED)
    asked = gate.row(session, by, Unclaimed, Unclaimed.ref == ref)
    by_two.decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    _trace(session, by, "unclaimed.turn_down", asked, now=now)


def _trace(session: Session, by: Viewer, act: str, one: Unclaimed, *, now: datetime) -> None:
    subject, why = f"unclaimed:{one.ref}", one.way.value
    trace.record(session, by, act, subject, now=now, why=why, chain=Chain.CUSTODIAN)


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell the collecting desk once a month that some has waited its whole time; return how many."""
    require(by, Act.RUN_STIPENDS)
    count = session.scalar(select(func.count(Receipt.id)).where(is_overdue(on))) or 0
    if count:
        kind, subject = NoticeKind.UNCLAIMED_DUE, f"unclaimed:{on:%Y%m}"
        notices.to_roles(session, [Role.COLLECTING_DESK], None, kind, subject, now=now)
    return count


def notice_facts(session: Session, viewer: Viewer, _month: str, now: datetime) -> dict[str, str]:
    """Return how many wait at this moment. Raises NotFound for none."""
    count = gate.count(session, viewer, Receipt, is_overdue(today(now)))
    if not count:
        raise NotFound()
    return {"unclaimed": str(count)}
