"""The nightly comparison: kept, told, and money waits until a later one finds nothing."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from jobs.books import compare
from jobs.run import Run
from jobs.schedule import BY_NAME
from models.book_checks import BookCheck
from models.notices import Notice
from models.stipends import Batch, Stipend
from privacy import viewers
from services.accountancy import comparing, stop, waiting
from services.batches import batches, orders, payouts
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, an_open_batch, viewer
from tests.services.checks.damaging import damage
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import BooksDisagree
from vocabulary.money import Fen

DESK = viewer(Role.PAYING_DESK)
DAMAGED = {
    "ok": False,
    "checks": [
        {"name": "balances", "count": 2, "contained": 0},
        {"name": "losses", "count": 0, "contained": 0},
    ],
    "apart": [],
}
SOUND = {
    "ok": True,
    "checks": [
        {"name": "balances", "count": 0, "contained": 0},
        {"name": "losses", "count": 0, "contained": 0},
    ],
    "apart": [],
}


@pytest.fixture
def batch(session: Session) -> Batch:
    school = a_school(session)
    school.account_number = "6217000000000001"
    child = a_child(session, school)
    return an_open_batch(session, school, a_match(session, a_pledge(session)[0], child))


def test_while_the_latest_comparison_found_something_no_money_leaves(
    session: Session, batch: Batch, now: datetime
) -> None:
    comparing.keep(session, viewers.console(), DAMAGED, now=now)

    with pytest.raises(BooksDisagree):
        batches.send(session, DESK, batch.ref, now=now)
    with pytest.raises(BooksDisagree):
        orders.prepare(session, DESK, [batch.ref], now=now)

    comparing.keep(session, viewers.console(), SOUND, now=now)
    batches.send(session, DESK, batch.ref, now=now)
    assert batch.sent_on == today(now)


def test_an_order_that_was_made_before_is_not_handed_out_either(
    session: Session, batch: Batch, now: datetime
) -> None:
    ref = orders.prepare(session, DESK, [batch.ref], now=now)
    comparing.keep(session, viewers.console(), DAMAGED, now=now)

    with pytest.raises(BooksDisagree):
        orders.take(session, DESK, ref, "sheet", now=now)


def test_whoever_is_to_act_hears_of_it_once_a_day(session: Session, now: datetime) -> None:
    for login, role in (("s", Role.AUDITOR), ("b", Role.PAYING_DESK), ("a", Role.ADMINISTRATOR)):
        an_account(session, role, login=login)
    an_account(session, Role.CASE_WORKER, login="c")

    for _ in range(2):
        comparing.keep(session, viewers.console(), DAMAGED, now=now)

    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.BOOKS_ALARM)).all()
    assert len(told) == 3
    facts = comparing.notice_facts(session, DESK, "x", now)
    assert facts["found"] == "2"
    assert "钱先不往外付" in facts["waits"]


def test_a_clean_night_keeps_its_counts_and_tells_nobody(session: Session, now: datetime) -> None:
    an_account(session, Role.AUDITOR, login="s")
    session.commit()
    with clock.moved_to(now):
        run = Run(session, "books", period=today(now))
        run.execute(compare)

    kept = session.scalars(select(BookCheck)).one()
    assert (kept.findings, kept.by) == (0, "engine:books")
    assert set(kept.counts.values()) == {0}
    assert run.counts["due"] == run.counts["done"] == len(kept.counts)
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.sqlite_only
def test_a_damaged_night_stops_the_money_and_is_a_failure_of_the_job(
    session: Session, batch: Batch, now: datetime
) -> None:
    an_account(session, Role.AUDITOR, login="s")
    session.commit()
    damage(session, "UPDATE postings SET amount = amount + 1 WHERE rowid = 1")
    session.commit()

    with clock.moved_to(now):
        run = Run(session, "books", period=today(now))
        run.execute(compare)

    assert run.counts["failed"] > 0
    assert stop.last(session)[0] > stop.last(session)[1]
    with pytest.raises(BooksDisagree):
        batches.send(session, DESK, batch.ref, now=now)


def test_it_runs_every_night_before_anything_is_opened_or_paid() -> None:
    books, stipends = BY_NAME["books"], BY_NAME["stipends"]
    assert (books.body, books.day_of_week) == (compare, "*")
    assert int(books.hour) < int(stipends.hour)


def test_what_is_kept_is_never_changed(session: Session, now: datetime) -> None:
    comparing.keep(session, viewers.console(), DAMAGED, now=now)

    with pytest.raises(Exception, match="append-only"):
        session.execute(text("UPDATE book_checks SET findings = 0"))


def test_a_batch_marked_as_paid_without_a_line_of_the_bank_is_counted_after_a_week(
    session: Session, batch: Batch, now: datetime
) -> None:
    batches.send(session, DESK, batch.ref, now=now)
    auditor = viewer(Role.AUDITOR)

    def said(days: int) -> tuple[int | None, str | None]:
        later = now + timedelta(days=days)
        count = waiting.states(session, auditor, now=later)["sent_without_debit"]
        since = waiting.oldest(session, auditor, now=later)["sent_without_debit"]
        return count, since

    def tasks(days: int) -> list[str]:
        later = now + timedelta(days=days)
        return [one["memo"] for one in payouts.without_debit(session, DESK, now=later)]

    assert (tasks(7), tasks(8)) == ([], [batch.memo])
    assert said(7) == (0, None)
    assert said(8) == (1, today(now).isoformat())
    batch.bank_on = today(now)
    session.flush()
    assert tasks(8) == []
    assert said(8) == (0, None)


def test_the_report_tells_the_trial_balance_the_jobs_and_the_oldest_that_waits(
    session: Session, batch: Batch, now: datetime
) -> None:
    session.commit()
    with clock.moved_to(now):
        Run(session, "books", period=today(now)).execute(compare)

    report = checks.report(session, viewers.console(), now=now)

    assert sum(line["balance"] for line in report["balance"]) == 0
    (job,) = [one for one in report["jobs"] if one["name"] == "books"]
    assert job["due"] == job["done"] + job["failed"] == len(report["checks"])
    oldest = report["oldest"]["funded_not_sent"]
    assert oldest is not None
    assert date.fromisoformat(oldest) <= today(now)


def test_when_money_came_and_when_a_family_said_no_is_told_by_the_month_alone(
    session: Session, batch: Batch, now: datetime
) -> None:
    receipts.record(
        session, viewer(Role.COLLECTING_DESK), BankLine("", Fen(100), date(2026, 11, 3)), now=now
    )
    session.scalars(select(Stipend)).one().disputed_on = date(2026, 10, 17)
    session.flush()

    for who in (Role.AUDITOR, Role.ADMINISTRATOR):
        found = waiting.oldest(session, viewer(who), now=now)

        assert (found["unmatched_receipts"], found["in_dispute"]) == ("2026-11", "2026-10")
        assert found["funded_not_sent"] is not None
        assert len(found["funded_not_sent"]) == len("2026-11-01")
