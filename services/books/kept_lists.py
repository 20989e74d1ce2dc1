"""What hands kept, as it is read: by case staff with the child, by the desks with the hand alone."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.children import Child
from models.kept import KeptSum
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import by_two, gate
from services.books.kept import is_short
from services.children import child_file
from services.gate import Card, Part
from services.handover.hand_lists import is_line
from vocabulary.enums import AmendmentStatus, Role
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

PAGE = 100
_WAITS = KeptSum.status == AmendmentStatus.ASKED
IS_OWED = (KeptSum.status == AmendmentStatus.DONE, KeptSum.paid_on.is_(None))
_HAND = {
    "batch": Part(Batch, Batch.id == KeptSum.batch_id, ("ref", "memo", "month", "route")),
    "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
}
_DATES = ("due_on", "amount_fen", "sent_on", "handed_over_on", "handed_fen")
_ABOUT = {
    "stipend": Part(Stipend, Stipend.id == KeptSum.stipend_id, _DATES),
    "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
    "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "class_label")),
    **_HAND,
}


def line(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one instalment of which a part did not arrive, for the page that asks. Raises NotFound.

    Its hand says so itself, or staff found it out after a family's word.
    """
    require(viewer, Act.ASK_WRITE_OFF)
    parts = {
        "match": _ABOUT["match"],
        "child": _ABOUT["child"],
        "batch": Part(Batch, Batch.id == Stipend.batch_id, ("memo", "month")),
        "hand": _HAND["hand"],
    }
    where = (*is_line(ref), *is_short())
    staff = as_case_staff(viewer)
    card = gate.card(session, staff, Stipend, *where, fields=_DATES, parts=parts)
    handed = card["handed_fen"]
    still = Fen(card["amount_fen"] - handed) if handed else None
    return card.and_also(
        ref=stipend_ref(card["match"]["child_ref"], card["due_on"]), missing_fen=still
    )


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List what was stated of the viewer's children: what waits first, then the newest."""
    require(viewer, Act.ASK_WRITE_OFF)
    order, staff = (_WAITS.desc(), KeptSum.id.desc()), as_case_staff(viewer)
    found = gate.cards(session, staff, KeptSum, parts=_ABOUT, order_by=order, limit=PAGE)
    return _told(session, viewer, found)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one, with whether the viewer may agree. Raises NotFound."""
    require(viewer, Act.ASK_WRITE_OFF)
    card = gate.card(session, as_case_staff(viewer), KeptSum, KeptSum.ref == ref, parts=_ABOUT)
    return _told(session, viewer, [card])[0]


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count what waits for this approver."""
    if not viewer.has(Role.APPROVER):
        return 0
    others = KeptSum.asked_by != viewer.actor
    return gate.count(session, as_case_staff(viewer), KeptSum, _WAITS, others)


def _told(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    named = child_file.with_names(
        session, viewer, [by_two.told(viewer, card, Role.APPROVER) for card in cards]
    )
    return [card.and_also(open_fen=Fen(card["fen"] - card["paid_fen"])) for card in named]


def owed(session: Session, viewer: Viewer) -> list[Card]:
    """List what hands owe, the oldest first, for whoever compares the books or takes it in."""
    fields = ("ref", "fen", "paid_fen", "decided_on")
    found = gate.cards(
        session, viewer, KeptSum, fields=fields, parts=_HAND, where=IS_OWED,
        order_by=(KeptSum.decided_on, KeptSum.id), limit=PAGE,
    )  # fmt: skip
    return [card.and_also(open_fen=Fen(card["fen"] - card["paid_fen"])) for card in found]
