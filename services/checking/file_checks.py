"""Is the database's own file whole? SQLite says so itself, and names a table where a row breaks a rule."""

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.checking.pinned import Pinned

# What SQLite says of a row whose sum is none, and where the sum stands.
_BROKEN = re.compile("(?:CHECK constraint failed|TEXT value) in (matches|stipends)(?:[.]|$)")
_ROWS = {
    "matches": """SELECT id, child_ref FROM matches
        WHERE typeof(instalment_fen) <> 'integer' OR instalment_fen <= 0 ORDER BY id""",
    "stipends": """SELECT s.match_id, m.child_ref FROM stipends s JOIN matches m ON m.id = s.match_id
        WHERE typeof(s.amount_fen) <> 'integer' OR s.amount_fen <= 0 ORDER BY s.id""",
}


def integrity(session: Session) -> list[str]:
    """Return what SQLite finds wrong with its file; nothing on PostgreSQL, which keeps its own.

    Rows without a sum are named one by one where they are all that it says of their table.
    """
    if session.get_bind().dialect.name != "sqlite":
        return []
    said = [str(one) for one in session.execute(text("PRAGMA integrity_check(50)")).scalars()]
    lines = [one for one in said if one != "ok"]
    return [named for table in (None, *_ROWS) for named in _of_table(session, table, lines)]


def _of_table(session: Session, table: str | None, lines: list[str]) -> list[str]:
    mine = [one for one in lines if _table(one) == table]
    if table is None or not mine:
        return mine
    rows = session.execute(text(_ROWS[table])).all()
    if len(rows) != len(mine):
        return mine
    return [Pinned(f"结对 {ref}：金额不成立（{table}）", match_id) for match_id, ref in rows]


def _table(said: str) -> str | None:
    found = _BROKEN.match(said)
    return found[1] if found else None
