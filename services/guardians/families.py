"""What a family reads behind its slip's code, and the families of a village director's village."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.children import Child, Kin
from models.pledges import Match
from models.stipends import Batch, Fact, Settlement, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.handover.hand_lists import is_line
from vocabulary.dates import add_months, today
from vocabulary.enums import Answer, FactKind, MatchStatus, Rhythm, Role, Route
from vocabulary.errors import NotFound
from vocabulary.refs import stipend_ref
from vocabulary.schedule import STANDARD, due_days

NEXT_MONTHS = 13
SHOWN_NEXT = 3
ASKED_FOR = timedelta(days=120)
_DATES = ("due_on", "amount_fen", "sent_on", "handed_over_on", "confirmed_on", "disputed_on",
          "returned_on", "written_off_on")  # fmt: skip
_VILLAGE_DATES = ("due_on", "amount_fen", "sent_on", "handed_over_on", "not_handed_over_on",
                  "returned_on", "written_off_on")  # fmt: skip


def page(session: Session, viewer: Viewer, *, now: datetime) -> Card:
    """Return the one instalment of a slip with the family's answer and what comes next; no name."""
    family = replace(viewer, roles=viewer.roles & {Role.FAMILY})
    where = Stipend.id == viewer.stipend_id
    match = Part(Match, Match.id == Stipend.match_id, ("child_ref", "rhythm"))
    card = gate.card(session, family, Stipend, where, parts={"match": match}, fields=_DATES)
    return card.and_also(
        ref=stipend_ref(card["match"]["child_ref"], card["due_on"]),
        answer=_answer(session, viewer.stipend_id) if _has_answered(card) else None,
        is_settled=_is_settled(session, viewer.stipend_id),
        hand=_hand(session, viewer.stipend_id),
        next=coming_to(session, viewer.child_id, now=now),
    )


def coming_to(session: Session, child_id: int | None, *, now: datetime) -> list[Card]:
    """Return a child's next due days with their sums, over all its matches.

    For services whose viewer stands near the child already.
    """
    place = aliased(Match)
    matches = session.scalars(
        select(Match)
        .outerjoin(place, place.id == Match.stands_in_for_id)
        .where(
            Match.child_id == child_id,
            Match.status == MatchStatus.ACTIVE,
            # Whoever paused has a place on the page still: the gap fund pays nothing besides.
            or_(place.id.is_(None), place.status != MatchStatus.ACTIVE),
        )
    )
    sums: dict[date, int] = {}
    for match in matches:
        for day in _due_days(match, after=today(now)):
            sums[day] = sums.get(day, 0) + match.instalment_fen
    return [Card({"due_on": day, "amount_fen": sums[day]}) for day in sorted(sums)[:SHOWN_NEXT]]


def rhythm_of(session: Session, child_id: int) -> Rhythm | None:
    """Return how often the child's money comes, None when no match runs."""
    found = select(Match.rhythm).where(
        Match.child_id == child_id, Match.status == MatchStatus.ACTIVE
    )
    return session.scalar(found.order_by(Match.id).limit(1))


