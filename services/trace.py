"""Every act leaves an entry in a hash chain, in the same transaction or the act fails (law 11)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from models.trace import CustodianEntry, OrdinaryEntry
from privacy.viewers import Viewer
from vocabulary.enums import Chain, Role

START = "0" * 64
_TABLES: dict[Chain, type[OrdinaryEntry] | type[CustodianEntry]] = {
    Chain.ORDINARY: OrdinaryEntry,
    Chain.CUSTODIAN: CustodianEntry,
}


def chain_of(viewer: Viewer) -> Chain:
    """Return where a viewer's reading is kept: what a donor or the custodian does stays apart."""
    apart = viewer.has(Role.DONOR, Role.CUSTODIAN, Role.COLLECTING_DESK)
    return Chain.CUSTODIAN if apart else Chain.ORDINARY


def record(
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
    table = _TABLES[chain]
    last = session.execute(
        select(table.seq, table.digest).order_by(table.seq.desc()).limit(1)
    ).first()
    entry = {
        "seq": (last.seq if last else 0) + 1,
        "at": now.astimezone(UTC),
        "actor": viewer.actor,
        "act": act,
        "subject": subject,
        "why": why or viewer.reason,
        "detail": dict(detail or {}),
        "previous": last.digest if last else START,
    }
    session.execute(insert(table).values(**entry, digest=digest_of(entry)))


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
