"""What everybody reads of the months' heads, and a donor of his own entries under them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.month_pages import MonthHead, MonthLeaf
from privacy import viewers
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.month_page.publishing import FORMAT, Entry, leaves_of, written
from vocabulary import merkle

_HEAD = Part(MonthHead, MonthHead.id == MonthLeaf.head_id)


def heads(session: Session) -> list[Card]:
    """List every month's head, the newest first: what was published, never counted again."""
    return gate.cards(session, viewers.public(), MonthHead, order_by=(MonthHead.month.desc(),))


def entries(session: Session, viewer: Viewer) -> list[Card]:
    """List the donor's own entries with the heads they stand under, the newest batch first."""
    return gate.cards(
        session,
        viewer,
        MonthLeaf,
        parts={"head": _HEAD},
        order_by=(MonthLeaf.batch_on.desc(), MonthLeaf.code),
    )


def proof(session: Session, viewer: Viewer, code: str) -> Card:
    """Return one of the donor's entries with its audit path. Raises NotFound for another's."""
    card = gate.card(session, viewer, MonthLeaf, MonthLeaf.code == code, parts={"head": _HEAD})
    key = session.scalars(select(MonthLeaf.head_id).where(MonthLeaf.code == code)).one()
    leaves = leaves_of(session, key)
    path = [one.hex() for one in merkle.path(leaves, card["place"])]
    return card.and_also(path=path)


def told(card: Card) -> dict[str, Any]:
    """Write a proof as it is downloaded: all that it takes to check it without us."""
    head = card["head"]
    return {
        "format": FORMAT,
        "code": card["code"],
        "salt": card["salt"],
        "period": f"{card['period']:%Y-%m}",
        "amount_fen": card["amount_fen"],
        "batch_on": f"{card['batch_on']:%Y-%m-%d}",
        "place": card["place"],
        "path": card["path"],
        **told_head(head),
    }


def told_head(head: Card) -> dict[str, Any]:
    """Write one month's head as it is downloaded."""
    return {
        "month": f"{head['month']:%Y-%m}",
        "published_on": f"{head['published_on']:%Y-%m-%d}",
        "size": head["size"],
        "head": head["head"],
        "chained": head["chained"],
    }


def told_heads(found: Sequence[Card]) -> list[dict[str, Any]]:
    """Write all heads, the oldest first, as the chain goes."""
    return [told_head(head) for head in reversed(found)]


def of_year(session: Session, viewer: Viewer, year: int) -> list[Card]:
    """List the donor's own entries of one year's batches, the oldest first: for a statement."""
    inside = MonthLeaf.batch_on.between(date(year, 1, 1), date(year, 12, 31))
    order = (MonthLeaf.batch_on, MonthLeaf.code)
    fields = ("code", "period", "amount_fen", "batch_on")
    return gate.cards(
        session,
        viewer,
        MonthLeaf,
        parts={"head": _HEAD},
        where=(inside,),
        fields=fields,
        order_by=order,
    )


def steps(card: Card) -> list[Card]:
    """Return the way from the leaf up: on each level what stands beside it, on which side.

    A padded tree is whole: the side is the bit of the place.
    """
    return [
        Card({"beside": beside, "is_left": bool(card["place"] >> level & 1)})
        for level, beside in enumerate(card["path"])
    ]


def in_words(card: Card) -> str:
    """Return the very text that the entry's leaf was hashed from."""
    return written(Entry(*(card[name] for name in Entry._fields))).decode()
