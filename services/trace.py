"""Every act leaves an entry in a hash chain, in the same transaction or the act fails (law 11)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Insert,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from models.trace import ChainHead, CustodianEntry, OrdinaryEntry
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.prepared import Ready
from vocabulary.enums import Chain, Role

START = "0" * 64
BEHIND = "behind"
"""Whose private link it was, in an entry's detail, where several come as one actor."""


class End(NamedTuple):
    """Where a chain ends: its last entry's number and digest."""

    seq: int
    digest: str


_TABLES: dict[Chain, type[OrdinaryEntry] | type[CustodianEntry]] = {
    Chain.ORDINARY: OrdinaryEntry,
    Chain.CUSTODIAN: CustodianEntry,
}
_HEAD: Any = ChainHead.__table__


def _newest(chain: Chain) -> CompoundSelect[Any]:
    """Ask for a chain's last entry and its kept head in one statement."""
    table, head = _TABLES[chain].__table__.c, _HEAD.c
    newest = select(func.max(table.seq)).scalar_subquery()
    kept = select(literal("head"), head.seq, head.digest).where(head.chain == chain)
    last = select(literal("last"), table.seq, table.digest).where(table.seq == newest)
    return last.union_all(kept)


def _appended(chain: Chain) -> Insert:
    table: Any = _TABLES[chain].__table__
    return insert(table).values({column.name: bindparam(column.name) for column in table.columns})


# Every page and every act ends with these: written once, they cost a third.
_ENDS = {chain: Ready(_newest(chain)) for chain in _TABLES}
_APPEND = {chain: Ready(_appended(chain)) for chain in _TABLES}
_FOLLOW = Ready(
    update(_HEAD)
    .where(_HEAD.c.chain == bindparam("of"), _HEAD.c.seq == bindparam("before"))
    .values(seq=bindparam("new_seq"), digest=bindparam("new_digest"))
)


def chain_of(viewer: Viewer) -> Chain:
    """Return where a viewer's reading is kept: what a donor or the custodian does stays apart."""
    apart = viewer.has(Role.DONOR, Role.CUSTODIAN, Role.COLLECTING_DESK)
    return Chain.CUSTODIAN if apart else Chain.ORDINARY


def record(  # noqa: PLR0913 an entry is made of these
    session: Session,
    viewer: Viewer,
    act: str,
    subject: str,
    *,
    now: datetime,
    why: str = "",
    detail: Mapping[str, Any] | None = None,
    chain: Chain = Chain.ORDINARY,
) -> None:
    """Append one entry. `subject` is 'table:ref', never a key or a name."""
    said = {"act": act, "why": why or viewer.reason, "detail": _detail(viewer, detail)}
    _append(session, chain, [{**said, "actor": viewer.actor, "subject": subject}], now=now)


def record_all(
    session: Session,
    act: str,
    done: Sequence[tuple[Viewer, str]],
    *,
    now: datetime,
    chain: Chain = Chain.ORDINARY,
    details: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Append one entry for each (who acted, on which subject), in three statements for all.

    `details` says more of each, in the same order.
    """
    entries = [
        {
            "act": act,
            "why": by.reason,
            "detail": _detail(by, more),
            "actor": by.actor,
            "subject": subject,
        }
        for (by, subject), more in zip(done, details or [{}] * len(done), strict=True)
    ]
    if entries:
        _append(session, chain, entries, now=now)


def _detail(viewer: Viewer, detail: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(detail or {}) | ({BEHIND: viewer.behind} if viewer.behind else {})


def _append(
    session: Session, chain: Chain, entries: Sequence[Mapping[str, Any]], *, now: datetime
) -> None:
    head, before = _ends(session, chain)
    end, rows = before, []
    for said in entries:
        place = {"seq": end.seq + 1, "at": now.astimezone(UTC), "previous": end.digest}
        entry = {**said, **place}
        end = End(end.seq + 1, digest_of(entry))
        rows.append({**entry, "digest": end.digest})
    _APPEND[chain].run(session.connection(), *rows)
    _move_head(session, chain, head, before, end)


def _ends(session: Session, chain: Chain) -> tuple[End | None, End]:
    """Return the kept head, and what to append to: the further one of head and last entry."""
    rows = _ENDS[chain].fetch(session.connection(), {})
    found = {name: End(seq, digest) for name, seq, digest in rows}
    return found.get("head"), max(found.values(), default=End(0, START), key=lambda end: end.seq)


def _move_head(session: Session, chain: Chain, head: End | None, before: End, after: End) -> None:
    """Let the head follow. One that was tampered with is left as it is, for `check` to find."""
    if head is None and before.seq == 0:
        session.connection().execute(
            insert(_HEAD), {"chain": chain, "seq": after.seq, "digest": after.digest}
        )
    elif head == before:
        now = {"new_seq": after.seq, "new_digest": after.digest}
        _FOLLOW.run(session.connection(), {"of": chain, "before": before.seq, **now})


def heads(session: Session, viewer: Viewer) -> dict[str, dict[str, int | str] | None]:
    """Return each chain's head. Kept outside of this machine, it shows a chain rewritten whole."""
    require(viewer, Act.SEE_BOOKS)
    kept = {chain: _ends(session, chain)[0] for chain in _TABLES}
    return {chain.value: end._asdict() if end else None for chain, end in kept.items()}


def lost_end(session: Session, chain: Chain) -> str | None:
    """Say how a chain's end differs from its head, None when it does not."""
    head, end = _ends(session, chain)
    last = session.scalar(text(f"SELECT MAX(seq) FROM {_TABLES[chain].__tablename__}")) or 0  # noqa: S608 our own table
    if head is None:
        return f"链头不在了，记录还有 {last} 条" if last else None
    if head != end or last != head.seq:
        return f"链头是第 {head.seq} 条，最后一条却是第 {last} 条"
    digest = select(_TABLES[chain].digest).where(_TABLES[chain].seq == last)
    return None if session.scalar(digest) == head.digest else f"最后的第 {last} 条和链头对不上"


def digest_of(entry: Mapping[str, Any]) -> str:
    """Hash every column of an entry but the digest itself, the digest before included."""
    plain = {**entry, "at": entry["at"].astimezone(UTC).isoformat()}
    written = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def broken_entries(session: Session, chain: Chain) -> list[int]:
    """Return the sequence numbers at which a chain does not verify, in order.

    Rows are read raw: one that can no longer be read as an entry is broken, not an error.
    """
    table = _TABLES[chain].__tablename__
    previous, expected, broken = START, 1, []
    for row in session.execute(text(f"SELECT * FROM {table} ORDER BY seq")).mappings():  # noqa: S608 our own table
        sound = (
            _digest_as_kept({str(name): row[name] for name in row}) == row["digest"]
            and row["previous"] == previous
        )
        if not sound or row["seq"] != expected:
            broken.append(row["seq"])
        previous, expected = row["digest"], row["seq"] + 1
    return broken


def _digest_as_kept(row: Mapping[str, Any]) -> str | None:
    """Hash a raw row anew; None when it cannot be read."""
    entry = {name: value for name, value in row.items() if name != "digest"}
    try:
        at = (
            entry["at"]
            if isinstance(entry["at"], datetime)
            else datetime.fromisoformat(entry["at"])
        )
        detail = entry["detail"]
        detail = json.loads(detail) if isinstance(detail, str) else detail
        return digest_of({**entry, "at": at.replace(tzinfo=UTC), "detail": detail})
    except (ValueError, TypeError):
        return None
