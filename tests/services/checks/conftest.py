"""A sound database with money in every state, to be damaged."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Batch, Stipend
from services import trace
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.money import Fen


@pytest.fixture(scope="session")
def sound(kept) -> Path:
    return kept(a_sound_world)


@pytest.fixture
def template(request: pytest.FixtureRequest, empty_template: Path) -> Path:
    """Who asks for the world damages a copy of its own of what was built once."""
    return request.getfixturevalue("sound") if "world" in request.fixturenames else empty_template


@pytest.fixture
def world(session: Session, now: datetime) -> Session:
    return session


def a_sound_world(session: Session, now: datetime) -> None:
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
