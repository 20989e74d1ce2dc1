"""A sponsor who is back within a holiday pays its months alone: the fund has opened none of them."""

from datetime import date

import pytest

from models.pledges import Match, Pledge
from services.pledges import changes
from services.routes import calendar
from services.vault import vault
from tests.factories import BANNER, a_school, viewer
from tests.services.gap_fund import broken, feed
from tests.services.routes.worlds import FIRST, a_pupil, lines, morning
from tests.services.test_standing_in import paused
from vocabulary.dates import add_months, at
from vocabulary.enums import HolidayKind, PledgeStatus, Rhythm, Role
from vocabulary.school_year import Closed

WINTER = Closed(date(2027, 1, 9), date(2027, 3, 7))
MONTHS = [add_months(date(2026, 9, 1), n) for n in range(9)]


@pytest.fixture
def story(session):
    child, match = a_pupil(session, a_school(session))
    feed(session, 1_000_000)
    calendar.enter(session, FIRST, BANNER, HolidayKind.WINTER, WINTER, now=at(date(2026, 11, 1)))
    return child, match


def pause(session, match: Match, months: int, on: date) -> None:
    changes.pause(session, *donor(session, match), months=months, now=at(on))


def resume(session, match: Match, on: date) -> None:
    changes.resume(session, *donor(session, match), now=at(on))


def donor(session, match: Match):
    pledge = session.get_one(Pledge, match.pledge_id)
    me = viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, pledge.id))
    return me, pledge.donor_ref


def mornings(session, *acts) -> None:
    """Every first morning from September to May, and acts on their days in between."""
    waiting = sorted(acts, key=lambda act: act[0])
    for month in MONTHS:
        while waiting and waiting[0][0] < month:
            day, act, *more = waiting.pop(0)
            act(session, *more, on=day)
        morning(session, month)


@pytest.mark.parametrize(("asked_on", "months"), [(date(2026, 11, 20), 2), (date(2026, 12, 20), 1)])
def test_a_pause_that_ends_in_a_holiday_gives_no_month_twice(
    session, story, asked_on, months
) -> None:
    child, match = story

    mornings(session, (asked_on, pause, match, months))

    assert [due for due, _, _ in lines(session, child)] == MONTHS
    # The money that these children are paid from came without a receipt.
    assert broken(session, MONTHS[-1]).keys() == {"receipts_booked"}


def test_a_pause_that_is_cut_short_in_a_holiday_gives_no_month_twice(session, story) -> None:
    child, match = story

    mornings(session, (date(2026, 11, 20), pause, match, 4), (date(2027, 1, 5), resume, match))

    assert [due for due, _, _ in lines(session, child)] == MONTHS


def test_a_term_that_its_sponsor_takes_up_again_is_not_the_funds_to_open_early(
    session, story
) -> None:
    child, match = story
    pledge = session.get_one(Pledge, match.pledge_id)
    match.starts_on, match.rhythm, match.instalment_fen = date(2026, 3, 1), Rhythm.TERM, 60_000
    pledge.rhythm, pledge.instalment_fen = match.rhythm, match.instalment_fen
    paused(session, match, MONTHS[0], date(2027, 9, 1))
    pledge.status = PledgeStatus.PAUSED

    mornings(session, (date(2026, 12, 20), resume, match))

    assert [due for due, _, _ in lines(session, child)] == MONTHS[:7]
