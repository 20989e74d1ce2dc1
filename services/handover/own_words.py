"""Law 8 at the door: whoever spoke for the family is not its hand, and the other way round.

A helper enters what a family says, and in a village or an office the helper may be the hand as well.
Whichever came first, and whatever was taken back between, one person says one of the two.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.stipends import Fact, Stipend
from services.handover.answering import effective
from vocabulary.enums import FactKind
from vocabulary.errors import ActedBefore

Hand = tuple[Stipend, str]


def answered(session: Session, said: Sequence[Hand]) -> set[int]:
    """Return of which instalments (keys) the hand entered the family's standing answer."""
    asked = {one.id: actor for one, actor in said if one.confirmed_on or one.disputed_on}
    if not asked:
        return set()
    found: set[int] = set()
    for kind in (FactKind.CONFIRMED, FactKind.DISPUTED):
        rows = session.execute(
            select(Stipend.id, Fact.by).join(Fact, effective(kind)).where(Stipend.id.in_(asked))
        )
        found |= {key for key, actor in rows if asked[key] == actor}
    return found


def refuse(session: Session, said: Sequence[Hand]) -> None:
    """Raise ActedBefore for a hand that spoke for the family of one of these."""
    if answered(session, said):
        raise ActedBefore()
