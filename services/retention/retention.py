"""How long what is kept: data/retention.toml, carried out every night, one act a slice."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from models.retention import RetentionAct
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.retention.retention_acts import CARRIED, Carry
from services.writing import insert_into
from vocabulary.dates import today

_TABLE = Path(__file__).parents[2] / "data" / "retention.toml"
DELETE, STORE_ONLY = "delete", "store_only"
REPORTED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, how long, counted from when, what happens then, which law."""

    name: str
    what: str
    days: int
    since: str
    then: str
    law: str


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return the table. Raises ValueError for a row that nothing would carry out."""
    found = tuple(Row(**one) for one in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["row"])
    deleted = {row.name for row in found if row.then == DELETE}
    strange = {row.then for row in found} - {DELETE, STORE_ONLY}
    if strange or deleted != CARRIED.keys():
        raise ValueError("the retention table and what carries it out differ")  # noqa: TRY003, EM101 a mistake of ours
    return found


def carry_out(session: Session, by: Viewer, name: str, *, now: datetime) -> int:
    """Let go of what has passed one row's period, as much as a slice takes; return how much."""
    require(by, Act.CARRY_OUT_RETENTION)
    row = next(row for row in rows() if row.name == name)
    act: Carry = CARRIED[name]
    done = act(session, by, now - timedelta(days=row.days), now)
    _note(session, name, done, now=now)
    if done:
        detail = {"done": done}
        trace.record(session, by, "retention.carry", f"retention:{name}", now=now, detail=detail)
    return done


def _note(session: Session, name: str, done: int, *, now: datetime) -> None:
    """Add to the day's count; a night on which nothing was due is noted too."""
    new = insert_into(session, RetentionAct.__table__)
    more = {"done": RetentionAct.done + done}
    session.execute(
        new.values(name=name, on=today(now), done=done).on_conflict_do_update(
            index_elements=["name", "on"], set_=more
        )
    )


def report(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """Return the table with what each row let go of in 30 days, and when it was last carried out."""
    require(viewer, Act.SEE_RETENTION)
    lately = RetentionAct.on > today(now) - timedelta(days=REPORTED_DAYS)
    acts: dict[str, list[Card]] = {}
    for act in gate.cards(session, viewer, RetentionAct, where=(lately,)):
        acts.setdefault(act["name"], []).append(act)
    return [_line(row, acts.get(row.name, [])) for row in rows()]


def _line(row: Row, acts: list[Card]) -> Card:
    facts = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    last = max((act["on"] for act in acts), default=None)
    return Card(facts | {"last_on": last, "recent": sum(act["done"] for act in acts)})
