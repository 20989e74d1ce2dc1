"""No certificate says more than came: asked anew of every one that stands."""

import json
from collections import Counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.papers.came import of_pledge

_STANDING = text(
    "SELECT id, number, pledge_id, year, amount_fen, lines FROM certificates WHERE void_on IS NULL"
)
_CAME = text(
    "SELECT v.pledge_id, CAST(r.received_on AS VARCHAR), r.amount_fen FROM receipts r"
    " JOIN vault_receipts v ON v.receipt_id = r.id"
    " WHERE r.corrects_id IS NULL AND NOT r.is_taken_back"
    " AND v.pledge_id IN (SELECT pledge_id FROM certificates WHERE void_on IS NULL)"
)
# Of a stopped one something went back to its payer: what stayed is worked out.
_WENT_BACK = text(
    "SELECT DISTINCT p.id, p.donor_ref FROM pledges p JOIN postings o ON o.pledge_id = p.id"
    " JOIN transactions t ON t.id = o.transaction_id AND t.kind = 'rest_paid'"
    " JOIN certificates c ON c.pledge_id = p.id AND c.void_on IS NULL"
)


def certificates(session: Session) -> list[str]:
    """Return a line for each that counts money which is not there, or adds it up wrongly."""
    came: dict[int, Counter[tuple[str, int]]] = {}
    for pledge_id, day, fen in session.execute(_CAME):
        came.setdefault(pledge_id, Counter())[day, fen] += 1
    for pledge_id, ref in session.execute(_WENT_BACK):
        stayed = of_pledge(session, ref)
        came[pledge_id] = Counter((day.isoformat(), int(fen)) for day, fen in stayed)
    return [
        fault
        for row in session.execute(_STANDING)
        for fault in _faults(row, came.get(row.pledge_id, Counter()))
    ]


def _faults(row: Any, came: Counter[tuple[str, int]]) -> list[str]:
    said = json.loads(row.lines) if isinstance(row.lines, str) else row.lines
    counted = Counter((day, fen) for day, fen in said)
    faults = []
    if counted - came:
        faults.append(f"捐赠证书 {row.number}：上面有一笔钱没有到账，或者已经冲销")
    if sum(fen for _, fen in said) != row.amount_fen:
        faults.append(f"捐赠证书 {row.number}：各笔加起来不是 {row.amount_fen} 分")
    if any(not day.startswith(str(row.year)) for day, _ in said):
        faults.append(f"捐赠证书 {row.number}：有一笔不是 {row.year} 年到账的")
    return faults
