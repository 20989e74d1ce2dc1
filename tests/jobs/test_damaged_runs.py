"""One matching run whose certificate cannot be read: set aside and shouted about, the night goes on."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from jobs.matching import match_all, match_asked
from jobs.run import Run
from jobs.schedule import BY_NAME
from jobs.start import start
from models.care import CareMatch
from models.matching_runs import MatchingRun
from models.notices import Notice
from models.pledges import Match
from privacy import viewers
from services.pairing import matching_runs, run_reports
from services.runs import drafting, releasing
from services.upkeep import watch
from services.upkeep.watch import Finding
from tests.factories import BANNER, OTHER_BANNER, a_child, a_pledge, an_account, viewer
from tests.services.care import worlds as care
from vocabulary.enums import NoticeKind, Role, RunStatus, Trouble
from vocabulary.errors import RunDamaged

WATCHDOG = viewers.engine("watchdog")
REGION = viewer(Role.STATISTICS, regions=("150000000000",))
DAMAGE = Finding("matching", Trouble.DAMAGED)


def night(session: Session, now: datetime) -> dict[str, int]:
    did: dict[str, int] = {}
    session.commit()
    Run(session, "matching", period=now.date()).execute(lambda run: did.update(match_all(run)))
    return did


def runs(session: Session) -> list[tuple[str, str | None, RunStatus]]:
    found = session.scalars(select(MatchingRun).order_by(MatchingRun.id))
    return [(one.kind, one.banner, one.status) for one in found]


def newest(session: Session) -> MatchingRun:
    return session.scalars(select(MatchingRun).order_by(MatchingRun.id.desc()).limit(1)).one()


def spoil(session: Session, run: MatchingRun, certificate: bytes = b"no certificate") -> None:
    own = MatchingRun.id == run.id
    session.execute(update(MatchingRun).where(own).values(certificate=certificate))
    session.commit()
    session.expire_all()


def elsewhere(session: Session, name: str) -> None:
    a_child(session, name=name, region_code=OTHER_BANNER, banner_code=OTHER_BANNER)


@pytest.fixture
def paired(session: Session, now: datetime) -> MatchingRun:
    """A released run over the whole region."""
    a_child(session)
    a_pledge(session)
    night(session, now)
    return newest(session)


def test_an_unreadable_certificate_stops_no_night(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    spoil(session, paired)
    a_child(session, name="新来的")
    a_pledge(session, "13800000002")
    care.a_caring_child(session)
    care.a_volunteer(session, now)

    did = night(session, now)

    assert (did["proposed"], did["care_proposed"]) == (1, 1)
    assert runs(session) == [
        ("pledges", None, RunStatus.DAMAGED),
        ("pledges", None, RunStatus.RELEASED),
        ("volunteers", None, RunStatus.RELEASED),
    ]
    assert session.scalar(select(func.count(Match.id))) == 2
    assert session.scalar(select(func.count(CareMatch.id))) == 1


def test_the_run_after_it_is_what_is_known_from_then_on(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    spoil(session, paired)
    night(session, now)
    before = runs(session)

    night(session, now)

    assert before == runs(session)
    assert DAMAGE not in watch.findings(session, WATCHDOG, now=now)


def test_a_changed_byte_is_as_bad_as_a_lost_certificate(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    whole = paired.certificate
    spoil(session, paired, whole[:-1] + bytes([whole[-1] ^ 1]))

    night(session, now)

    assert [status for _, _, status in runs(session)] == [RunStatus.DAMAGED, RunStatus.RELEASED]


def test_after_one_banners_damaged_run_the_whole_region_is_matched(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    elsewhere(session, "外旗")
    night(session, now)
    assert runs(session)[-1] == ("pledges", OTHER_BANNER, RunStatus.RELEASED)
    spoil(session, newest(session))

    night(session, now)

    assert runs(session) == [
        ("pledges", None, RunStatus.RELEASED),
        ("pledges", OTHER_BANNER, RunStatus.DAMAGED),
        ("pledges", None, RunStatus.RELEASED),
    ]


def test_administrators_are_told_until_a_newer_run_is_released(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    """The new run is over twelve children in two banners: a draft until somebody releases it."""
    an_account(session, Role.ADMINISTRATOR, login="root")
    for n in range(10):
        elsewhere(session, f"外旗{n}")
        a_child(session, name=f"本旗{n}")
        a_pledge(session, f"138000001{n:02}", children_wanted=2)
    spoil(session, paired)
    night(session, now)
    assert newest(session).status is RunStatus.DRAFT
    session.commit()

    start(session, BY_NAME["watchdog"], period=now.date())
    told = session.scalars(select(Notice.subject).where(Notice.kind == NoticeKind.JOB_ALARM)).all()
    before = watch.findings(session, WATCHDOG, now=now)
    releasing.release(session, REGION, newest(session).ref, now=now)

    assert "job:matching:2026-11-21:damaged" in told
    assert DAMAGE in before
    assert DAMAGE not in watch.findings(session, WATCHDOG, now=now)


def test_what_somebody_asked_for_is_matched_all_the_same(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    spoil(session, paired)
    a_child(session, name="名单上的")
    drafting.ask_after_list(session, viewer(Role.CASE_WORKER), BANNER, now=now)
    session.commit()

    Run(session, "matching-asked", period=now.date()).execute(match_asked)

    assert runs(session)[:2] == [
        ("pledges", None, RunStatus.DAMAGED),
        ("pledges", BANNER, RunStatus.RELEASED),
    ]
    assert watch.findings(session, WATCHDOG, now=now) == [DAMAGE]


def test_the_reports_of_later_runs_open_and_its_own_says_why_not(
    session: Session, now: datetime, paired: MatchingRun
) -> None:
    a_pledge(session, "13800000002")
    night(session, now)
    later = newest(session).ref
    spoil(session, paired)

    assert run_reports.report(session, REGION, later)["run"]["ref"] == later
    with pytest.raises(RunDamaged):
        matching_runs.verify(session, viewer(Role.AUDITOR), paired.ref)


def test_a_damaged_draft_is_never_released_but_put_aside(session: Session, now: datetime) -> None:
    for n in range(6):
        elsewhere(session, f"外旗{n}")
        a_child(session, name=f"本旗{n}")
        a_pledge(session, f"138000000{n:02}", children_wanted=2)
    night(session, now)
    assert newest(session).status is RunStatus.DRAFT
    ref = newest(session).ref
    spoil(session, newest(session))

    with pytest.raises(RunDamaged):
        releasing.release(session, REGION, ref, now=now)
    session.rollback()
    releasing.discard(session, REGION, ref, now=now)

    assert runs(session) == [("pledges", None, RunStatus.DISCARDED)]
