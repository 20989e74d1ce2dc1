"""Does the database agree with itself? A finding is an inconsistency, or silence at a due day.

Late, 待核实, held and set aside are states: they are counted and are no findings. Everything is
read as raw SQL, so that a damaged row is named rather than stumbled over.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import triggers, vault_schema
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.accountancy import waiting
from services.books import books
from services.checking import (
    apart,
    bank_checks,
    book_checks,
    figure_checks,
    file_checks,
    fund_checks,
    kept_checks,
    pinned,
    record_checks,
    rest_checks,
    run_checks,
)
from services.earmarks import checks as earmark_checks
from services.family_checks import draws
from services.giving import part_checks
from services.month_page import checking
from services.online_payments import book_lines
from services.papers import checks as paper_checks
from services.routes import checks as route_checks
from services.work_units import one_side
from vocabulary.dates import SHANGHAI, today
from vocabulary.enums import Chain
from vocabulary.schedule import STANDARD, due_days

Findings = list[str]
SHOWN = 50
RUN_DONE_HOUR = 12  # the run begins at six; by noon its day must be done
_FIRST_DAY = date(1900, 1, 1)
_CHAINS = {Chain.ORDINARY: "工作记录", Chain.CUSTODIAN: "保密记录"}


def report(session: Session, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """Run every check; `ok` is false when one found something.

    `contained` says how many of a check's findings are wholly about records that are set apart, or
    are as soon as the comparison is kept: `apart` names them.
    """
    require(viewer, Act.SEE_BOOKS)
    found = dict(_all(session, now))
    are_proven = pinned.proven(found)
    own = {name: pinned.contained(lines, are_proven) for name, lines in found.items()}
    checks = [
        {
            "name": name,
            "count": len(lines),
            "contained": len(own[name]),
            "findings": list(map(str, lines[:SHOWN])),
        }
        for name, lines in found.items()
    ]
    return {
        "ok": not any(found.values()),
        "checks": checks,
        "apart": apart.named(session, [one for lines in own.values() for one in lines]),
        "states": waiting.states(session, viewer, now=now),
        "oldest": waiting.oldest(session, viewer, now=now),
        "balance": _balance(session, viewer),
        "jobs": _jobs(session),
        "heads": _heads(session, viewer),
    }


def _balance(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the trial balance; nothing where the books cannot be read."""
    try:
        with session.begin_nested():
            return [{**line} for line in books.trial_balance(session, viewer)]
    except (SQLAlchemyError, LookupError, ValueError):  # an account nobody knows is a finding
        return []


_LAST_RUNS = """SELECT name, status, period, due, done, skipped, failed FROM job_runs
WHERE id IN (SELECT MAX(id) FROM job_runs GROUP BY name) ORDER BY name"""


def _jobs(session: Session) -> list[dict[str, Any]]:
    """Return of every job's latest run what was due and what became of it."""
    try:
        with session.begin_nested():
            rows = session.execute(text(_LAST_RUNS)).mappings().all()
    except SQLAlchemyError:
        return []
    return [{**row, "period": str(row["period"])} for row in rows]


def _heads(session: Session, viewer: Viewer) -> dict[str, Any]:
    """Return where the chains end, to be kept elsewhere; nothing where that cannot be read."""
    try:
        with session.begin_nested():
            return dict(trace.heads(session, viewer))
    except SQLAlchemyError:
        return {}


def _all(session: Session, now: datetime) -> Iterator[tuple[str, Findings]]:
    checks: dict[str, Callable[[], Findings]] = {
        "integrity": lambda: file_checks.integrity(session),
        "foreign_keys": lambda: _foreign_keys(session),
        "triggers": lambda: _triggers(session),
        "unique_keys": lambda: _unique_keys(session),
        "chain_ordinary": lambda: _chain(session, Chain.ORDINARY),
        "chain_custodian": lambda: _chain(session, Chain.CUSTODIAN),
        "due_against_done": lambda: due_against_done(session, now=now),
        "opened_by_runs": lambda: run_checks.opened_by_runs(session),
        "schedule": lambda: record_checks.off_schedule(session),
        "figures": lambda: figure_checks.damaged(session),
        "payment_orders": lambda: route_checks.orders(session),
        "ways": lambda: route_checks.ways(session),
        "unit_sides": lambda: one_side.breaches(session),
        "month_pages": lambda: checking.damaged(session),
        "family_draws": lambda: draws.not_repeating(session),
        "certificates": lambda: paper_checks.certificates(session),
        "group_parts": lambda: part_checks.of_groups(session),
    }
    for name, check in checks.items():
        yield name, _tried(session, check)
    of_money = book_checks.STATEMENTS | book_lines.STATEMENTS | fund_checks.STATEMENTS
    of_money |= bank_checks.STATEMENTS | rest_checks.STATEMENTS | kept_checks.STATEMENTS
    of_tables = of_money | earmark_checks.STATEMENTS | record_checks.STATEMENTS
    senseless = set() if _is_sqlite(session) else record_checks.WITHOUT_HOLES
    for name, statements in ((n, s) for n, s in of_tables.items() if n not in senseless):
        yield name, _tried(session, lambda s=statements: book_checks.run(session, s))  # type: ignore[misc]


