"""What the runs opened: every slice wrote down a digest over its instalments, in the hash chain."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.trace import OrdinaryEntry
from services.checking.pinned import Pinned


def opened_by_runs(session: Session) -> list[str]:
    """Compare the instalments of every run with what its slices wrote into the trace.

    Where they differ, the books are asked what was opened: if that is what the run wrote down, the
    rows alone changed, and which ones is known.
    """
    rows = [Made(*row) for row in session.execute(text(_OPENED))]
    lines: dict[int, list[Made]] = {}
    for one in rows:
        lines.setdefault(one.run_id, []).append(one)
    found = [said for detail in _slices(session) for said in _slice(session, lines, detail)]
    return found + [
        f"任务 {run_id}：多出 {len(rest)} 笔不是它开的助学金"
        for run_id, rest in lines.items()
        if rest
    ]


class Made(NamedTuple):
    """One instalment as its row has it, or as the books do."""

    run_id: int
    id: int
    match_id: int
    due_on: object
    amount_fen: object

    def __str__(self) -> str:
        """Return what a slice's digest holds of it."""
        return ",".join(str(value) for value in self[1:])


_OPENED = "SELECT run_id, id, match_id, due_on, amount_fen FROM stipends ORDER BY run_id, id"
_BOOKED = """SELECT s.run_id, s.id, s.match_id, t."on", -p.amount FROM stipends s
JOIN transactions t ON t.id = (SELECT MIN(o.id) FROM transactions o
                               WHERE o.stipend_id = s.id AND o.kind = 'opened')
JOIN postings p ON p.transaction_id = t.id AND p.account = 'owed'
WHERE s.run_id = :run AND s.id BETWEEN :first AND :last"""


def _slices(session: Session) -> Iterable[Mapping[str, Any]]:
    opened = select(OrdinaryEntry.detail).where(OrdinaryEntry.act == "stipends.open")
    return session.scalars(opened.order_by(OrdinaryEntry.seq))


def _slice(
    session: Session, lines: dict[int, list[Made]], detail: Mapping[str, Any]
) -> Iterator[str]:
    """Take a slice's instalments from those of its run; say so when they are not the same."""
    mine = lines.get(detail["run"], [])
    made, lines[detail["run"]] = mine[: detail["count"]], mine[detail["count"] :]
    if _digest(made) == detail["digest"]:
        return
    booked = _booked(session, made)
    if _digest(booked) != detail["digest"]:
        yield f"任务 {detail['run']}：开出的 {detail['count']} 笔和当时记下的不是同样的"
        return
    for one, was in zip(made, booked, strict=True):
        if str(one) != str(was):
            ref = session.scalar(
                text("SELECT child_ref FROM matches WHERE id = :id"), {"id": one.match_id}
            )
            said = f"结对 {ref}：第 {one.id} 笔助学金和任务 {one.run_id} 开出时记下的不一样"
            yield Pinned(said, one.match_id, one.id)


def _booked(session: Session, made: Sequence[Made]) -> list[Made]:
    if not made:
        return []
    asked = {"run": made[0].run_id, "first": made[0].id, "last": made[-1].id}
    rows = {row.id: row for row in (Made(*r) for r in session.execute(text(_BOOKED), asked))}
    return [rows.get(one.id, one) for one in made]


def _digest(made: Iterable[Made]) -> str:
    return hashlib.sha256(";".join(map(str, made)).encode()).hexdigest()
