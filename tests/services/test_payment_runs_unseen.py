"""When a provider was last asked is when a donor paid: who watches the jobs reads no such run."""

from datetime import date

from models.jobs import JobLease, JobRun
from services import gate
from services.figures import figures_internal
from services.upkeep import watch
from tests.factories import viewer
from vocabulary.enums import JobStatus, Role, Trouble

ADMIN = viewer(Role.ADMINISTRATOR)


def test_no_run_of_the_payments_job_shows_but_its_trouble_does(session, now) -> None:
    for name, status in (("payments", JobStatus.FAILED), ("stipends", JobStatus.DONE)):
        done = {"started_at": now, "finished_at": now, "period": date(2026, 11, 21)}
        session.add(JobRun(name=name, status=status, due=1, done=1, **done))
        session.add(JobLease(name=name, token=1, holder="", looked_at=now))
    session.add(JobRun(name="payments", status=JobStatus.DONE, due=1, done=1, **done))
    session.add(JobRun(name="payments", status=JobStatus.FAILED, **done))
    session.flush()

    shown = {card["name"]: card for card in watch.jobs(session, ADMIN)}

    assert (shown["payments"]["last"], shown["payments"]["good"]) == (None, None)
    assert shown["stipends"]["last"]["done"] == 1
    assert {card["name"] for card in gate.cards(session, ADMIN, JobRun)} == {"stipends"}
    assert set(figures_internal.last_done(session, ADMIN)) == {"stipends"}
    troubles = {(one.name, one.trouble) for one in watch.findings(session, ADMIN, now=now)}
    assert ("payments", Trouble.FAILED) in troubles