def _tried(session: Session, check: Callable[[], Findings]) -> Findings:
    """A check that stumbles over damage has found it, and stops none of those after it."""
    try:
        with session.begin_nested():
            return check()
    except (SQLAlchemyError, ValueError, TypeError, LookupError, InvalidTag) as error:
        return [f"这一项核对不下去：{type(error).__name__}"]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _foreign_keys(session: Session) -> Findings:
    if not _is_sqlite(session):
        return []
    rows = session.execute(text("PRAGMA foreign_key_check")).all()
    return [f"{table} 第 {key} 行：它指向的 {parent} 不在了" for table, key, parent, _ in rows]


def _triggers(session: Session) -> Findings:
    gone = triggers.missing(session.connection())
    strange = triggers.strange(session.connection())
    outside = vault_schema.outside(session.connection())
    return (
        [f"触发器 {name} 不在了，或被改过" for name in gone]
        + [f"触发器 {name} 不是这个系统的" for name in strange]
        + [f"捐赠人的表 {name} 不在自己的门后" for name in outside]
    )


_KEYS = (
    ("stipends", ("match_id", "due_on")),
    ("set_aside", ("match_id", "due_on", "reason")),
    ("facts", ("cancels_id",)),
    ("transactions", ("reverses_id",)),
    ("receipts", ("bank_line",)),
)


def _unique_keys(session: Session) -> Findings:
    return [
        f"{table}({', '.join(columns)}) 的唯一键不在了"
        for table, columns in _KEYS
        if _is_sqlite(session) and columns not in _unique_of(session, table)
    ]


def _unique_of(session: Session, table: str) -> set[tuple[str, ...]]:
    indexes = session.execute(text(f"PRAGMA index_list({table})")).mappings().all()
    return {
        tuple(session.execute(text(f'PRAGMA index_info("{index["name"]}")')).scalars("name"))
        for index in indexes
        if index["unique"] and not index["partial"]
    }


def _chain(session: Session, chain: Chain) -> Findings:
    broken = trace.broken_entries(session, chain)
    lost = trace.lost_end(session, chain)
    return [f"{_CHAINS[chain]}第 {seq} 条和链对不上" for seq in broken] + [
        f"{_CHAINS[chain]}：{what}" for what in (lost,) if what
    ]


def due_against_done(session: Session, *, now: datetime) -> Findings:
    """Name every (match, due day) that has come and was neither opened nor set aside.

    The due days are the pure schedule's, not the table's.
    """
    day = last_run_day(now)
    start = session.scalar(
        text("SELECT CAST(MIN(starts_on) AS TEXT) FROM matches WHERE starts_on >= :first"),
        {"first": _FIRST_DAY.isoformat()},
    )
    stuck = session.execute(text(_UNSCHEDULED))
    found = [pinned.line(f"结对 {ref}：正在进行，却不在任何日程上", key) for ref, key in stuck]
    days = _schedule(start, day)
    if not days:
        return found
    day_word = "" if _is_sqlite(session) else "DATE "
    values = ", ".join(f"('{rhythm}', {day_word}'{due}')" for rhythm, due in days)
    rows = session.execute(text(_UNDONE.format(values=values)), {"day": day.isoformat()})
    return found + [f"结对 {ref}：{due} 应开的没有开出，也没写原因" for ref, due in rows]


def last_run_day(now: datetime) -> date:
    """Return the last day whose run must be over."""
    is_over = now.astimezone(SHANGHAI).hour >= RUN_DONE_HOUR
    return today(now) if is_over else today(now) - timedelta(days=1)


def _schedule(start: str | None, until: date) -> list[tuple[str, date]]:
    if start is None:
        return []
    return [
        (scheme.rhythm.value, due)
        for scheme in STANDARD.values()
        for due in due_days(scheme, start=date.fromisoformat(start), until=until)
    ]


_UNSCHEDULED = """
SELECT child_ref, id FROM matches
WHERE status NOT IN ('proposed', 'declined', 'lapsed')
  AND (starts_on IS NULL OR rhythm NOT IN ('month', 'term', 'year')
       OR status NOT IN ('active', 'ended'))
ORDER BY id
"""
# A match approved on the day of the run, or after it, waits for the next one.
_UNDONE = """
WITH schedule(rhythm, due_on) AS (VALUES {values})
SELECT m.child_ref, d.due_on FROM matches m JOIN schedule d ON d.rhythm = m.rhythm
WHERE m.status IN ('active', 'ended') AND d.due_on >= m.starts_on AND d.due_on <= :day
  AND (m.ends_on IS NULL OR d.due_on < m.ends_on)
  AND (m.decided_on IS NULL OR m.decided_on < :day)
  AND NOT EXISTS (SELECT 1 FROM stipends s WHERE s.match_id = m.id AND s.due_on = d.due_on)
  AND NOT EXISTS (SELECT 1 FROM set_aside a WHERE a.match_id = m.id AND a.due_on = d.due_on
                  AND a.resolved_on IS NULL)
ORDER BY m.id, d.due_on
"""
