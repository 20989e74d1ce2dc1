"""A hand's word about its whole list: exceptions first, then that all the rest was handed over."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Which
from services.handover import handing, own_words
from services.handover.hand_lists import as_hand, batch_of, is_line
from services.handover.handing import Said, Stated
from services.stipends.sides import Sides, sides_of
from vocabulary.enums import Evidence, Route, Snag
from vocabulary.errors import ActedBefore, AlreadyDecided, NotCleared, NotFound
from vocabulary.refs import stipend_ref

Exceptions = Mapping[str, Snag | Said]
_NAMED = Which(Batch, Batch.ref == bindparam("of_ref"))
_OPEN = Which(
    Stipend,
    Stipend.batch_id == bindparam("of_batch"),
    Stipend.sent_on.is_not(None),
    Stipend.handed_over_on.is_(None),
    Stipend.not_handed_over_on.is_(None),
    Stipend.returned_on.is_(None),
    Stipend.written_off_on.is_(None),
)


def confirm_all(
    session: Session,
    by: Viewer,
    batch_ref: str,
    except_for: Exceptions | None = None,
    *,
    now: datetime,
    evidence: Evidence = Evidence.WORD,
    shown: Collection[str] | None = None,
) -> int:
    """State the exceptions first, then that every other open line was handed over.

    `shown` are the lines that the hand had before it: no other is touched, so that an old page
    confirms nothing that stood not on it. Returns how many were handed over. Raises AlreadyDecided
    when somebody else was first, ActedBefore when the hand answered for all of these families.
    As many statements for 300 lines as for one.
    """
    word = Word(by, batch_ref, except_for or {}, shown)
    return confirm_each(session, [word], now=now, evidence=evidence)


@dataclass(frozen=True, slots=True)
class Word:
    """What one hand says of one batch, as `confirm_all` takes it."""

    by: Viewer
    batch_ref: str
    except_for: Exceptions = field(default_factory=dict)
    shown: Collection[str] | None = None


def confirm_each(
    session: Session,
    words: Sequence[Word],
    *,
    now: datetime,
    evidence: Evidence = Evidence.WORD,
) -> int:
    """Keep the words of several hands, each about a batch of its own, all or none.

    Each looks with its own eyes; what is written takes as many statements as for one.
    """
    if not words:
        return 0
    hands = [hand_of(word.by) for word in words]
    named = [{"of_ref": word.batch_ref} for word in words]
    found = [
        _only(rows)
        for rows in gate.rows_each(session, _NAMED, list(zip(hands, named, strict=True)))
    ]
    for batch in found:
        _check_cleared(batch)
    inside = [{"of_batch": batch.id} for batch in found]
    found_open = gate.rows_each(session, _OPEN, list(zip(hands, inside, strict=True)))
    opened = _of_others(session, words, found_open)
    sides = sides_of(session, [stipend for rows in opened for stipend in rows])
    lists = [_judged(session, word, rows, sides) for word, rows in zip(words, opened, strict=True)]
    stated = [one.stated for one in lists]
    handing.state_each(session, stated, now=now, evidence=evidence, sides=sides)
    done = [(word.by, f"batch:{word.batch_ref}") for word in words]
    details = [one.detail for one in lists]
    trace.record_all(session, "batch.hand_over", done, now=now, details=details)
    closing = [(batch, word.by) for word, batch in zip(words, found, strict=True)]
    handing.close_or_reopen_all(session, closing, now=now)
    return sum(len(one.rest) for one in stated)


def _of_others(
    session: Session, words: Sequence[Word], opened: Sequence[Sequence[Stipend]]
) -> list[Sequence[Stipend]]:
    """Leave open what a hand answered for the family itself: somebody else hands that over.

    Raises ActedBefore where it answered for all that is open, or for one that it names.
    """
    said = [(one, word.by.actor) for word, rows in zip(words, opened, strict=True) for one in rows]
    own = own_words.answered(session, said)
    left = [[one for one in rows if one.id not in own] for rows in opened]
    if any(rows and not rest for rows, rest in zip(opened, left, strict=True)):
        raise ActedBefore()
    return [*left]


def _only(rows: Sequence[Batch]) -> Batch:
    if len(rows) != 1:
        raise NotFound()
    return rows[0]


class _Judged(NamedTuple):
    stated: Stated
    detail: Mapping[str, Any]


def _judged(session: Session, word: Word, rows: Sequence[Stipend], sides: Sides) -> _Judged:
    """Return what a word states, if it is about open lines, and what its trace keeps of it."""
    said = {ref: handing.read(one) for ref, one in word.except_for.items()}
    lines = {stipend_ref(sides[one.id].child_ref, one.due_on): one for one in rows}
    if word.shown is not None:
        lines = {ref: stipend for ref, stipend in lines.items() if ref in word.shown}
    if not lines or not said.keys() <= lines.keys():
        _check_are_lines(session, hand_of(word.by), said.keys() - lines.keys())
        raise AlreadyDecided()
    snags = [(lines[ref], one) for ref, one in said.items()]
    rest = [stipend for ref, stipend in lines.items() if ref not in said]
    detail = {
        "handed_over": len(rest),
        "digest": _digest(lines.keys() - said.keys()),
        "except": {ref: one.snag.value for ref, one in said.items()},
    }
    return _Judged(Stated(word.by, snags, rest), detail)


def hand_of(by: Viewer) -> Viewer:
    """Return only what of a viewer hands over. Raises NotPermitted, or NotFound for no hand."""
    require(by, Act.HAND_OVER)
    return as_hand(by)


def line_row(session: Session, hand: Viewer, ref: str) -> Stipend:
    """Return the row of one line, in a batch of this hand.

    Raises NotFound, NotCleared, and AlreadyDecided for what a unit steps aside from: it goes back.
    """
    _check_cleared(gate.row(session, hand, Batch, Batch.id == batch_of(ref)))
    stipend = gate.row(session, hand, Stipend, *is_line(ref))
    if stipend.snag is Snag.OWN_STAFF:
        raise AlreadyDecided()
    return stipend


def _check_cleared(batch: Batch) -> None:
    """Let a unit hand over only once its clerk said whose guardian works there (回避)."""
    if batch.route is Route.WORK_UNIT and batch.cleared_on is None:
        raise NotCleared()


def _check_are_lines(session: Session, hand: Viewer, refs: Collection[str]) -> None:
    """Raise NotFound for a ref that is no line of this hand's at all."""
    for ref in sorted(refs):
        line_row(session, hand, ref)


def _digest(refs: Collection[str]) -> str:
    """Return what shows later which lines one act was about."""
    return hashlib.sha256("\n".join(sorted(refs)).encode()).hexdigest()
