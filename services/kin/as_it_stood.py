"""What whom a report names goes on reading of a family's telephones: those of the day he was named.

Another one since is kept from him (models/children.py::Kin). He reads the one before it instead, as
if nothing had changed: a number that is gone, or a file that shuts, would tell him that he is named.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment, is_later_phone
from models.children import Kin
from privacy.viewers import Viewer
from services.gate import Card


def with_phones(session: Session, viewer: Viewer, people: Sequence[Card]) -> list[Card]:
    """Give every card of those who look after a child its telephone; the cards hold their refs."""
    kept = [one["ref"] for one in people if not one.has("phone")]
    before = _before(session, viewer, kept) if kept else {}
    return [
        one if one.has("phone") else one.and_also(phone=before.get(one["ref"])) for one in people
    ]


def at_home(
    session: Session, viewer: Viewer, people: Sequence[Card], refs: Sequence[str]
) -> list[Card]:
    """Do the same for a family, which reads no refs: they come beside the cards, in their order."""
    named = [one.and_also(ref=ref) for one, ref in zip(people, refs, strict=True)]
    known = with_phones(session, viewer, named)
    return [
        one.and_also(phone=known_one["phone"]) for one, known_one in zip(people, known, strict=True)
    ]


def with_kin(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    """Do the same for cards that hold such a card as their part `kin`."""
    people = [one["kin"] for one in cards if one.has("kin")]
    phones = {one["ref"]: one for one in with_phones(session, viewer, people)}
    return [one.and_also(kin=phones[one["kin"]["ref"]]) if one.has("kin") else one for one in cards]


def _before(session: Session, viewer: Viewer, refs: Sequence[str]) -> dict[str, str | None]:
    """Return the number that stood before the first such change, by whose it is."""
    latest_first = (Amendment.decided_on.desc(), Amendment.id.desc())
    rows = session.execute(
        select(Kin.ref, Amendment.number_before)
        .join(Amendment, Amendment.kin_id == Kin.id)
        .where(Kin.ref.in_(refs), is_later_phone(viewer))
        .order_by(*latest_first)
    )
    # The first change is read last, and stays.
    return {ref: number for ref, number in rows}