def of_village(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the families of the director's own village with what was sent lately, newest first.

    Each instalment carries what she herself entered, and nothing that the family said elsewhere.
    """
    require(viewer, Act.ANSWER_FOR_FAMILY)
    found = _village_lines(session, viewer, Stipend.sent_on >= today(now) - ASKED_FOR)
    families: dict[str, list[Card]] = {}
    for one in found:
        families.setdefault(one["child"]["ref"], []).append(one)
    return [lines[0]["child"].and_also(lines=lines) for lines in families.values()]


def village_line(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one instalment of a family of the director's own village. Raises NotFound."""
    require(viewer, Act.ANSWER_FOR_FAMILY)
    found = _village_lines(session, viewer, *is_line(ref))
    if len(found) != 1:
        raise NotFound()
    return found[0]


def _village_lines(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[Card]:
    director = replace(viewer, roles=viewer.roles & {Role.VILLAGE_DIRECTOR})
    found = gate.cards(
        session,
        director,
        Stipend,
        fields=_VILLAGE_DATES,
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(
                Child, Child.id == Match.child_id, ("ref", "name", "address", "languages")
            ),
            "kin": Part(Kin, guardian(), ("relation", "name", "phone")),
        },
        where=where,
        order_by=(Child.id, Stipend.due_on.desc(), Stipend.id),
    )
    return _with_entries(session, viewer, [card for card in found if card.has("child")])


def guardian() -> ColumnElement[bool]:
    """Join the first guardian or carer still in charge."""
    first = select(func.min(Kin.id)).where(Kin.child_id == Child.id, Kin.until_on.is_(None))
    return Kin.id == first.correlate(Child).scalar_subquery()


def _with_entries(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    """Add what she entered for each family; a later word of its own changes nothing here."""
    matches = {card["match"]["child_ref"] for card in cards}
    said: dict[str, Any] = {}
    handed: set[str] = set()
    for row in session.execute(_mine(viewer, matches)):
        ref = stipend_ref(row.child_ref, row.due_on)
        if row.kind is FactKind.HANDED_OVER:
            handed.add(ref)
        else:
            said[ref] = row
    by_school = _by_school(session, matches)
    return [_with_entry(card, said, handed, by_school) for card in cards]


def _by_school(session: Session, matches: Collection[str]) -> set[str]:
    """Return the refs of those instalments that a school hands over."""
    found = session.execute(
        select(Match.child_ref, Stipend.due_on)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Match.child_ref.in_(matches), Batch.organisation_id.is_not(None))
    )
    return {stipend_ref(child_ref, due_on) for child_ref, due_on in found}


def _mine(
    viewer: Viewer, matches: Collection[str]
) -> Select[str, date, FactKind, str | None, date]:
    """Select what she herself stated of these matches' instalments, in the order she did."""
    return (
        select(Match.child_ref, Stipend.due_on, Fact.kind, Fact.detail, Fact.on)
        .join(Stipend, Stipend.id == Fact.stipend_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(
            Match.child_ref.in_(matches),
            Fact.by == viewer.actor,
            Fact.cancels_id.is_(None),
            Fact.kind.in_((FactKind.CONFIRMED, FactKind.DISPUTED, FactKind.HANDED_OVER)),
        )
        .order_by(Fact.id)
    )


def _with_entry(
    card: Card, said: Mapping[str, Any], handed: Collection[str], by_school: Collection[str]
) -> Card:
    ref = stipend_ref(card["match"]["child_ref"], card["due_on"])
    entered = said.get(ref)
    is_gone = card["returned_on"] is not None or card["written_off_on"] is not None
    return card.and_also(
        ref=ref,
        is_by_school=ref in by_school,
        may_answer=not is_gone and (ref not in handed or card["handed_over_on"] is None),
        is_gone=is_gone,
        entered=Answer(entered.detail) if entered else None,
        entered_on=entered.on if entered else None,
    )


def _due_days(match: Match, *, after: date) -> list[date]:
    start = max(after + timedelta(days=1), match.starts_on or after)
    days = due_days(STANDARD[match.rhythm], start=start, until=add_months(after, NEXT_MONTHS))
    return [day for day in days if match.ends_on is None or day < match.ends_on]


def _has_answered(card: Card) -> bool:
    return card["confirmed_on"] is not None or card["disputed_on"] is not None


def _answer(session: Session, stipend_id: int | None) -> Answer:
    """Return the latest answer; staff's settling counts as "received"."""
    detail = session.scalar(
        select(Fact.detail)
        .where(
            Fact.stipend_id == stipend_id,
            Fact.kind.in_((FactKind.CONFIRMED, FactKind.DISPUTED)),
            Fact.cancels_id.is_(None),
        )
        .order_by(Fact.id.desc())
        .limit(1)
    )
    return Answer(detail) if detail in set(Answer) else Answer.RECEIVED


def _is_settled(session: Session, stipend_id: int | None) -> bool:
    mine = (Settlement.stipend_id == stipend_id, Settlement.lifted_on.is_(None))
    return bool(session.scalar(select(exists().where(*mine))))


def _hand(session: Session, stipend_id: int | None) -> Route | None:
    """Return by whose hand an instalment goes, None before it stands in a batch."""
    found = select(Batch.route).join(Stipend, Stipend.batch_id == Batch.id)
    return session.scalar(found.where(Stipend.id == stipend_id))
