"""Whom a school, a class teacher or a village director hands what.

Nothing a family said is here: every state comes from what the hand itself stated (law 15).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Fact, Stipend
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.dates import add_months, at, today
from vocabulary.enums import BatchStatus, FactKind, Role, StipendStatus
from vocabulary.errors import NotFound
from vocabulary.refs import read_stipend_ref, stipend_ref
from vocabulary.stipends import school_status_of

HANDS = frozenset({Role.SCHOOL_OFFICER, Role.CLASS_TEACHER, Role.VILLAGE_DIRECTOR})
_FIELDS = (
    "due_on",
    "amount_fen",
    "sent_on",
    "handed_over_on",
    "not_handed_over_on",
    "snag",
    "handed_fen",
)
_CHILD_FIELDS = ("name", "grade", "class_name", "class_label")
MOVED_AWAY = "已转出的同学"


def as_hand(viewer: Viewer) -> Viewer:
    """Keep only the roles that hand over: whoever is staff as well sees no more here.

    Raises NotFound for somebody who is no hand.
    """
    roles = viewer.roles & HANDS
    if not roles:
        raise NotFound()
    return replace(viewer, roles=roles)


def list_for(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """Return the hand's current batches with their lines, exceptions first, and their progress.

    Current is what was sent and is not all stated, what was closed today (a wrong tap can still be
    taken back), and what still holds money that could not be handed over.
    """
    still = or_(Batch.status == BatchStatus.SENT, _has_snag(), _was_touched_today(now))
    return _batches(session, as_hand(viewer), still, now=now)


def batch(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one batch of the hand with its lines. Raises NotFound."""
    found = _batches(session, as_hand(viewer), Batch.ref == ref, now=now)
    if not found:
        raise NotFound()
    return found[0]


def past(session: Session, viewer: Viewer, *, limit: int = 60) -> list[Card]:
    """Return every batch the hand ever got, newest first: how many lines, how many handed over."""
    cards = gate.cards(
        session,
        as_hand(viewer),
        Batch,
        where=(Batch.sent_on.is_not(None),),
        order_by=(Batch.month.desc(), Batch.number.desc(), Batch.memo),
        limit=limit,
    )
    totals = session.execute(
        select(
            Batch.ref,
            func.count(Stipend.id).label("count"),
            func.count(Stipend.handed_over_on).label("done_count"),
            func.sum(Stipend.amount_fen).label("total_fen"),
        )
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(Batch.ref.in_([card["ref"] for card in cards]))
        .group_by(Batch.ref)
    ).mappings()
    by_ref = {row["ref"]: row for row in totals}
    return [card.and_also(**by_ref[card["ref"]]) for card in cards if card["ref"] in by_ref]


def line(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one line of one of the hand's batches. Raises NotFound."""
    hand = as_hand(viewer)
    found = _batches(session, hand, Batch.id.in_(batch_of(ref)), now=now)
    for card in found:
        for one in card["lines"]:
            if one["ref"] == ref:
                single: Card = one.and_also(batch=card)
                return single
    raise NotFound()


def is_line(ref: str) -> list[ColumnElement[bool]]:
    """Say in SQL which instalment a child-side ref names. Raises NotFound for a malformed one."""
    match_ref, month = read_stipend_ref(ref)
    return [
        Stipend.match_id.in_(select(Match.id).where(Match.child_ref == match_ref)),
        Stipend.due_on >= month,
        Stipend.due_on < add_months(month, 1),
    ]


def batch_of(ref: str) -> ColumnElement[int]:
    """Select the key of the batch in which an instalment is handed over."""
    return select(Stipend.batch_id).where(*is_line(ref)).scalar_subquery()


def _batches(
    session: Session, hand: Viewer, which: ColumnElement[bool], *, now: datetime
) -> list[Card]:
    cards = gate.cards(
        session,
        hand,
        Batch,
        where=(which, Batch.sent_on.is_not(None)),
        order_by=(Batch.month.desc(), Batch.number.desc(), Batch.memo),
    )
    undoable = _undoable(session, [card["ref"] for card in cards], now=now)
    return [_whole(session, hand, card, undoable, now=now) for card in cards]


def _whole(
    session: Session, hand: Viewer, card: Card, undoable: set[str], *, now: datetime
) -> Card:
    found = gate.cards(
        session,
        hand,
        Stipend,
        fields=_FIELDS,
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(Child, Child.id == Match.child_id, _CHILD_FIELDS),
        },
        where=(Stipend.batch_id.in_(select(Batch.id).where(Batch.ref == card["ref"])),),
    )
    lines = sorted((_line(one, card["month"], undoable) for one in found), key=_in_order)
    done = [one for one in lines if one["is_handed_over"]]
    todo = [one for one in lines if one["is_open"]]
    return card.and_also(
        lines=lines,
        snags=[one for one in lines if one["snag"] and not one["is_handed_over"]],
        todo=todo,
        done=done,
        count=len(lines),
        done_count=len(done),
        left_count=len(lines) - len(done),
        total_fen=sum(one["amount_fen"] for one in lines),
        todo_fen=sum(one["amount_fen"] for one in todo),
        class_labels=_labels(lines),
        days_late=_days_late(card["hand_over_by"], today(now)),
    )


