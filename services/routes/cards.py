"""A child's bank card: its guardian's or its own, compared with the record, changed by two (law 8).

Both type the number from the card. A card holds three whole days after the second yes; every
guardian on record is told at once, and meanwhile nothing is paid to the old card or the new one.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from models.routes import BankCard
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.batches import unsent
from services.batches.school_accounts import WAITS
from services.gate import Card
from services.kin import warned
from services.notices import notices
from services.notices.notices import Recipient
from services.routes import shared_cards
from services.routes.shared_cards import plain_name
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentKind,
    AmendmentStatus,
    KinRole,
    NoticeKind,
    RecipientKind,
    Route,
)
from vocabulary.errors import BadInput

SHORTEST, LONGEST, TAIL = 16, 19, 4
_TEN = 10


def read_number(text: str) -> str:
    """Return a card's digits. Raises BadInput: not 16 to 19 of them, or its check digit is wrong."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(rf"\d{{{SHORTEST},{LONGEST}}}", number, re.ASCII):
        raise BadInput(field="number", reason="card_length")
    if not _luhn(number):
        raise BadInput(field="number", reason="card_checksum")
    return number


def _luhn(number: str) -> bool:
    doubled = (
        sum(divmod(2 * int(digit), _TEN)) if at % 2 else int(digit)
        for at, digit in enumerate(reversed(number))
    )
    return sum(doubled) % _TEN == 0


def holders(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List whose card it may be: the guardians of now, by their refs; the child itself is always."""
    child = gate.row(session, viewer, Child, Child.ref == ref)
    where = (Kin.child_id == child.id, *_is_guardian())
    fields = ("ref", "name", "relation")
    return gate.cards(session, viewer, Kin, fields=fields, where=where, order_by=(Kin.id,))


def _is_guardian() -> tuple[ColumnElement[bool], ...]:
    return Kin.kin_role == KinRole.GUARDIAN, Kin.until_on.is_(None)


def asked(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    holder_ref: str,
    name: str,
    bank: str,
    number: str,
) -> Amendment:
    """Return what one person asks for, compared with the record; an empty holder is the child.

    Raises BadInput(field): a number that is none, a name that is not the holder's of the record,
    the card that stands, a card that another child has under another name.
    """
    child = gate.row(session, by, Child, Child.ref == ref)
    digits = read_number(number)
    kin = _kin(session, child, holder_ref) if holder_ref else None
    on_record = kin.name if kin else child.name
    if plain_name(name) != plain_name(on_record):
        raise BadInput(field="name", reason="holder_differs")
    now_in_use = usable(session, child.id)
    if now_in_use is not None and now_in_use.number == digits:
        raise BadInput(field="number", reason="as_before")
    shared_cards.check(session, digits, on_record, child_id=child.id)
    return Amendment(
        kind=AmendmentKind.CHILD_CARD,
        child_id=child.id,
        kin_id=kin.id if kin else None,
        name=on_record,
        bank=bank,
        number=digits,
    )


def _kin(session: Session, child: Child, ref: str) -> Kin:
    its = (Kin.ref == ref, Kin.child_id == child.id, *_is_guardian())
    found = session.scalars(select(Kin).where(*its)).one_or_none()
    if found is None:
        raise BadInput(field="holder", reason="not_guardian")
    return found


def is_holders(session: Session, amendment: Amendment) -> bool:
    """Say whether the record still has the holder under this name, as guardian or child.

    And no other child has got the card under another name since.
    """
    child, number = session.get_one(Child, amendment.child_id), amendment.number or ""
    if shared_cards.is_anothers(session, number, amendment.name, child_id=child.id):
        return False
    if amendment.kin_id is None:
        return plain_name(child.name) == plain_name(amendment.name)
    kin = session.get_one(Kin, amendment.kin_id)
    is_guardian = kin.kin_role is KinRole.GUARDIAN and kin.until_on is None
    return is_guardian and plain_name(kin.name) == plain_name(amendment.name)


def announce(session: Session, amendment: Amendment, *, now: datetime) -> None:
    """Say from when on a card holds, and tell every guardian, those too who ceased to be lately.

    Whoever just wrote himself into the record as a guardian is so not the only one who hears of it.
    """
    amendment.holds_on = today(now) + WAITS + timedelta(days=1)
    guardian = Kin.kin_role == KinRole.GUARDIAN
    keys = warned.warned(session, amendment.child_id or 0, guardian, on=today(now))
    subject = f"amendment:{amendment.ref}"
    told = [(Recipient(RecipientKind.GUARDIAN, key), subject) for key in keys]
    notices.queue_all(session, NoticeKind.CARD_CHANGES, told, now=now)


def write(session: Session, amendment: Amendment, *, on: date) -> None:
    """Let an agreed card hold; the one before it ends, and what has not left goes to the new one."""
    old = in_use(session, amendment.child_id or 0)
    if old is not None:
        amendment.name_before, amendment.bank_before = old.holder, old.bank
        amendment.number_before, old.ended_on = old.number, on
        session.flush()
    number = amendment.number or ""
    session.add(
        BankCard(
            child_id=amendment.child_id,
            kin_id=amendment.kin_id,
            holder=amendment.name,
            bank=amendment.bank,
            number=number,
            number_index=shared_cards.number_index(number),
            tail=number[-TAIL:],
            since_on=on,
        )
    )
    session.flush()
    if session.get_one(Child, amendment.child_id).route is Route.CARD:
        unsent.take_out(session, amendment.child_id or 0)


def in_use(session: Session, child_id: int) -> BankCard | None:
    """Return the card that stands for a child, even one that the bank sent money back from."""
    its = (BankCard.child_id == child_id, BankCard.ended_on.is_(None))
    return session.scalars(select(BankCard).where(*its)).one_or_none()


def usable(session: Session, child_id: int) -> BankCard | None:
    """Return the card that money may go to: not sent back from, its guardian still one."""
    card = in_use(session, child_id)
    if card is None or card.bounced_on is not None:
        return None
    if card.kin_id is not None and session.get_one(Kin, card.kin_id).until_on is not None:
        return None
    return card


def of_child(session: Session, viewer: Viewer, ref: str) -> Card | None:
    """Return a child's card as staff may know it, or None."""
    require(viewer, Act.CHANGE_ROUTE)
    child = gate.row(session, viewer, Child, Child.ref == ref)
    stands = in_use(session, child.id)
    if stands is None:
        return None
    its, latest = (BankCard.child_id == child.id,), (BankCard.id.desc(),)
    known = gate.cards(session, viewer, BankCard, where=its, order_by=latest, limit=1)
    if not known:
        return None
    # Whom a report names reads the card of before as if it stood still (services/kin/as_it_stood.py).
    is_kept_back = known[0]["ref"] != stands.ref
    is_usable = is_kept_back or usable(session, child.id) is not None
    ended_on = None if is_kept_back else stands.ended_on
    return known[0].and_also(is_usable=is_usable, ended_on=ended_on)


def changing(session: Session, card_ids: Collection[int]) -> Mapping[int, date]:
    """Return from when on another card holds, of those (keys) whose child waits for one."""
    rows = session.execute(
        select(BankCard.id, Amendment.holds_on)
        .join(Amendment, Amendment.child_id == BankCard.child_id)
        .where(
            BankCard.id.in_(card_ids),
            Amendment.kind == AmendmentKind.CHILD_CARD,
            Amendment.status == AmendmentStatus.AGREED,
        )
    )
    return {key: on for key, on in rows if on is not None}
