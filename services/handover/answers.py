"""What a family says to "did it come?": its own word, by its link or entered by a helper.

A "no" is seen by case staff and by nobody who handed over (law 15); it may be changed until it is
settled, and every answer is a fact.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Fact, Settlement, Stipend
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.handover.answering import (
    Reply,
    acted,
    answer,
    answer_all,
    effective,
    is_any_settled,
    withdraw,
)
from services.handover.hand_lists import is_line
from services.stipends import facts, news
from services.stipends.facts import Basis
from services.stipends.sides import sides_of
from vocabulary.dates import today
from vocabulary.enums import Evidence, FactKind, Outcome
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.refs import stipend_ref

__all__ = [
    "LONGEST_REASON",
    "Reply",
    "answer",
    "answer_all",
    "dispute",
    "disputes",
    "settle",
]

LONGEST_REASON = 200


def disputes(session: Session, viewer: Viewer) -> list[Card]:
    """List what families said did not come or was a wrong sum and nobody settled, oldest first."""
    staff = _as_staff(viewer)
    found = gate.cards(
        session,
        staff,
        Stipend,
        fields=("due_on", "amount_fen", "sent_on", "handed_over_on", "disputed_on"),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref", "decided_by")),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "class_label")),
            "batch": Part(Batch, Batch.id == Stipend.batch_id, ("memo", "month")),
            "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
            "said": Part(Fact, effective(FactKind.DISPUTED), _SAID),
        },
        where=(Stipend.disputed_on.is_not(None), ~_settled()),
        order_by=(Stipend.disputed_on, Stipend.id),
    )
    return [_with_ref(card) for card in found]


def dispute(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one open dispute. Raises NotFound."""
    found = next((card for card in disputes(session, viewer) if card["ref"] == ref), None)
    if found is None:
        raise NotFound()
    return found


def settle(
    session: Session, by: Viewer, ref: str, outcome: Outcome, reason: str, *, now: datetime
) -> None:
    """Keep what was found out. If the money is with the family now, its word replaces the "no".

    Raises ActedBefore for whoever approved the match, handed this line over or entered what the
    family said (law 8).
    """
    require(by, Act.SETTLE_DISPUTE)
    stipend = gate.row(session, _as_staff(by), Stipend, *is_line(ref))
    if stipend.disputed_on is None:
        raise WrongState(from_state="none", to_state="settled")
    if is_any_settled(session, [stipend.id]):
        raise AlreadyDecided()
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(field="reason", reason="missing_or_too_long")
    if by.actor in acted(session, stipend):
        raise ActedBefore()
    if outcome is not Outcome.NOT_RECEIVED:
        _turn_into_yes(session, stipend, outcome, by=by, now=now)
    session.add(
        Settlement(
            stipend_id=stipend.id,
            outcome=outcome,
            reason=reason.strip(),
            settled_by=by.actor,
            settled_on=today(now),
        )
    )
    trace.record(session, by, "dispute.settle", f"stipend:{ref}", now=now, why=outcome.value)


def _turn_into_yes(
    session: Session, stipend: Stipend, outcome: Outcome, *, by: Viewer, now: datetime
) -> None:
    withdraw(session, stipend, by=by, now=now)
    basis = Basis(Evidence.ASSISTED, detail=outcome.value)
    facts.record(session, FactKind.CONFIRMED, [stipend], on=today(now), by=by, now=now, basis=basis)
    if outcome is Outcome.MADE_GOOD:
        # What was brought later is a fact of its own: its day, and that it is whole now.
        kind = FactKind.MADE_GOOD
        facts.record(session, kind, [stipend], on=today(now), by=by, now=now, basis=basis)
    news.confirmed(session, [stipend], now=now, sides=sides_of(session, [stipend]))


_SAID = ("on", "by", "detail", "amount_fen", "came_on", "language", "evidence")


def _settled() -> ColumnElement[bool]:
    return exists().where(Settlement.stipend_id == Stipend.id, Settlement.lifted_on.is_(None))


def _with_ref(card: Card) -> Card:
    due_on: date = card["due_on"]
    return card.and_also(ref=stipend_ref(card["match"]["child_ref"], due_on))


def _as_staff(viewer: Viewer) -> Viewer:
    require(viewer, Act.SETTLE_DISPUTE)
    return as_case_staff(viewer)
