"""What falls due in a school holiday is handed out before it, each month once; schools are left alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.children import Child
from models.notices import Notice
from models.pledges import Match, Pledge, PledgeChange
from models.routes import Holiday
from models.stipends import Batch, Stipend
from services.batches import batches
from services.checking import checks
from services.fund import bridging
from services.handover import reminders
from services.pledges import changes
from services.routes import calendar
from services.vault import vault
from tests.factories import BANNER, OTHER_BANNER, START, a_school, an_account, viewer
from tests.services.gap_fund import feed
from tests.services.routes.worlds import DESK, ENGINE, FIRST, a_pupil, lines, morning
from vocabulary.dates import at
from vocabulary.enums import BatchStatus, ChangeKind, HolidayKind, NoticeKind, Role, Route
from vocabulary.errors import BadInput, NotPermitted
from vocabulary.school_year import Closed, opens_on, term_ends_on

TODAY = date(2026, 11, 21)
WINTER = Closed(date(2027, 1, 9), date(2027, 3, 7))
JANUARY, FEBRUARY, MARCH, APRIL = (date(2027, month, 1) for month in (1, 2, 3, 4))


def enter(session, closed=WINTER, *, banner=BANNER, by=FIRST, on=TODAY) -> str:
    return calendar.enter(session, by, banner, HolidayKind.WINTER, closed, now=at(on))


def opened(session) -> list[date]:
    return list(session.scalars(select(Stipend.due_on).order_by(Stipend.due_on)))


def test_what_is_due_in_a_holiday_goes_into_the_last_batch_before_it_with_its_own_month(
    session,
) -> None:
    child, _ = a_pupil(session, a_school(session))
    enter(session)
    morning(session, date(2026, 12, 31))
    assert opened(session)[-1] == date(2026, 12, 1)

    morning(session, JANUARY)
    morning(session, FEBRUARY)
    morning(session, MARCH)

    found = lines(session, child)
    assert [due for due, _, _ in found][-3:] == [JANUARY, FEBRUARY, MARCH]
    months = select(Batch.month).join(Stipend, Stipend.batch_id == Batch.id)
    assert set(session.scalars(months.where(Stipend.due_on >= JANUARY))) == {JANUARY}
    morning(session, APRIL)
    assert opened(session).count(APRIL) == 1
    assert len(opened(session)) == len(set(opened(session)))


def test_other_ways_and_other_banners_go_month_by_month(session) -> None:
    a_pupil(session, a_school(session), 1, route=Route.VILLAGE)
    far = a_school(session, "根河中学", OTHER_BANNER)
    a_pupil(session, far, 2, region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    enter(session)

    morning(session, JANUARY)

    assert max(opened(session)) == JANUARY


def test_a_holiday_entered_late_opens_at_once_and_a_second_run_opens_nothing(session) -> None:
    a_pupil(session, a_school(session))
    morning(session, JANUARY)
    enter(session, on=date(2027, 1, 5))

    morning(session, date(2027, 1, 6))
    count = len(opened(session))
    morning(session, date(2027, 1, 7))

    assert opened(session)[-2:] == [FEBRUARY, MARCH]
    assert len(opened(session)) == count


def _unpaid(session) -> tuple[Child, Match]:
    """A pupil from January on, whose sponsor has paid nothing."""
    child, match = a_pupil(session, a_school(session), is_paid=False)
    match.starts_on = JANUARY
    session.flush()
    return child, match


def test_the_fund_pays_before_the_holiday_what_is_handed_out_before_it(session) -> None:
    child, _ = _unpaid(session)
    feed(session, 30_000)
    enter(session)

    morning(session, JANUARY)

    assert bridging.balance(session) == 0
    assert [due for due, _, _ in lines(session, child)] == [JANUARY, FEBRUARY, MARCH]


def test_a_donor_is_asked_on_the_due_day_and_never_before(session) -> None:
    _unpaid(session)
    enter(session)

    morning(session, JANUARY)
    first = _asked(session)
    morning(session, FEBRUARY)

    assert (len(first), len(_asked(session))) == (1, 2)


def _asked(session) -> list[int]:
    return list(session.scalars(select(Notice.rung).where(Notice.kind == NoticeKind.PAYMENT_DUE)))


def test_a_pause_asked_for_after_that_begins_with_the_first_month_not_handed_out(session) -> None:
    _, match = a_pupil(session, a_school(session))
    enter(session)
    morning(session, JANUARY)
    pledge = session.get_one(Pledge, match.pledge_id)
    donor = viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, pledge.id))
    day = date(2027, 1, 5)

    changes.pause(session, donor, pledge.donor_ref, months=1, now=at(day))
    feed(session, 1_000_000)
    for month in (FEBRUARY, MARCH, APRIL, date(2027, 5, 1)):
        morning(session, month)

    (asked,) = session.scalars(select(PledgeChange)).all()
    assert (asked.effective_on, asked.until_on) == (APRIL, date(2027, 5, 1))
    assert len(opened(session)) == len(set(opened(session))) == 9


def test_what_a_donor_asked_to_stop_is_not_opened_early(session) -> None:
    _, match = a_pupil(session, a_school(session))
    enter(session)
    morning(session, date(2026, 12, 1))
    session.add(
        PledgeChange(
            pledge_id=match.pledge_id, kind=ChangeKind.PAUSE, effective_on=FEBRUARY,
            until_on=APRIL, asked_at=at(TODAY),
        )
    )  # fmt: skip
    session.flush()

    morning(session, JANUARY)

    assert opened(session)[-1] == JANUARY


def test_schools_are_reminded_on_school_days_and_left_alone_in_their_holiday(session) -> None:
    school = a_school(session)
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=school.id)
    an_account(session, Role.CASE_WORKER, login="worker")
    a_pupil(session, school)
    enter(session)
    morning(session, JANUARY)
    sent_on = date(2027, 1, 5)
    refs = list(session.scalars(select(Batch.ref).where(Batch.status == BatchStatus.OPEN)))
    batches.send_all(session, DESK, refs, now=at(sent_on))

    told = {}
    for n in range(90):
        day = sent_on + timedelta(days=n)
        counts = reminders.remind(session, ENGINE, on=day, now=at(day))
        if counts["reminded"] or counts["escalated"]:
            told[day] = (counts["reminded"], counts["escalated"])

    assert not [day for day in told if WINTER.holds(day)]
    # School day 3 is 8 January; day 7 and the fourteenth day come once school is back.
    assert told == {
        date(2027, 1, 8): (1, 0), date(2027, 3, 11): (1, 0), date(2027, 3, 18): (0, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("closed", "field", "reason"),
    [
        (Closed(date(2027, 1, 9), date(2027, 1, 8)), "until_on", "before_start"),
        (Closed(date(2027, 1, 9), date(2027, 6, 9)), "until_on", "too_long"),
        (Closed(date(2026, 10, 1), date(2026, 10, 7)), "from_on", "not_between"),
        (Closed(date(2027, 3, 7), date(2027, 3, 9)), "from_on", "overlaps"),
    ],
)
def test_a_holiday_that_cannot_be_is_refused(session, closed, field, reason) -> None:
    enter(session)

    with pytest.raises(BadInput) as refusal:
        enter(session, closed)

    assert refusal.value.params == {"field": field, "reason": reason}


def test_only_case_staff_of_the_banner_enter_its_calendar(session) -> None:
    with pytest.raises(NotPermitted):
        enter(session, banner=OTHER_BANNER)
    with pytest.raises(NotPermitted):
        enter(session, by=viewer(Role.SCHOOL_OFFICER))


def test_a_holiday_is_looked_at_before_it_is_kept_and_can_be_taken_back(session) -> None:
    a_pupil(session, a_school(session))

    seen = calendar.preview(session, FIRST, BANNER, WINTER, now=at(TODAY))
    assert (seen["months"], seen["opens_on"], seen["children"]) == ([FEBRUARY, MARCH], JANUARY, 1)
    assert session.scalars(select(Holiday)).all() == []

    ref = enter(session)
    calendar.withdraw(session, FIRST, ref, now=at(TODAY))
    morning(session, JANUARY)

    assert opened(session)[-1] == JANUARY
    assert calendar.listing(session, FIRST, now=at(TODAY)) == []


def test_holidays_that_follow_one_another_share_the_batch_before_the_first() -> None:
    first, second = Closed(date(2027, 1, 20), date(2027, 2, 10)), Closed(date(2027, 2, 11), MARCH)

    assert opens_on(MARCH, [first, second]) == JANUARY
    assert opens_on(APRIL, [first, second]) == APRIL


@pytest.mark.parametrize(
    ("day", "end"),
    [(START, date(2027, 1, 31)), (date(2027, 1, 5), date(2027, 1, 31)),
     (date(2027, 2, 1), date(2027, 7, 31)), (date(2027, 8, 1), date(2028, 1, 31))],
)  # fmt: skip
def test_a_school_term_ends_in_january_or_july(day, end) -> None:
    assert term_ends_on(day) == end


def test_the_nightly_check_is_clean_with_months_opened_early(session) -> None:
    a_pupil(session, a_school(session))
    enter(session)
    morning(session, JANUARY)

    report = checks.report(session, viewer(Role.AUDITOR), now=at(JANUARY, 13))
    names = (
        "due_against_done",
        "opened_by_runs",
        "schedule",
        "stipends_of_matches",
        "batches",
        "ways",
    )

    assert [one for one in report["checks"] if one["name"] in names and one["count"]] == []


def test_holidays_in_a_row_bring_no_month_forward_by_more_than_three(session) -> None:
    """One clerk opens no year ahead out of the fund by holidays that follow one another."""
    feed(session, 1_000_000)
    _unpaid(session)
    autumn = Closed(date(2026, 12, 10), date(2027, 3, 19))
    enter(session, autumn)
    following = Closed(autumn.until_on + timedelta(days=1), date(2027, 6, 27))

    for closed in (following, Closed(following.from_on, date(2027, 4, 1))):
        with pytest.raises(BadInput, match="too_far_ahead"):
            enter(session, closed)
    enter(session, Closed(date(2027, 4, 2), date(2027, 4, 30)))
    before = Closed(date(2026, 11, 25), date(2026, 12, 9))
    with pytest.raises(BadInput, match="too_far_ahead"):
        enter(session, before)

    morning(session, date(2026, 12, 1))
    assert opened(session)[-1] == MARCH
