"""To whom the bank pays a batch: an organisation's account, or a child's card."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.routes import BankCard
from models.stipends import Batch
from services.batches.school_accounts import changing
from services.routes import cards
from services.routes.cards import usable
from vocabulary.errors import BadInput


class Payee(NamedTuple):
    """Who is paid and where; `hand` is whose money it is, told to a shared account's keeper."""

    name: str
    bank: str
    number: str
    hand: str


def held_back(session: Session, batches: Sequence[Batch]) -> Mapping[str, date]:
    """Return from when on another account or card holds, of batches (refs) that wait for one.

    Till then nothing is paid to either: the old one may be closed, the new one objected to.
    """
    schools = changing(session, {one.organisation_id for one in batches if one.organisation_id})
    held = cards.changing(session, {one.card_id for one in batches if one.card_id})
    found = {
        one.ref: schools.get(one.organisation_id or 0) or held.get(one.card_id or 0)
        for one in batches
    }
    return {ref: day for ref, day in found.items() if day is not None}


def of_batches(session: Session, batches: Sequence[Batch]) -> Mapping[int, Payee]:
    """Return whom to pay, by the batch's key. Raises BadInput(batch) where the bank cannot be told."""
    if held := held_back(session, batches):
        memos = "、".join(sorted(one.memo for one in batches if one.ref in held))
        raise BadInput(field="batch", reason="account_changes", memos=memos)
    found = _accounts(session, batches) | _cards(session, batches)
    if len(found) != len(batches):
        memos = "、".join(sorted(one.memo for one in batches if one.id not in found))
        raise BadInput(field="batch", reason="no_account", memos=memos)
    return found


def _accounts(session: Session, batches: Sequence[Batch]) -> dict[int, Payee]:
    keys = {one.organisation_id for one in batches if one.organisation_id is not None}
    hands = session.scalars(select(Organisation).where(Organisation.id.in_(keys)))
    able = {hand.id: payee for hand in hands if (payee := _payee(hand))}
    return {one.id: able[one.organisation_id] for one in batches if one.organisation_id in able}


def _payee(hand: Organisation) -> Payee | None:
    if not (hand.account_number and hand.account_bank):
        return None
    return Payee(hand.account_name or hand.name, hand.account_bank, hand.account_number, hand.name)


def _cards(session: Session, batches: Sequence[Batch]) -> dict[int, Payee]:
    """Return the cards that money may still go to: not one that was sent back from, or is unreadable.

    Several months of one child may wait at once, each in a batch of its own.
    """
    keys = {one.card_id for one in batches if one.card_id is not None}
    able = {}
    for card in session.scalars(select(BankCard).where(BankCard.id.in_(keys))):
        stands = usable(session, card.child_id)
        readable = all((card.holder, card.bank, card.number))
        if stands is not None and stands.id == card.id and readable:
            able[card.id] = Payee(card.holder, card.bank, card.number, card.holder)
    return {one.id: able[one.card_id] for one in batches if one.card_id in able}
