"""A sound database with money in every state, to be damaged."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Batch, Stipend
from services import batches, facts, receipts, trace
from services.facts import Basis
from services.receipts import BankLine
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.money import Fen


@pytest.fixture
def world(session: Session, now: datetime) -> Session:
    """Three instalments, two of them paid for, one batch sent and handed over, one taken back."""
    school = a_school(session)
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, school))
    line = BankLine(reference, Fen(20_000), date(2026, 9, 3))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=date(2026, 11, 21)).execute(open_and_fund)
    batch = session.query(Batch).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=now)
    first, second, _ = session.query(Stipend).order_by(Stipend.due_on).all()
    by, family = viewer(Role.SCHOOL_OFFICER), viewer(Role.FAMILY)
    basis = Basis(Evidence.WORD)
    for kind, subject, who in (
        (FactKind.HANDED_OVER, first, by),
        (FactKind.CONFIRMED, first, family),
        (FactKind.HANDED_OVER, second, by),
    ):
        facts.record(session, kind, [subject], on=date(2026, 11, 21), by=who, now=now, basis=basis)
    trace.record(session, family, "stipend.confirmed", "stipend:X", now=now)
    facts.take_back(
        session, FactKind.HANDED_OVER, second, on=date(2026, 11, 21), by=by, now=now, basis=basis
    )
    trace.record(session, by, "handover.say", "batches:X", now=now)
    session.commit()
    return session
