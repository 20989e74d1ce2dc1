"""What one word of a hand writes, for one line or for a whole list: facts, notices, the batch's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.stipends import Batch, Stipend
from privacy.viewers import Viewer
from services.handover import own_words
from services.lifecycle import advance_each
from services.stipends import facts, news
from services.stipends.facts import Basis
from services.stipends.sides import Sides, sides_of
from vocabulary.dates import today
from vocabulary.enums import BatchStatus, Evidence, FactKind, Snag
from vocabulary.errors import BadInput
from vocabulary.money import Fen

LONGEST_RELATION = 20
_SNAG = (
    update(Stipend.__table__)  # type: ignore[arg-type]
    .where(Stipend.id == bindparam("key"))
    .values(snag=bindparam("snag"), handed_fen=bindparam("handed_fen"))
)


_IDS: Any = bindparam("ids", expanding=True)
_UNSTATED = (
    select(Stipend.batch_id)
    .where(
        Stipend.batch_id.in_(_IDS),
        Stipend.handed_over_on.is_(None),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
        Stipend.cancelled_on.is_(None),
        or_(Stipend.not_handed_over_on.is_(None), Stipend.snag == Snag.PARTLY),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a hand says of one line that did not go as listed.

    `relation` says who took it (代领), `handed` how much was handed so far (部分).
    """

    snag: Snag
    relation: str = ""
    handed: Fen | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What one hand says of its list: what did not go as listed, and what did."""

    by: Viewer
    snags: Sequence[tuple[Stipend, Said]]
    rest: Sequence[Stipend]


def read(one: Snag | Said) -> Said:
    """Return what is said, a snag alone or with more. Raises BadInput.

    Whose guardian works in the unit is said on a page of its own (work_units/stepping_aside).
    """
    said = Said(one) if isinstance(one, Snag) else one
    if said.snag is Snag.OWN_STAFF:
        raise BadInput(field="snag", reason="said_elsewhere")
    if len(said.relation) > LONGEST_RELATION:
        raise BadInput(field="relation", reason="too_long")
    return said


def state_all(
    session: Session,
    snags: Sequence[tuple[Stipend, Said]],
    rest: Sequence[Stipend],
    *,
    by: Viewer,
    now: datetime,
    evidence: Evidence,
    sides: Sides | None = None,
) -> None:
    """State what one hand says of its list, as `state_each` does of several hands'."""
    state_each(session, [Stated(by, snags, rest)], now=now, evidence=evidence, sides=sides)


def state_each(
    session: Session,
    words: Sequence[Stated],
    *,
    now: datetime,
    evidence: Evidence,
    sides: Sides | None = None,
) -> None:
    """State what did not go as listed; what somebody else took counts as handed over like the rest."""
    if not words:
        return
    _keep_snags(session, [snag for word in words for snag in word.snags])
    held: list[tuple[Stipend, Basis]] = []
    handed: list[tuple[Stipend, Basis]] = []
    for word in words:
        for stipend, said in word.snags:
            basis = _basis(stipend, said, evidence, said_by=word.by)
            (handed if said.snag is Snag.SOMEONE_ELSE else held).append((stipend, basis))
        handed += [(stipend, Basis(evidence, said_by=word.by)) for stipend in word.rest]
    parts = [(one, word.by.actor) for word in words for one, said in word.snags if said.handed]
    own_words.refuse(session, parts)
    by = words[0].by  # each fact names its own hand
    facts.record_all(session, FactKind.NOT_HANDED_OVER, held, on=today(now), by=by, now=now)
    hand_over(session, handed, by=by, now=now, sides=sides)


def _basis(stipend: Stipend, said: Said, evidence: Evidence, *, said_by: Viewer) -> Basis:
    """Return on what a word about an exception rests; call it after its sum was kept."""
    if said.snag is Snag.SOMEONE_ELSE:
        return Basis(evidence, detail=said.relation.strip() or None, said_by=said_by)
    handed = stipend.handed_fen
    return Basis(Evidence.WORD, detail=said.snag.value, amount_fen=handed, said_by=said_by)


def _keep_snags(session: Session, snags: Sequence[tuple[Stipend, Said]]) -> None:
    """Write what was in the way of each: one statement, where a flush writes row by row."""
    session.flush()
    kept = [{"snag": said.snag, "handed_fen": _part_of(one, said)} for one, said in snags]
    rows = [{"key": one.id, **values} for (one, _), values in zip(snags, kept, strict=True)]
    if rows:
        session.connection().execute(_SNAG, rows)
    for (stipend, _), values in zip(snags, kept, strict=True):
        for name, value in values.items():
            set_committed_value(stipend, name, value)


def _part_of(stipend: Stipend, said: Said) -> Fen | None:
    """Return the sum handed so far of a part, which is less than the whole. Raises BadInput."""
    if said.snag is not Snag.PARTLY:
        return None
    if said.handed is None or not 0 < said.handed < stipend.amount_fen:
        raise BadInput(field="handed", reason="not_a_part")
    return said.handed


def hand_over(
    session: Session,
    said: Sequence[tuple[Stipend, Basis]],
    *,
    by: Viewer,
    now: datetime,
    sides: Sides | None = None,
) -> None:
    """State that each was handed over, on its own basis, and tell who waits for it.

    Raises ActedBefore for a hand that entered what the family of one of them says (law 8).
    """
    hands = [(stipend, (basis.said_by or by).actor) for stipend, basis in said]
    own_words.refuse(session, hands)
    stipends = [stipend for stipend, _ in said]
    behind = sides_of(session, stipends) if sides is None else sides
    kind, on = FactKind.HANDED_OVER, today(now)
    facts.record_all(session, kind, said, on=on, by=by, now=now, sides=behind)
    news.handed_over(session, stipends, now=now, sides=behind)


def close_or_reopen(session: Session, found: Batch, *, by: Viewer, now: datetime) -> None:
    """Close a batch whose lines are all stated; a part handed over is no statement yet."""
    close_or_reopen_all(session, [(found, by)], now=now)


def close_or_reopen_all(
    session: Session, stated: Sequence[tuple[Batch, Viewer]], *, now: datetime
) -> None:
    """Close or reopen each batch by whom it was stated, in as many statements as for one."""
    session.flush()
    ids = [found.id for found, _ in stated]
    unstated = set(session.connection().execute(_UNSTATED, {"ids": ids}).scalars())
    wanted = [
        (found, BatchStatus.SENT if found.id in unstated else BatchStatus.CLOSED, by)
        for found, by in stated
    ]
    steps = [step for step in wanted if step[0].status is not step[1]]
    advance_each(session, steps, now=now)