def _line(card: Card, month: date, undoable: set[str]) -> Card:
    """Flatten one line: ref, name, class, sum, state, and what may be done with it."""
    ref = stipend_ref(card["match"]["child_ref"], card["due_on"])
    child = card.get("child") or {"name": MOVED_AWAY, "class_label": "", "grade": None}
    dates = {
        FactKind.SENT: card["sent_on"],
        FactKind.HANDED_OVER: card["handed_over_on"],
        FactKind.NOT_HANDED_OVER: card["not_handed_over_on"],
    }
    state = school_status_of(dates)
    return Card(
        {
            "ref": ref,
            "name": child["name"],
            "class_label": child["class_label"],
            "grade": child["grade"],
            "amount_fen": card["amount_fen"],
            "month": card["due_on"],
            "is_made_up": card["due_on"] < month,
            "state": state,
            "snag": card["snag"],
            "handed_fen": card["handed_fen"],
            "handed_over_on": card["handed_over_on"],
            "noted_on": card["handed_over_on"] or card["not_handed_over_on"],
            "is_handed_over": state is StipendStatus.HANDED_OVER,
            "is_open": state is StipendStatus.SENT,
            "may_take_back": ref in undoable,
        }
    )


def _in_order(one: Card) -> tuple[object, ...]:
    """Exceptions first, then whom to hand next, then what is done; within by class and name."""
    group = 0 if one["snag"] and not one["is_handed_over"] else 1 if one["is_open"] else 2
    return (
        group,
        one["grade"] or 0,
        one["class_label"],
        _sound(one["name"]),
        one["month"],
        one["ref"],
    )


def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 its tables take 60 ms, only lists need them

    return "".join(lazy_pinyin(name))


def _days_late(hand_over_by: date | None, day: date) -> int:
    return max(0, (day - hand_over_by).days) if hand_over_by else 0


def _labels(lines: Sequence[Card]) -> list[str]:
    known = {(one["grade"] or 0, one["class_label"]) for one in lines if one["class_label"]}
    return [label for _, label in sorted(known)]


def _has_snag() -> ColumnElement[bool]:
    """Its money still lies with the hand: whatever was in the way, the line stays in sight."""
    return exists().where(
        Stipend.batch_id == Batch.id,
        Stipend.not_handed_over_on.is_not(None),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
    )


def _was_touched_today(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Stipend.batch_id == Batch.id,
        Fact.stipend_id == Stipend.id,
        Fact.kind.in_((FactKind.HANDED_OVER, FactKind.NOT_HANDED_OVER)),
        Fact.noted_at >= at(today(now), 0),
    )


def _undoable(session: Session, batches: Sequence[str], *, now: datetime) -> set[str]:
    """Return the refs of lines whose hand-over was noted today and stands."""
    later = aliased(Fact)
    found = session.execute(
        select(Match.child_ref, Stipend.due_on)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .join(Fact, Fact.stipend_id == Stipend.id)
        .outerjoin(later, later.cancels_id == Fact.id)
        .where(
            Batch.ref.in_(batches),
            Fact.kind == FactKind.HANDED_OVER,
            Fact.cancels_id.is_(None),
            Fact.noted_at >= at(today(now), 0),
            later.id.is_(None),
        )
    )
    return {stipend_ref(child_ref, due_on) for child_ref, due_on in found}
