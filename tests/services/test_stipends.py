"""The stipend run: exactly once, with its facts and postings."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.ledger import Posting
from models.stipends import Batch, Stipend
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.handover import handovers
from services.stipends import facts, stipend_lists
from services.stipends.facts import Basis
from services.stipends.stipend_lists import Listed
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.enums import Evidence, FactKind, Role
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


def test_a_family_silent_for_fourteen_days_stands_on_a_list_of_its_own(
    session: Session, now: datetime
) -> None:
    """A school that confirms without handing over is found by those whom nobody asked."""
    school = a_school(session)
    silent, said = (a_child(session, school, name=name) for name in ("陈雨桐", "包晓军"))
    matches = [
        a_match(session, a_pledge(session, f"1380000000{n}")[0], child)
        for n, child in enumerate((silent, said))
    ]
    batch = a_sent_batch(session, school, *matches, on=NOVEMBER)
    officer = viewer(Role.SCHOOL_OFFICER, regions=(), organisation_id=school.id)
    handovers.confirm_all(session, officer, batch.ref, now=now)
    line = session.scalars(select(Stipend).where(Stipend.match_id == matches[1].id)).one()
    family, link = viewer(Role.FAMILY, actor=f"family:{said.ref}"), Basis(Evidence.LINK)
    kind, on = FactKind.CONFIRMED, now.date()
    facts.record(session, kind, [line], on=on, by=family, now=now, basis=link)
    staff = viewer(Role.CASE_WORKER)

    def unheard(days: int) -> list[str]:
        then = now + timedelta(days=days)
        found = stipend_lists.listing(session, staff, Listed.UNHEARD, now=then)
        assert stipend_lists.counts(session, staff, now=then)[Listed.UNHEARD] == len(found)
        return [one["child"]["name"] for one in found]

    assert (unheard(14), unheard(15)) == ([], ["陈雨桐"])
