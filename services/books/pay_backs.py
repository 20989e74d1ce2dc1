"""Paying the rest of a pledge back: made out by one, retyped by another, released, then the bank.

The desk that may know the payer types holder and account from the bank's own paper; the holder must
be who stands on the bank's line. The paying desk releases sum and memo, and reads no name.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models.rests import PayBack
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, leaps, trace
from services.accountancy import stop
from services.gate import Card
from services.giving import rests
from services.lifecycle import advance
from services.notices import notices
from services.papers import certificates
from services.vault import pay_backs as vault
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    NoticeKind,
    PayBackStatus,
    RestStatus,
    Role,
    TransactionKind,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, BooksDisagree, NotFound
from vocabulary.money import Fen

SHORTEST_ACCOUNT = 8
SHOWN = 200
_OVER = (PayBackStatus.PAID, PayBackStatus.BOUNCED, PayBackStatus.REFUSED)
_SHOWN = (
    "ref", "desk", "payment_reference", "fen", "payer", "holder", "bank", "memo", "status",
    "since_on", "made_by", "agreed_on", "released_on", "paid_on", "bounced_on", "refused_on",
    "refused_note",
)  # fmt: skip
_RELEASING = ("ref", "fen", "memo", "status", "since_on", "agreed_on", "released_on", "paid_on")


@dataclass(frozen=True, slots=True)
class Account:
    """Where it goes, as the bank's own paper of the payment has it."""

    holder: str
    bank: str
    number: str


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the desk's own: what waits first, then the newest."""
    require(viewer, Act.PAY_BACK)
    return _cards(session, viewer)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one with what this person may do about it. Raises NotFound."""
    require(viewer, Act.PAY_BACK)
    found = _cards(session, viewer, PayBack.ref == ref)
    if not found:
        raise NotFound()
    return found[0]


def _cards(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[Card]:
    order = (PayBack.status.in_(_OVER), PayBack.id.desc())
    found = gate.cards(
        session, viewer, PayBack, fields=_SHOWN, where=where, order_by=order, limit=SHOWN
    )
    return [_told(viewer, card) for card in found]


def _told(viewer: Viewer, card: Card) -> Card:
    status, is_mine = card["status"], card["made_by"] == viewer.actor
    return card.and_also(
        is_mine=is_mine,
        may_make=status is PayBackStatus.WAITS,
        may_agree=status is PayBackStatus.MADE and not is_mine,
        may_turn_down=status in {PayBackStatus.MADE, PayBackStatus.AGREED},
        is_to_pay=status is PayBackStatus.RELEASED,
    )


def make(session: Session, by: Viewer, ref: str, to: Account, *, now: datetime) -> None:
    """Say as the first person where it goes. Raises BadInput(holder, bank, account), AlreadyDecided.

    Where the bank's lines name a payer, no other holder is taken.
    """
    one = _mine(session, by, ref, PayBackStatus.WAITS)
    holder, number = _plain(to.holder), _digits(to.number)
    if not holder or (one.payer is not None and holder != _plain(one.payer)):
        raise BadInput(field="holder", reason="another_holder" if holder else "missing")
    if not to.bank.strip():
        raise BadInput(field="bank", reason="missing")
    if len(number) < SHORTEST_ACCOUNT:
        raise BadInput(field="account", reason="no_account")
    one.holder, one.bank, one.account, one.made_by = holder, to.bank.strip(), number, by.actor
    _step(session, by, one, PayBackStatus.MADE, "pay_back.make", now=now)


def agree(session: Session, by: Viewer, ref: str, *, again: str, now: datetime) -> None:
    """Agree as the second person, who types the number again from the paper.

    Raises ActedBefore for the first, BadInput(again) for another number, AlreadyDecided.
    """
    one = _mine(session, by, ref, PayBackStatus.MADE)
    if one.made_by == by.actor:
        raise ActedBefore()
    if _digits(again) != one.account:
        raise BadInput(field="again", reason="another_account")
    one.agreed_by, one.agreed_on = by.actor, today(now)
    _step(session, by, one, PayBackStatus.AGREED, "pay_back.agree", now=now)
    kind, subject = NoticeKind.PAY_BACK_WAITS, f"pay_back:{one.ref}"
    notices.to_roles(session, (Role.PAYING_DESK,), None, kind, subject, now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let it be made out anew; what was typed is gone. Raises AlreadyDecided once it is released."""
    one = _mine(session, by, ref, PayBackStatus.MADE, PayBackStatus.AGREED)
    one.holder = one.bank = one.account = None
    one.made_by = one.agreed_by = one.agreed_on = None
    _step(session, by, one, PayBackStatus.WAITS, "pay_back.turn_down", now=now)


def to_release(session: Session, viewer: Viewer) -> list[Card]:
    """List for the paying desk what two people made out, and what it let go: sum and memo alone."""
    require(viewer, Act.SEND_BATCH)
    waits = PayBack.status.in_((PayBackStatus.AGREED, PayBackStatus.RELEASED))
    order = (PayBack.status, PayBack.id)
    return gate.cards(
        session, viewer, PayBack, fields=_RELEASING, where=(waits,), order_by=order, limit=SHOWN
    )


