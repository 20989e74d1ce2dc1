"""A Monday that was missed is made up by the first run after it, once: letters and the weekly list."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.schedule import BY_NAME
from jobs.start import start
from models.jobs import JobRun
from models.letters import Letter
from models.listings import ListedChild, Listing
from privacy import viewers
from services import leaps
from services.letters import letter_post
from tests.factories import a_child, viewer
from tests.services.letters.worlds import WEDNESDAY, World, a_world
from vocabulary import clock
from vocabulary.dates import SHANGHAI, at, today
from vocabulary.enums import JobStatus, LetterStatus, Role

MONDAY = date(2026, 11, 23)
AWAKE = "notices"  # what shows that the machine goes


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def on(world: World, day: date, *names: str) -> None:
    """Live a day of the machine: it shows that it goes, and starts what is named."""
    world.session.commit()
    with clock.moved_to(at(day)):
        for name in (AWAKE, *names):
            start(world.session, BY_NAME[name], period=day)


def written_and_released(world: World, day: date) -> int:
    world.now = at(day)
    letter = world.family_writes()
    world.release()
    return letter.id


def delivered(world: World) -> dict[int, date]:
    rows = world.session.execute(
        select(Letter.id, Letter.delivered_on).where(Letter.status == LetterStatus.DELIVERED)
    )
    return {key: day for key, day in rows}


def test_letters_start_every_day_at_their_hour(now) -> None:
    job = BY_NAME["letters"]
    tuesday = at(MONDAY + timedelta(days=1))

    first = job.next_start(at(MONDAY))

    assert job.next_start(first) - first == timedelta(days=1)
    assert job.next_start(tuesday).astimezone(SHANGHAI).date() == today(tuesday)


def test_a_missed_monday_leaves_with_the_first_run_after_it(world: World) -> None:
    letter = written_and_released(world, date(2026, 11, 18))
    on(world, date(2026, 11, 22))
    on(world, MONDAY)

    on(world, MONDAY + timedelta(days=1), "letters")

    assert delivered(world) == {letter: MONDAY}


def test_while_the_clock_is_in_doubt_nothing_leaves_and_the_week_is_not_lost(world: World) -> None:
    letter = written_and_released(world, date(2026, 11, 18))
    on(world, date(2026, 11, 19))

    on(world, MONDAY + timedelta(days=1), "letters")
    nothing = delivered(world)
    paying = viewer(Role.PAYING_DESK, actor="account:paying")
    leaps.confirm(world.session, paying, now=at(MONDAY + timedelta(days=1)))
    on(world, MONDAY + timedelta(days=2), "letters")

    assert nothing == {}
    assert delivered(world) == {letter: MONDAY}


def test_what_was_released_since_waits_for_the_next_monday(world: World) -> None:
    before = written_and_released(world, date(2026, 11, 18))
    on(world, date(2026, 11, 22))
    since = written_and_released(world, MONDAY)
    on(world, MONDAY)
    for day in range(1, 7):
        on(world, MONDAY + timedelta(days=day), "letters")

    assert delivered(world) == {before: MONDAY}
    on(world, MONDAY + timedelta(days=7), "letters")
    assert delivered(world) == {before: MONDAY, since: MONDAY + timedelta(days=7)}


def test_a_week_has_one_batch_and_one_run(world: World) -> None:
    written_and_released(world, date(2026, 11, 18))
    on(world, date(2026, 11, 22))
    for day in range(5):
        on(world, MONDAY + timedelta(days=day), "letters")

    runs = select(JobRun.period).where(JobRun.name == "letters", JobRun.status == JobStatus.DONE)
    assert world.session.scalars(runs).all() == [MONDAY]


def test_a_run_lost_after_its_batch_left_is_not_followed_by_a_second_batch(world: World) -> None:
    letter = written_and_released(world, date(2026, 11, 18))
    engine = viewers.engine("letters")
    letter_post.deliver(world.session, engine, period=MONDAY, now=at(MONDAY))
    late = written_and_released(world, date(2026, 11, 20))
    on(world, MONDAY)

    on(world, MONDAY + timedelta(days=1), "letters")

    assert delivered(world) == {letter: MONDAY}
    assert late not in delivered(world)


def listed(world: World) -> tuple[list[date], int]:
    weeks = world.session.scalars(select(Listing.week_on).order_by(Listing.week_on)).all()
    return list(weeks), len(world.session.scalars(select(ListedChild.id)).all())


def five_more(world: World) -> None:
    for _ in range(5):
        a_child(world.session)


def test_a_list_whose_monday_was_missed_leaves_with_the_first_run_after_it(world: World) -> None:
    five_more(world)
    on(world, MONDAY)
    before = listed(world)

    on(world, MONDAY + timedelta(days=1), "listings")

    weeks, rows = listed(world)
    assert before == ([], 0)
    assert weeks == [MONDAY]
    assert rows >= 5


def test_a_week_has_one_list_and_one_run(world: World) -> None:
    five_more(world)
    on(world, MONDAY)
    on(world, MONDAY + timedelta(days=1), "listings")
    first = listed(world)
    five_more(world)
    for day in range(2, 7):
        on(world, MONDAY + timedelta(days=day), "listings")
    same = listed(world)

    on(world, MONDAY + timedelta(days=7), "listings")

    runs = select(JobRun.period).where(JobRun.name == "listings", JobRun.status == JobStatus.DONE)
    tuesday, next_week = MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)
    assert same == first
    assert listed(world) == ([MONDAY, next_week], first[1] + 5)
    assert world.session.scalars(runs).all() == [tuesday, next_week]


def test_while_the_clock_is_in_doubt_no_list_leaves_and_the_week_is_not_lost(world: World) -> None:
    five_more(world)
    on(world, date(2026, 11, 19))
    tuesday = MONDAY + timedelta(days=1)

    on(world, tuesday, "listings")
    nothing = listed(world)
    paying = viewer(Role.PAYING_DESK, actor="account:paying")
    leaps.confirm(world.session, paying, now=at(tuesday))
    on(world, tuesday + timedelta(days=1), "listings")

    assert nothing == ([], 0)
    assert listed(world)[0] == [MONDAY]
