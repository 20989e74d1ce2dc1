"""A bank's statement for tests: its lines, what is read of them, what is booked."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.vault import VaultPledge
from privacy import viewers
from services.statements import StatementFaulty, statement_desk, statement_reading
from tests.factories import a_pledge, viewer
from vocabulary.enums import Role

SAMPLES = Path(__file__).parents[2] / "samples"
DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
_OF_MONEY = {"receipts_booked", "empty_transactions", "postings_total", "posting_words", "balances"}
HEADER = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,流水号"


def a_csv(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode("gb18030")


def read(data: bytes, session: Session | None = None) -> statement_reading.Read:
    return statement_reading.judged(session, viewers.console(), "流水.csv", data)


def said(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(StatementFaulty) as refusal:
        read(data)
    return [(fault.row, fault.sentence) for fault in refusal.value.faults]


def book(session: Session, data: bytes, now: datetime, accepted: tuple[int, ...] = ()) -> int:
    judged = statement_reading.judged(session, DESK, "流水.csv", data)
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)
    return statement_desk.book(session, DESK, ref, accepted=accepted, now=now)


def states(session: Session, *lines: str) -> list[str]:
    return [row["state"] for row in judged(read(a_csv(*lines), session))]


def judged(found: statement_reading.Read) -> list[dict[str, object]]:
    """Every line with its row and what was made of it."""
    return [
        {
            "row": line.row,
            "state": verdict.state.value,
            "reason": verdict.reason.value if verdict.reason else None,
            "parts": [[reference, fen] for reference, fen in verdict.parts],
        }
        for line, verdict in zip(found.lines, found.verdicts, strict=True)
    ]


def known_as(session: Session, reference: str, **terms: object) -> str:
    """A pledge under a reference of the test's choosing."""
    pledge, _ = a_pledge(session, contact=f"{reference.lower()}@example.org", **terms)
    session.execute(
        update(VaultPledge)
        .where(VaultPledge.pledge_id == pledge.id)
        .values(payment_reference=reference)
    )
    return reference