def release(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let it go to the bank. Raises AlreadyDecided, and what stops all sending."""
    require(by, Act.SEND_BATCH)
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)
    one = gate.row(session, by, PayBack, PayBack.ref == ref)
    if one.status is not PayBackStatus.AGREED:
        raise AlreadyDecided()
    _refuse_apart(session, one)
    one.released_by, one.released_on = by.actor, today(now)
    advance(session, one, PayBackStatus.RELEASED, by=by, now=now)
    session.flush()
    # No sum and no payer: the ordinary chain holds nothing computed from who gave.
    trace.record(session, by, "pay_back.release", f"pay_back:{one.ref}", now=now)


def order(session: Session, by: Viewer, ref: str, *, now: datetime) -> tuple[Card, str]:
    """Hand out what the bank is to be given: the card, and the whole account number; traced."""
    require(by, Act.PAY_BACK)
    leaps.refuse_to_send(session)
    stop.refuse_to_send(session)
    card = detail(session, by, ref)
    one = _mine(session, by, ref, PayBackStatus.RELEASED)
    _refuse_apart(session, one)
    _trace(session, by, "pay_back.order", one, now=now)
    return card, one.account or ""


def _refuse_apart(session: Session, one: PayBack) -> None:
    """Raise BooksDisagree while a record behind it is damaged: what is the payer's is not certain."""
    if vault.is_apart(session, one):
        raise BooksDisagree()


def pay(session: Session, by: Viewer, ref: str, *, on: date, now: datetime) -> None:
    """State the day on which the bank sent it back. Raises BadInput(on), AlreadyDecided."""
    one = _mine(session, by, ref, PayBackStatus.RELEASED)
    if one.released_on is None or not one.released_on <= on <= today(now):
        raise BadInput(field="on", reason="not_between")
    left(session, by, one, on=on, now=now)


def left(session: Session, by: Viewer, one: PayBack, *, on: date, now: datetime) -> None:
    """Book that it left our account on a day, by a person's word or the statement's."""
    rest = vault.rest_of(session, one)
    kind, to = TransactionKind.REST_PAID, AccountKind.BANK
    rests.give(session, by, kind, rest, to, fen=Fen(one.fen), on=on)
    one.paid_on = on
    _step(session, by, one, PayBackStatus.PAID, "pay_back.pay", now=now)
    certificates.recount(session, by, rest.pledge_id, now=now)
    if vault.is_all_paid(session, rest):
        advance(session, rest, RestStatus.DONE, by=by, now=now, reason="paid back")


def bounce(session: Session, by: Viewer, one: PayBack, *, on: date, now: datetime) -> None:
    """Book that the bank could not deliver it: it is made out anew, under another memo."""
    rest = vault.rest_of(session, one)
    kind, to = TransactionKind.REST_PAID, AccountKind.BANK
    rests.give(session, by, kind, rest, to, fen=Fen(-one.fen), on=on)
    one.bounced_on = on
    _step(session, by, one, PayBackStatus.BOUNCED, "pay_back.bounce", now=now)
    certificates.recount(session, by, rest.pledge_id, now=now)
    if rest.status is RestStatus.DONE:
        advance(session, rest, RestStatus.PAYING, by=by, now=now, reason="bounced")
    vault.again(session, one, now=now)


def _mine(session: Session, by: Viewer, ref: str, *states: PayBackStatus) -> PayBack:
    require(by, Act.PAY_BACK)
    one = gate.row(session, by, PayBack, PayBack.ref == ref)
    if one.status not in states:
        raise AlreadyDecided()
    return one


def _step(
    session: Session, by: Viewer, one: PayBack, to: PayBackStatus, act: str, *, now: datetime
) -> None:
    advance(session, one, to, by=by, now=now)
    session.flush()
    _trace(session, by, act, one, now=now)


def _trace(session: Session, by: Viewer, act: str, one: PayBack, *, now: datetime) -> None:
    trace.record(session, by, act, f"pay_back:{one.ref}", now=now, chain=Chain.CUSTODIAN)


def _plain(name: str) -> str:
    return "".join(name.split())


def _digits(text: str) -> str:
    return "".join(text.split()).replace("-", "")


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Say what one waits for at the viewer's own desk. Raises NotFound once it waits no more."""
    card = gate.card(session, viewer, PayBack, PayBack.ref == ref, fields=("status",))
    status = card["status"]
    is_desks = status in {PayBackStatus.WAITS, PayBackStatus.MADE} and viewer.has(
        Role.COLLECTING_DESK, Role.CUSTODIAN
    )
    if is_desks:
        return {"pay_back": "等两个人核对户名和账号"}
    if status is PayBackStatus.AGREED and viewer.has(Role.PAYING_DESK):
        return {"pay_back": "等拨付岗放行"}
    raise NotFound()
