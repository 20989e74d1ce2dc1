"""Do records, trace and schedule agree? What a whole row's removal or invention leaves behind.

Every fact was noted by an act, every act of that kind noted facts, and a run's slice wrote down a
digest over the instalments it opened: who adds or removes rows must forge a hash chain as well.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.trace import OrdinaryEntry
from vocabulary.enums import Rhythm
from vocabulary.schedule import STANDARD, due_on, first_due

_APPENDED = ("facts", "transactions", "postings", "state_changes", "stipends", "gifts", "receipts")
_WITH_STATES = (
    ("children", "ref"),
    ("needs", "id"),
    ("pledges", "code"),
    ("matches", "child_ref"),
    ("batches", "ref"),
    ("pledge_changes", "ref"),
)
# Acts that never leave the facts as they were.
_MAKE_FACTS = (
    "batch.send",
    "stipend.hand_over",
    "stipend.snag",
    "stipend.clear_snag",
    "stipend.take_back",
    "stipend.send_again",
    "batch.returned",
    "write_off.agree",
    "stipend.confirmed",
    "stipend.disputed",
    "stipends.open",
    "stipends.fund",
    "gift.promise",
    "gift.fund",
    "gift.send",
    "gift.hand_over",
    "gift.confirm",
)
_TRACES = (
    "(SELECT seq, at, actor, act, subject FROM trace_ordinary"
    " UNION ALL SELECT seq, at, actor, act, subject FROM trace_custodian)"
)
# A match has a ref for each side of the wall: a donor's reading names the donor's.
_NAMED = (
    ("match", "matches", ("child_ref", "donor_ref")),
    ("batch", "batches", ("ref",)),
    ("gift", "gifts", ("ref",)),
    ("receipt", "receipts", ("ref",)),
)
_MATCH = "COALESCE((SELECT child_ref FROM matches m WHERE m.id = s.match_id), 'row ' || s.match_id)"


def _last_step(table: str, name: str) -> str:
    return f"""SELECT '{table} ' || r.{name} || ' is ' || r.status || ', its history says ' || c.to_state
        FROM {table} r JOIN (SELECT record_id, MAX(id) AS last FROM state_changes
                             WHERE kind = '{table}' GROUP BY record_id) h ON h.record_id = r.id
        JOIN state_changes c ON c.id = h.last WHERE c.to_state <> r.status ORDER BY r.id"""


def _named_by_trace(word: str, table: str, refs: tuple[str, ...]) -> str:
    named = f"SUBSTR(t.subject, {len(word) + 2})"
    gone = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{ref} = {named})" for ref in refs
    )
    return f"""SELECT DISTINCT t.subject || ' has a trace and is not there any more' FROM {_TRACES} t
        WHERE t.subject LIKE '{word}:%' AND {gone}"""


STATEMENTS: dict[str, tuple[str, ...]] = {
    "forgotten_donors": (
        """SELECT 'donor ' || d.ref || ' was forgotten on ' || d.forgotten_on || ' and is here again'
           FROM vault_donors d WHERE d.forgotten_on IS NOT NULL
             AND d.id IN (SELECT donor_id FROM vault_contacts UNION SELECT donor_id FROM vault_names
                          UNION SELECT donor_id FROM vault_keys) ORDER BY d.ref""",
    ),
    "missing_rows": tuple(
        f"""SELECT '{table}: ' || (MAX(id) - COUNT(*)) || ' rows are missing between the others'
            FROM {table} HAVING MAX(id) <> COUNT(*)"""
        for table in _APPENDED
    ),
    "facts_traced": (
        f"""SELECT 'fact ' || f.id || ' (' || f.kind || ') was noted by no act in the trace'
            FROM facts f JOIN (SELECT "by", noted_at FROM facts
                               EXCEPT SELECT actor, at FROM {_TRACES} t) n
              ON n."by" = f."by" AND n.noted_at = f.noted_at ORDER BY f.id""",
        f"""SELECT 'the facts of an act are gone: ' || t.act || ' of ' || t.subject || ' at ' || t.at
            FROM {_TRACES} t JOIN (SELECT actor, at FROM {_TRACES} a
                  WHERE a.act IN ({", ".join(f"'{act}'" for act in _MAKE_FACTS)})
                  EXCEPT SELECT "by", noted_at FROM facts) n ON n.actor = t.actor AND n.at = t.at""",
    ),
    "traced_records": (
        *(_named_by_trace(*named) for named in _NAMED),
        """SELECT 'receipt ' || r.ref || ' was recorded ' || COUNT(t.seq) || ' times, not once'
           FROM receipts r LEFT JOIN trace_custodian t
             ON t.subject = 'receipt:' || r.ref AND t.act = 'receipt.record'
           GROUP BY r.ref HAVING COUNT(t.seq) <> 1""",
    ),
    "histories": tuple(_last_step(*one) for one in _WITH_STATES),
    "stipends_of_matches": (
        f"""SELECT 'match ' || {_MATCH} || ': the stipend for ' || s.due_on || ' is of ' ||
                   s.amount_fen || ' fen, agreed are ' || m.instalment_fen
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE m.instalment_fen <> s.amount_fen ORDER BY s.id""",
        f"""SELECT 'match ' || {_MATCH} || ' has a stipend for ' || s.due_on || ', yet is ' || m.status
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE m.status NOT IN ('active', 'ended') ORDER BY s.id""",
        f"""SELECT 'match ' || {_MATCH} || ' has a stipend for ' || s.due_on || ', outside of its dates'
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE s.cancelled_on IS NULL AND (s.due_on < m.starts_on OR s.due_on >= m.ends_on)
            ORDER BY s.id""",
        # Withdrawn on the very day: the run of that morning came first.
        f"""SELECT 'match ' || {_MATCH} || ' has a stipend for ' || s.due_on ||
                   ', when no consent stood'
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.child_id = m.child_id
                AND c.purpose = 'sponsorship' AND c.given_on <= s.due_on
                AND (c.withdrawn_on IS NULL OR c.withdrawn_on >= s.due_on)) ORDER BY s.id""",
        f"""SELECT 'match ' || {_MATCH} || ': the stipend for ' || s.due_on || ' is funded or is not'
            FROM stipends s WHERE s.is_funded <> (s.received_on IS NOT NULL) ORDER BY s.id""",
    ),
    "batches": (
        f"""SELECT 'match ' || {_MATCH} || ': the stipend for ' || s.due_on ||
                   ' was not sent with its batch'
            FROM stipends s LEFT JOIN batches b ON b.id = s.batch_id
            WHERE s.cancelled_on IS NULL
              AND COALESCE(s.sent_on, '-') <> COALESCE(b.sent_on, '-') ORDER BY s.id""",
        """SELECT 'batch ' || ref || ' is ' || status || ', its day of sending says otherwise'
           FROM batches WHERE (status = 'open') <> (sent_on IS NULL) ORDER BY id""",
    ),
}


def opened_by_runs(session: Session) -> list[str]:
    """Compare the instalments of every run with what its slices wrote into the trace."""
    rows = session.execute(text(_OPENED)).all()
    lines: dict[int, list[str]] = {}
    for run_id, *made in rows:
        lines.setdefault(run_id, []).append(",".join(str(value) for value in made))
    found = [_slice(lines, detail) for detail in _slices(session)]
    spare = [
        f"run {run_id}: {len(rest)} stipends more than it opened"
        for run_id, rest in lines.items()
        if rest
    ]
    return [line for line in found if line] + spare


_OPENED = "SELECT run_id, id, match_id, due_on, amount_fen FROM stipends ORDER BY run_id, id"


def _slices(session: Session) -> Iterable[Mapping[str, Any]]:
    opened = select(OrdinaryEntry.detail).where(OrdinaryEntry.act == "stipends.open")
    return session.scalars(opened.order_by(OrdinaryEntry.seq))


def _slice(lines: dict[int, list[str]], detail: Mapping[str, Any]) -> str | None:
    """Take a slice's instalments from those of its run; say so when they are not the same."""
    mine = lines.get(detail["run"], [])
    made, lines[detail["run"]] = mine[: detail["count"]], mine[detail["count"] :]
    digest = hashlib.sha256(";".join(made).encode()).hexdigest()
    if digest == detail["digest"]:
        return None
    return f"run {detail['run']}: its {detail['count']} stipends are not those it opened"


_DAYS = {
    "stipends": "SELECT DISTINCT m.rhythm, s.due_on FROM stipends s JOIN matches m ON m.id = s.match_id",
    "periods": "SELECT DISTINCT rhythm, due_on FROM periods",
}


def off_schedule(session: Session) -> list[str]:
    """Name the due days that the pure schedule does not have."""
    return [
        f"{table}: {day} is no due day of rhythm {rhythm}"
        for table, statement in _DAYS.items()
        for rhythm, day in session.execute(text(statement)).all()
        if not _is_due(Rhythm(rhythm), date.fromisoformat(day))
    ]


def _is_due(rhythm: Rhythm, day: date) -> bool:
    scheme = STANDARD[rhythm]
    return due_on(scheme, first_due(scheme, day)) == day
