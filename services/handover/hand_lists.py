"""Whom a school, a class teacher, a village director or a work unit's clerk hands what.

Nothing a family said is here: every state comes from what the hand itself stated (law 15).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import HANDS
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part, Wanted
from vocabulary.dates import add_months, today
from vocabulary.enums import BatchStatus, FactKind, StipendStatus
from vocabulary.errors import NotFound
from vocabulary.refs import read_stipend_ref, stipend_ref
from vocabulary.stipends import school_status_of

_FIELDS = (
    "due_on",
    "amount_fen",
    "sent_on",
    "handed_over_on",
    "not_handed_over_on",
    "snag",
    "handed_fen",
    "returned_on",
    "written_off_on",
)
_CHILD = ("name", "grade", "class_name", "class_label", "address")
_LINE = {
    "line": Part(Stipend, Stipend.batch_id == Batch.id, _FIELDS),
    "match": Part(Match, Match.id == Stipend.match_id, ("child_ref", "occasion")),
    "child": Part(Child, Child.id == Match.child_id, _CHILD),
}
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
    hand = as_hand(viewer)
    return _batches(gate.ask(session, hand, _current(hand), day=today(now)), now=now)


def batch(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one batch of the hand with its lines. Raises NotFound."""
    hand = as_hand(viewer)
    found = _batches(gate.ask(session, hand, _named(hand), ref=ref), now=now)
    if not found:
        raise NotFound()
    return found[0]


def line(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one line of one of the hand's batches. Raises NotFound."""
    hand = as_hand(viewer)
    where = (Batch.id.in_(batch_of(ref)), Batch.sent_on.is_not(None))
    rows = gate.cards(session, hand, Batch, parts=_LINE, where=where)
    for card in _batches(rows, now=now):
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


@gate.written_once
def _current(_hand: Viewer) -> Wanted:
    return _with_lines(or_(Batch.status == BatchStatus.SENT, _has_more()))


@gate.written_once
def _named(_hand: Viewer) -> Wanted:
    return _with_lines(Batch.ref == bindparam("ref"))


def _with_lines(which: ColumnElement[bool]) -> Wanted:
    """Ask for batches with their lines: one statement, however many of both."""
    return Wanted(
        Batch,
        parts=_LINE,
        where=(which, Batch.sent_on.is_not(None)),
        order_by=(Batch.month.desc(), Batch.number.desc(), Batch.memo),
    )


def _batches(rows: Sequence[Card], *, now: datetime) -> list[Card]:
    batches: dict[str, list[Card]] = {}
    for row in rows:
        batches.setdefault(row["ref"], []).append(row)
    return [_whole(found, day=today(now)) for found in batches.values()]


def _whole(rows: Sequence[Card], *, day: date) -> Card:
    card = Card({name: value for name, value in rows[0].items() if name not in _LINE})
    found = (_line(row, day=day) for row in rows if row.has("line"))
    lines = sorted(found, key=_in_order)
    done = [one for one in lines if one["is_handed_over"]]
    todo = [one for one in lines if one["is_open"]]
    gone = [one for one in lines if one["is_gone"]]
    return card.and_also(
        lines=lines,
        snags=[
            one for one in lines if one["snag"] and not one["is_handed_over"] and not one["is_gone"]
        ],
        gone=gone,
        todo=todo,
        done=done,
        count=len(lines),
        done_count=len(done),
        left_count=len(lines) - len(done) - len(gone),
        total_fen=sum(one["amount_fen"] for one in lines),
        todo_fen=sum(one["amount_fen"] for one in todo),
        class_labels=_labels(lines),
        days_late=_days_late(card["hand_over_by"], day),
    )


def _line(row: Card, *, day: date) -> Card:
    """Flatten one line: ref, name, class, sum, state, and what may be done with it."""
    card = row["line"]
    ref = stipend_ref(row["match"]["child_ref"], card["due_on"])
    child = row.get("child") or {"name": MOVED_AWAY}
    dates = {
        FactKind.SENT: card["sent_on"],
        FactKind.HANDED_OVER: card["handed_over_on"],
        FactKind.NOT_HANDED_OVER: card["not_handed_over_on"],
        FactKind.RETURNED: card["returned_on"],
        FactKind.WRITTEN_OFF: card["written_off_on"],
    }
    state = school_status_of(dates)
    return Card(
        {
            "ref": ref,
            "name": child["name"],
            "class_label": child.get("class_label", ""),
            "grade": child.get("grade"),
            "address": child.get("address"),
            "amount_fen": card["amount_fen"],
            "month": card["due_on"],
            "is_made_up": card["due_on"] < row["month"],
            "is_gift": row["match"]["occasion"] is not None,
            "state": state,
            "snag": card["snag"],
            "handed_fen": card["handed_fen"],
            "handed_over_on": card["handed_over_on"],
            "returned_on": card["returned_on"],
            "written_off_on": card["written_off_on"],
            "noted_on": card["handed_over_on"] or card["not_handed_over_on"],
            "is_handed_over": state is StipendStatus.HANDED_OVER,
            "is_open": state is StipendStatus.SENT,
            "is_gone": state in (StipendStatus.RETURNED, StipendStatus.WRITTEN_OFF),
            # A hand's word bears the day on which it is given, and stands until midnight.
            "may_take_back": card["handed_over_on"] == day,
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
    return "".join(map(_syllable, name))


@cache
def _syllable(character: str) -> str:
    """Return one character's sound: kept, for asking takes as long as drawing a line."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 its tables take 60 ms, only lists need them

    return "".join(lazy_pinyin(character))


def _days_late(hand_over_by: date | None, day: date) -> int:
    return max(0, (day - hand_over_by).days) if hand_over_by else 0


def _labels(lines: Sequence[Card]) -> list[str]:
    known = {(one["grade"] or 0, one["class_label"]) for one in lines if one["class_label"]}
    return [label for _, label in sorted(known)]


def _has_more() -> ColumnElement[bool]:
    """Its money still lies with the hand, or it was stated today: the batch stays in sight."""
    day: Any = bindparam("day")
    return (
        exists()
        .where(
            Stipend.batch_id == Batch.id,
            or_(
                and_(
                    Stipend.not_handed_over_on.is_not(None),
                    Stipend.returned_on.is_(None),
                    Stipend.written_off_on.is_(None),
                ),
                Stipend.handed_over_on == day,
                Stipend.not_handed_over_on == day,
            ),
        )
        .correlate(Batch)
    )
