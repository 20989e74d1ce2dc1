"""A hand silent twice in a row loses its children to another way; cash not given comes back in time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.notices import Notice
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from services.batches import batches, returns
from services.batches.returns import Sum
from services.handover import handovers, reminders
from services.routes import calendar, desk, returning, silence
from tests.factories import a_school, an_account, viewer
from tests.services.routes.worlds import DESK, ENGINE, FIRST, a_pupil, lines, morning
from vocabulary.dates import at
from vocabulary.enums import BatchStatus, NoticeKind, Role, Route, RouteReason, Snag
from vocabulary.errors import BadInput, NotFound, NotPermitted
from vocabulary.school_year import Closed

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
LATE = date(2026, 11, 21)


class World:
    """A school with two pupils that got two batches and said nothing of either."""

    def __init__(self, session) -> None:
        self.session, self.school = session, a_school(session)
        an_account(session, Role.SCHOOL_OFFICER, login="o", organisation_id=self.school.id)
        an_account(session, Role.CASE_WORKER, login="w")
        self.pupils = [a_pupil(session, self.school, n)[0] for n in (1, 2)]
        self.officer = viewer(Role.SCHOOL_OFFICER, organisation_id=self.school.id)
        for month in (OCTOBER, NOVEMBER):
            morning(session, month)
            refs = session.scalars(select(Batch.ref).where(Batch.status == BatchStatus.OPEN))
            batches.send_all(session, DESK, list(refs), now=at(month))
        reminders.remind(session, ENGINE, on=LATE, now=at(LATE))

    def move(self, route=Route.OFFICE, note="打了三次电话没人接", by=FIRST) -> int:
        (card,) = silence.hands(self.session, FIRST, now=at(LATE))
        return silence.move(self.session, by, card["ref"], route, note, now=at(LATE))


@pytest.fixture
def world(session) -> World:
    return World(session)


def test_two_batches_without_a_word_put_a_school_on_the_list(session, world) -> None:
    (card,) = silence.hands(session, FIRST, now=at(LATE))

    assert (card["hand"]["name"], card["months"], card["children"]) == (
        world.school.name, [OCTOBER, NOVEMBER], 2,
    )  # fmt: skip
    assert card["open_fen"] == 6 * 10_000


def test_one_word_about_one_line_takes_it_off(session, world) -> None:
    (card, *_) = handovers.list_for(session, world.officer, now=at(LATE))
    handovers.hand_over_one(session, world.officer, card["lines"][0]["ref"], now=at(LATE))

    assert silence.hands(session, FIRST, now=at(LATE)) == []
    with pytest.raises(NotFound):
        silence.move(session, FIRST, card["ref"], Route.OFFICE, "没人接", now=at(LATE))


def test_its_children_go_another_way_from_the_next_batch_and_miss_no_month(session, world) -> None:
    assert world.move() == 2

    morning(session, DECEMBER)

    for child in world.pupils:
        assert [(due.month, route) for due, route, _ in lines(session, child)] == [
            (9, "school"), (10, "school"), (11, "school"), (12, "office"),
        ]  # fmt: skip
    reasons = select(ChildRoute.reason).distinct()
    assert session.scalars(reasons).all() == [RouteReason.HAND_SILENT]


def test_what_lies_with_it_is_called_back_and_booked_when_it_comes(session, world) -> None:
    world.move()
    expected = returns.expected(session, DESK)

    assert [card["total_fen"] for card in expected] == [4 * 10_000, 2 * 10_000]
    for card in expected:
        read = Sum(card["count"], card["total_fen"])
        returns.record(session, DESK, card["ref"], read, on=LATE, now=at(LATE))
    assert set(
        session.scalars(select(Stipend.returned_on).where(Stipend.sent_on.is_not(None)))
    ) == {LATE}


@pytest.mark.parametrize(("note", "by", "error"), [
    (" ", FIRST, BadInput), ("没人接", viewer(Role.SCHOOL_OFFICER), NotPermitted),
])  # fmt: skip
def test_it_takes_case_staff_and_a_reason(world, note, by, error) -> None:
    with pytest.raises(error):
        world.move(note=note, by=by)


@pytest.mark.parametrize("snag", [Snag.UNDELIVERABLE, Snag.ON_LEAVE, Snag.SUSPENDED])
def test_cash_not_given_is_due_back_within_ten_school_days(session, world, snag) -> None:
    (card, *_) = handovers.list_for(session, world.officer, now=at(LATE))
    line = card["lines"][0]["ref"]
    handovers.note_snag(session, world.officer, line, snag, now=at(LATE))
    back_by = returning.back_by(session)[card["ref"]]

    # Ten school days after Saturday 21 November: Friday 4 December.
    assert back_by == date(2026, 12, 4)
    assert returning.remind(session, ENGINE, on=back_by, now=at(back_by)) == 0
    after = back_by + timedelta(days=1)
    for _ in range(2):
        assert returning.remind(session, ENGINE, on=after, now=at(after)) == 1
    told = select(Notice).where(Notice.kind == NoticeKind.RETURN_LATE)
    assert len(session.scalars(told).all()) == 2  # the school's officer and the case worker, once
    assert [one["ref"] for one in desk.late(session, FIRST, now=at(after))] == [card["ref"]]


def test_a_schools_holiday_stops_the_ten_days(session, world) -> None:
    (card, *_) = handovers.list_for(session, world.officer, now=at(LATE))
    line = card["lines"][0]["ref"]
    handovers.note_snag(session, world.officer, line, Snag.UNDELIVERABLE, now=at(LATE))
    closed = Closed(date(2026, 11, 23), date(2026, 11, 27))
    banner = "150723000000"
    calendar.enter(session, FIRST, banner, calendar.HolidayKind.OTHER, closed, now=at(LATE))

    assert returning.back_by(session)[card["ref"]] == date(2026, 12, 11)
