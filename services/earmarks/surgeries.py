"""A sum for a child's surgery: one of the staff asks for it, an approver agrees, the run pays it.

Agreed to, it is a match of one due day on the gap fund's own pledge, under no need: it is opened,
batched, sent and signed for like any instalment, by the child's own way. What pays it, and when,
services/earmarks/surgery.py says.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Recusal
from models.stipends import Stipend
from models.surgeries import Surgery
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.children import child_file, readiness
from services.fund import standing_in
from services.gate import Card, Part
from services.giving import further
from services.pairing.market import MATCHABLE
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, GiftOccasion, Rhythm, Role
from vocabulary.errors import ActedBefore, BadInput, WrongState
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, next_due

PAGE, NOTE_LENGTH = 100, 300
CODE_NAME = "手术"
_CHILD = {"child": Part(Child, Child.id == Surgery.child_id, ("ref", "name", "class_label"))}
_PAID = {"paid": Part(Stipend, Stipend.match_id == Surgery.match_id, ("due_on", "sent_on"))}


def child(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return the child for whom a sum is asked. Raises NotFound."""
    require(viewer, Act.ASK_SURGERY)
    fields = ("ref", "name", "class_label")
    return gate.card(session, viewer, Child, Child.ref == ref, fields=fields)


def ask(
    session: Session, by: Viewer, child_ref: str, amount: Fen, note: str, *, now: datetime
) -> str:
    """Ask for a sum, with what the hospital wrote; return the request's ref.

    Raises BadInput(note), WrongState for a child that has left, AlreadyDecided while one waits.
    """
    require(by, Act.ASK_SURGERY)
    whom = gate.row(session, by, Child, Child.ref == child_ref)
    if whom.status not in MATCHABLE:
        raise WrongState(from_state=whom.status.value, to_state=GiftOccasion.SURGERY.value)
    if not 0 < len(note.strip()) <= NOTE_LENGTH:
        raise BadInput(field="note", reason="missing")
    by_two.refuse_another(session, Surgery, Surgery.child_id == whom.id)
    asked = Surgery(
        child_id=whom.id,
        amount_fen=amount,
        note=note.strip(),
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(asked)
    session.flush()
    trace.record(session, by, "surgery.ask", f"surgery:{asked.ref}", now=now)
    return asked.ref


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Agree as the second person: it is due on the next due day.

    Raises ActedBefore for who asked or keeps out of the child's matches, AlreadyDecided, WrongState
    for a child that has left or whose consent does not hold.
    """
    require(by, Act.AGREE_SURGERY)
    asked = gate.row(session, by, Surgery, Surgery.ref == ref)
    aside = (Recusal.child_id == asked.child_id, Recusal.actor == by.actor)
    if session.scalar(select(Recusal.id).where(*aside)) is not None:
        raise ActedBefore()
    by_two.check_second(by, asked)
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    whom, on = session.get_one(Child, asked.child_id), today(now)
    if whom.status not in MATCHABLE or whom.id not in readiness.consenting(session, [whom], on=on):
        raise WrongState(from_state=whom.status.value, to_state=GiftOccasion.SURGERY.value)
    asked.match_id = _begin(session, by, asked, now=now).id
    session.flush()
    trace.record(session, by, "surgery.agree", f"surgery:{ref}", now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it: whoever asked takes it back, another says no. Raises AlreadyDecided."""
    require(by, Act.ASK_SURGERY)
    asked = gate.row(session, by, Surgery, Surgery.ref == ref)
    by_two.decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    trace.record(session, by, "surgery.turn_down", f"surgery:{ref}", now=now)


def _begin(session: Session, by: Viewer, asked: Surgery, *, now: datetime) -> Match:
    match = Match(
        pledge_id=standing_in.own_pledge(session, now=now).id,
        child_id=asked.child_id,
        instalment_fen=Fen(asked.amount_fen),
        occasion=GiftOccasion.SURGERY,
        code_name=CODE_NAME,
        proposed_on=asked.asked_on,
        proposed_by=asked.asked_by,
        decided_by=by.actor,
        decided_on=today(now),
    )
    due_on = next_due(STANDARD[Rhythm.MONTH], today(now))
    return further.once(session, by, match, on=due_on, now=now, reason="surgery")


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the requests, those that wait first, then the latest."""
    require(viewer, Act.ASK_SURGERY)
    order = ((Surgery.status != AmendmentStatus.ASKED), Surgery.asked_on.desc(), Surgery.id.desc())
    found = gate.cards(session, viewer, Surgery, parts=_CHILD, order_by=order, limit=PAGE)
    return _told(session, viewer, found)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one request and what the viewer may do about it. Raises NotFound."""
    require(viewer, Act.ASK_SURGERY)
    card = gate.card(session, viewer, Surgery, Surgery.ref == ref, parts=_CHILD | _PAID)
    return _told(session, viewer, [card])[0]


def _told(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    return child_file.with_names(
        session, viewer, [by_two.told(viewer, card, Role.APPROVER) for card in cards]
    )
