"""The stipend run: exactly once, with its facts and postings."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.ledger import Posting
from models.stipends import Batch, Stipend
from services import batches, receipts
from services.receipts import BankLine
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import Role
from vocabulary.money import Fen

NOVEMBER = date(2026, 11, 1)


def run(session: Session, on: date = NOVEMBER) -> dict[str, int]:
    session.commit()
    return Run(session, "stipends", period=on).execute(open_and_fund)


def test_a_run_opens_every_missed_month_once(session: Session, now: datetime) -> None:
    match = a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))

    first, second = run(session), run(session)

    days = session.scalars(
        select(Stipend.due_on).where(Stipend.match_id == match.id).order_by(Stipend.due_on)
    ).all()
    assert days == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert (first["done"], second["done"]) == (3, 0)


def test_paid_instalments_are_funded_batched_and_sent(session: Session, now: datetime) -> None:
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, a_school(session)))
    line = BankLine(reference, Fen(20_000), date(2026, 9, 3))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)

    run(session)
    batch = session.scalars(select(Batch)).one()
    card = batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=now)

    received = session.scalars(select(Stipend.received_on).order_by(Stipend.due_on)).all()
    assert received == [date(2026, 9, 3), date(2026, 9, 3), None]
    assert card["sent_on"] == date(2026, 11, 21)
    assert session.scalar(select(func.sum(Posting.amount))) == 0
