"""One card for several children: good for a guardian's own children, and noticed where it may not be.

A card whose holder is called otherwise for another child is refused outright. The same name is not
yet the same person: unless both records have one telephone for it, the second person and the desk
are told to look.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import keys
from models.amendments import Amendment
from models.children import Child, Kin
from models.routes import BankCard
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.enums import AmendmentKind
from vocabulary.errors import BadInput

SHOWN = 200
_PLACE = "bank_cards.number"
_IN_USE = BankCard.ended_on.is_(None)


def plain_name(name: str) -> str:
    """Return a name without what banks and registers write differently: gaps and middle dots."""
    return re.sub(r"[\s·•・.]", "", unicodedata.normalize("NFKC", name))


def number_index(number: str) -> str:
    """Return the exact-search handle of a card's number."""
    return keys.blind_index(_PLACE, number) if number else ""


def check(session: Session, number: str, holder: str, *, child_id: int) -> None:
    """Raise BadInput(number) for a card that another child has under another holder's name."""
    if is_anothers(session, number, holder, child_id=child_id):
        raise BadInput(field="number", reason="anothers_card")


def is_anothers(session: Session, number: str, holder: str, *, child_id: int) -> bool:
    """Say whether another child is paid to this card under another holder's name."""
    called = {plain_name(one.holder) for one in _others(session, number, child_id)}
    return bool(called - {plain_name(holder)})


def _others(session: Session, number: str, child_id: int | None) -> Sequence[BankCard]:
    same = (BankCard.number_index == number_index(number), BankCard.child_id != child_id, _IN_USE)
    return session.scalars(select(BankCard).where(*same).order_by(BankCard.id)).all()


def beside(session: Session, viewer: Viewer, amendment_ref: str) -> Card | None:
    """Return whose money comes to the card of an amendment already: names, is_same; None for nobody's.

    `is_same` says that the records have one telephone for its holder; a child of another banner is
    counted, and not named.
    """
    require(viewer, Act.AMEND)
    asked = gate.row(session, viewer, Amendment, Amendment.ref == amendment_ref)
    if asked.kind is not AmendmentKind.CHILD_CARD:
        return None
    others = _others(session, asked.number or "", asked.child_id)
    if not others:
        return None
    mine = (Child.id.in_([one.child_id for one in others]),)
    named = gate.cards(session, viewer, Child, fields=("name",), where=mine, order_by=(Child.id,))
    kin = [asked.kin_id, *(one.kin_id for one in others)]
    names = [card["name"] for card in named]
    return Card({"names": names, "count": len(others), "is_same": _is_one(session, kin)})


def _is_one(session: Session, kin_ids: Sequence[int | None]) -> bool:
    """Say whether these are one guardian as far as records tell: one telephone, and none without."""
    if None in kin_ids:
        return False
    phones = session.scalars(select(Kin.phone_index).where(Kin.id.in_(kin_ids))).all()
    return len(set(phones)) == 1 and phones[0] is not None


def in_doubt(session: Session, viewer: Viewer) -> list[Card]:
    """List the cards of the viewer's children that others have too, where it may be two guardians."""
    require(viewer, Act.CHANGE_ROUTE)
    several = (
        select(BankCard.number_index)
        .where(_IN_USE, BankCard.number_index != "")
        .group_by(BankCard.number_index)
        .having(func.count(BankCard.id) > 1)
    )
    rows = session.execute(
        select(BankCard.number_index, BankCard.ref, BankCard.kin_id)
        .where(_IN_USE, BankCard.number_index.in_(several))
        .order_by(BankCard.id)
    )
    groups: dict[str, list[tuple[str, int | None]]] = {}
    for index, ref, kin_id in rows:
        groups.setdefault(index, []).append((ref, kin_id))
    odd = [
        ref
        for group in groups.values()
        if not _is_one(session, [kin_id for _, kin_id in group])
        for ref, _ in group
    ]
    parts = {"child": Part(Child, Child.id == BankCard.child_id, ("ref", "name"))}
    where, order = (BankCard.ref.in_(odd),), (BankCard.number_index, BankCard.id)
    return gate.cards(
        session, viewer, BankCard, parts=parts, where=where, order_by=order, limit=SHOWN
    )
