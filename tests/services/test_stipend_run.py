"""The run may be late, twice, half, or meet a bad record: the outcome is the same (law 12)."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from jobs import holders
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Consent
from models.jobs import JobRun, SetAside
from models.ledger import Posting, Transaction
from models.pledges import Match, PledgeChange
from models.stipends import Fact, Stipend
from models.trace import CustodianEntry, OrdinaryEntry
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.stipends import due
from services.upkeep import jobs
from services.writing import begin_writing
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.spoiling import mend, spoil
from vocabulary.enums import ChangeKind, ChangeStatus, JobStatus, Purpose, Role, SetAsideReason
from vocabulary.errors import AlreadyDecided, Superseded
from vocabulary.money import Fen

NOVEMBER = date(2026, 11, 1)


def matches(session: Session, count: int) -> list[Match]:
    school = a_school(session)
    return [
        a_match(session, a_pledge(session, f"138{n:08d}")[0], a_child(session, school))
        for n in range(count)
    ]


def run(session: Session, on: date = NOVEMBER) -> Run:
    session.commit()
    work = Run(session, "stipends", period=on)
    work.execute(open_and_fund)
    return work


def opened(session: Session) -> dict[int, int]:
    rows = session.execute(select(Stipend.match_id, func.count()).group_by(Stipend.match_id))
    return {match_id: count for match_id, count in rows}


def is_sound(session: Session, now: datetime) -> bool:
    return checks.report(session, viewers.console(), now=now)["ok"]


def test_one_bad_record_is_set_aside_and_the_rest_is_opened(
    session: Session, now: datetime
) -> None:
    good = matches(session, 7)
    bad = good.pop(4)
    spoil(session, "INSERT ON stipends", f"NEW.match_id = {bad.id}")

    work = run(session)

    assert opened(session) == {match.id: 3 for match in good}
    aside = session.execute(select(SetAside.match_id, SetAside.reason)).all()
    assert aside == [(bad.id, SetAsideReason.BAD_RECORD)] * 3
    assert work.counts == {"due": 21, "done": 18, "skipped": 3, "failed": 1}
    kept = session.get_one(JobRun, work.id)
    assert (kept.due, kept.done, kept.skipped, kept.failed) == (21, 18, 3, 1)
    mend(session)
    assert is_sound(session, now)


@pytest.mark.sqlite_only
def test_a_match_whose_pledge_is_lost_is_set_aside(session: Session, now: datetime) -> None:
    lost, kept = matches(session, 2)
    session.commit()
    raw = session.connection().connection.dbapi_connection
    session.rollback()
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(f"UPDATE matches SET pledge_id = 999 WHERE id = {lost.id}")
    raw.execute("PRAGMA foreign_keys = ON")

    work = run(session)

    assert opened(session) == {kept.id: 3}
    assert work.counts["failed"] == 1


def test_a_mended_record_is_opened_by_the_next_run_and_its_setting_aside_closed(
    session: Session, now: datetime
) -> None:
    (bad,) = matches(session, 1)
    spoil(session, "INSERT ON stipends", f"NEW.match_id = {bad.id}")
    run(session)
    mend(session)

    run(session)

    assert opened(session) == {bad.id: 3}
    assert set(session.scalars(select(SetAside.resolved_on))) == {date(2026, 11, 21)}


def test_what_is_paused_or_without_consent_is_set_aside_with_its_reason(
    session: Session, now: datetime
) -> None:
    paused, refused, free = matches(session, 3)
    session.add(
        PledgeChange(
            pledge_id=paused.pledge_id,
            kind=ChangeKind.PAUSE,
            status=ChangeStatus.APPLIED,
            effective_on=date(2026, 10, 1),
            until_on=date(2026, 11, 1),
            asked_at=now,
        )
    )
    session.execute(
        text(f"UPDATE consents SET withdrawn_on = '2026-10-15' WHERE child_id = {refused.child_id}")
    )

    run(session)

    assert opened(session) == {paused.id: 2, refused.id: 2, free.id: 3}
    aside = session.execute(
        select(SetAside.match_id, SetAside.due_on, SetAside.reason).order_by(SetAside.match_id)
    ).all()
    assert aside == [
        (paused.id, date(2026, 10, 1), SetAsideReason.PAUSED),
        (refused.id, date(2026, 11, 1), SetAsideReason.NO_CONSENT),
    ]


def test_a_newer_consent_opens_no_month_of_the_gap_before_it(
    session: Session, now: datetime
) -> None:
    """Not even when the machine was off all the while and meets the gap only afterwards."""
    (gap,) = matches(session, 1)
    session.execute(text("UPDATE consents SET withdrawn_on = '2026-09-15'"))
    given = {"purpose": Purpose.SPONSORSHIP, "version": "2026-1", "recorded_by": "account:enterer"}
    session.add(Consent(child_id=gap.child_id, given_on=date(2026, 10, 20), **given))

    run(session)

    days = session.scalars(select(Stipend.due_on).order_by(Stipend.due_on)).all()
    assert days == [date(2026, 9, 1), date(2026, 11, 1)]
    aside = session.execute(select(SetAside.due_on, SetAside.reason, SetAside.resolved_on)).all()
    assert aside == [(date(2026, 10, 1), SetAsideReason.NO_CONSENT, None)]
    assert is_sound(session, now)


def test_months_missed_while_the_machine_was_off_are_opened_under_the_consent_of_then(
    session: Session, now: datetime
) -> None:
    """Withdrawn since then or not; a paper that came in late counts from the day it was signed."""
    withdrawn, late = matches(session, 2)
    session.execute(
        text(
            f"UPDATE consents SET withdrawn_on = '2026-11-10' WHERE child_id = {withdrawn.child_id}"
        )
    )
    session.execute(
        text(f"UPDATE consents SET given_on = '2026-10-01' WHERE child_id = {late.child_id}")
    )

    run(session)

    assert opened(session) == {withdrawn.id: 3, late.id: 2}
    assert is_sound(session, now)


def test_a_slice_never_cuts_a_match_in_two(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = matches(session, 5)
    monkeypatch.setattr(due, "ROWS_A_SLICE", 4)

    run(session)

    assert opened(session) == {match.id: 3 for match in own}
    slices = session.scalars(
        select(OrdinaryEntry.detail).where(OrdinaryEntry.act == "stipends.open")
    ).all()
    assert [detail["count"] for detail in slices] == [3] * 5
    assert is_sound(session, now)


def test_the_last_day_is_the_one_before_the_end(session: Session, now: datetime) -> None:
    (match,) = matches(session, 1)
    match.ends_on = date(2026, 11, 1)

    run(session)

    days = session.scalars(select(Stipend.due_on).order_by(Stipend.due_on)).all()
    assert days == [date(2026, 9, 1), date(2026, 10, 1)]


def test_money_covers_the_oldest_first_by_the_day_it_came(session: Session, now: datetime) -> None:
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, a_school(session)))
    desk = viewer(Role.COLLECTING_DESK)
    for amount, day in ((5_000, 1), (5_000, 2), (15_000, 3)):
        line = BankLine(reference, Fen(amount), date(2026, 9, day))
        receipts.record(session, desk, line, now=now)

    run(session)

    received = session.scalars(select(Stipend.received_on).order_by(Stipend.due_on)).all()
    assert received == [date(2026, 9, 2), date(2026, 9, 3), None]
    funded = session.scalars(select(Stipend.is_funded).order_by(Stipend.due_on)).all()
    assert funded == [True, True, False]
    acts = set(session.scalars(select(OrdinaryEntry.act)))
    assert "stipends.fund" not in acts
    assert "stipends.fund" in set(session.scalars(select(CustodianEntry.act)))
    assert is_sound(session, now)


def test_a_failing_pledge_stops_no_other_from_being_funded(session: Session, now: datetime) -> None:
    own = []
    for n in range(3):
        pledge, reference = a_pledge(session, f"138{n:08d}")
        own.append(a_match(session, pledge, a_child(session, a_school(session, f"学校{n}"))))
        line = BankLine(reference, Fen(30_000), date(2026, 9, 3))
        receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    spoil(session, "UPDATE OF received_on ON stipends", f"NEW.match_id = {own[1].id}")

    work = run(session)

    funded = session.execute(
        select(Stipend.match_id, func.count(Stipend.received_on))
        .group_by(Stipend.match_id)
        .order_by(Stipend.match_id)
    ).all()
    assert funded == [(own[0].id, 3), (own[1].id, 0), (own[2].id, 3)]
    assert work.counts["failed"] == 1
    mend(session)
    assert is_sound(session, now)


def test_a_second_run_is_refused_while_the_first_holds_the_lease(
    session: Session, now: datetime
) -> None:
    engine = viewers.engine("stipends")
    jobs.begin(session, engine, "stipends", period=NOVEMBER, now=now)

    with pytest.raises(AlreadyDecided):
        jobs.begin(session, engine, "stipends", period=NOVEMBER, now=now + timedelta(minutes=9))


def test_a_holder_that_froze_past_its_lease_writes_nothing_more(
    app: Flask, session: Session, now: datetime
) -> None:
    matches(session, 1)
    session.commit()
    engine = viewers.engine("stipends")
    frozen = Run(session, "stipends", period=NOVEMBER)
    frozen.id = jobs.begin(session, engine, "stipends", period=NOVEMBER, now=now)
    session.commit()
    with Session(session.get_bind()) as other:
        begin_writing(other)
        later = now + timedelta(minutes=11)
        jobs.begin(other, engine, "stipends", period=NOVEMBER, now=later)
        other.commit()

    with pytest.raises(Superseded), frozen.slice():
        session.add(PledgeChange())
    with pytest.raises(Superseded):
        open_and_fund(frozen)

    session.rollback()
    assert session.scalar(select(func.count(Stipend.id))) == 0
    states = session.scalars(select(JobRun.status).order_by(JobRun.id)).all()
    assert states == [JobStatus.FAILED, JobStatus.RUNNING]


def test_the_lease_of_a_dead_process_is_taken_at_once(session: Session, now: datetime) -> None:
    matches(session, 1)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    name = holders._name(child.pid)
    jobs.begin(
        session, viewers.engine("stipends"), "stipends", period=NOVEMBER, now=now, holder=name
    )
    session.commit()
    assert holders.is_gone(name) is False
    with pytest.raises(AlreadyDecided):
        run(session)
    child.kill()
    child.wait()

    assert holders.is_gone(name) is True
    assert run(session).counts["done"] == 3


def test_a_holder_of_another_machine_is_waited_for() -> None:
    assert holders.is_gone("elsewhere|1|gone") is False
    assert holders.is_gone("") is False
    assert holders.is_gone(holders.myself()) is False


def test_a_run_that_breaks_gives_its_lease_back_and_says_why(
    session: Session, now: datetime
) -> None:
    def break_down(_work: Run) -> None:
        raise KeyError("x")

    session.commit()
    work = Run(session, "stipends", period=NOVEMBER)
    with pytest.raises(KeyError):
        work.execute(break_down)

    kept = session.get_one(JobRun, work.id)
    assert (kept.status, kept.error) == (JobStatus.FAILED, "KeyError")
    assert run(session).counts["failed"] == 0


@pytest.mark.faults
@pytest.mark.slow
def test_a_run_killed_again_and_again_comes_out_exactly_once(
    app: Flask, session: Session, now: datetime
) -> None:
    own = matches(session, 3)
    session.execute(update(Match).values(starts_on=date(2010, 1, 1), decided_on=date(2009, 12, 1)))
    session.execute(update(Consent).values(given_on=date(2009, 12, 1)))
    session.commit()
    settings = app.config["SETTINGS"]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run", "stipends"]
    command += ["--period", "2026-11-01"]
    dice = random.Random(11)
    killed = 0
    for _ in range(10):
        child = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_for_a_run(session, child)
        time.sleep(dice.random() * 0.15)
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        session.rollback()

    done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)

    assert done.returncode == 0, done.stderr
    assert killed > 0
    months = 12 * 16 + 11
    assert opened(session) == {match.id: months for match in own}
    assert session.scalar(select(func.sum(Posting.amount))) == 0
    assert session.scalar(select(func.count(Fact.id))) == 3 * months
    assert session.scalar(select(func.count(Transaction.id))) == 3 * months
    assert is_sound(session, now)


def _wait_for_a_run(session: Session, child: "subprocess.Popen[bytes]") -> None:
    """Wait until the child has taken the lease, or ended."""
    before = session.scalar(select(func.count(JobRun.id)))
    session.rollback()
    while child.poll() is None and session.scalar(select(func.count(JobRun.id))) == before:
        session.rollback()
        time.sleep(0.005)
