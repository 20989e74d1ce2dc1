"""When somebody may come: a rule between a child's need and a volunteer's own words, and its reasons."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from jobs.matching import propose as run
from jobs.run import Run
from models.care import CareMatch
from models.children import Need
from models.trace import OrdinaryEntry
from services.care import market
from services.care.abilities import times_of
from services.children import children
from services.children.newcomers import NewNeed
from services.runs import nobody
from services.runs.sides import CARE
from tests.services.care.worlds import World, a_caring_child, a_volunteer, a_world, broken_rules
from vocabulary.dates import today
from vocabulary.enums import CareTime, NeedKind, NeedStatus
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import care_words, reasons

WEEKEND, EVENING = CareTime.WEEKEND, CareTime.EVENING


@pytest.fixture
def world(session, now: datetime) -> World:
    return a_world(session, now)


def asks(session, world: World, *times: CareTime) -> Need:
    company = (Need.child_id == world.child.id, Need.kind == NeedKind.COMPANIONSHIP)
    need = session.scalars(select(Need).where(*company)).one()
    need.times = " ".join(times)
    session.flush()
    return need


def propose(session, now) -> list[CareMatch]:
    session.commit()
    Run(session, "matching", period=today(now)).execute(run)
    return list(session.scalars(select(CareMatch)))


@pytest.mark.parametrize(
    ("her_words", "asked"),
    [
        ("周末", (WEEKEND,)),
        ("工作日晚上", (EVENING,)),
        ("寒暑假、周末", (EVENING, WEEKEND)),
        ("都可以", (EVENING,)),
        (None, (EVENING,)),
        ("周末", ()),
        ("看情况", (EVENING,)),
    ],
)
def test_the_rule_turns_nobody_away_with_whom_a_time_is_common(
    session, world, now, her_words, asked
) -> None:
    world.mother.availability = her_words
    asks(session, world, *asked)

    assert broken_rules(session, world, now) == []


def test_a_need_that_names_no_time_beside_one_that_does_turns_nobody_away(
    session, world, now
) -> None:
    world.mother.availability = "周末"
    asks(session, world, EVENING)
    assert broken_rules(session, world, now) == ["times"]

    session.add(Need(child_id=world.child.id, kind=NeedKind.TUTORING, since_on=today(now)))
    session.flush()

    assert broken_rules(session, world, now) == []


def test_times_of_several_needs_are_put_together_child_by_child(session, world, now) -> None:
    asks(session, world, EVENING)
    tutoring = {"child_id": world.child.id, "kind": NeedKind.TUTORING, "since_on": today(now)}
    session.add(Need(**tutoring, times="weekend"))
    a_caring_child(session, name="陈雨")
    session.flush()

    needs = market.need_records(session, market.asking(session), [], on=today(now))

    assert sorted(map(sorted, needs.values("times"))) == [[], ["evening", "weekend"]]


def test_the_run_gives_the_child_to_who_has_time_and_says_so(session, world, now) -> None:
    world.mother.availability = "周末"
    other = a_volunteer(session, now, name="晚上的", availability="下班后")
    asks(session, world, EVENING, CareTime.HOLIDAY)

    (match,) = propose(session, now)

    assert match.volunteer_id == other.id
    assert match.about["times"] == ["evening", "holiday"]
    said = {row["factor"]: row["sentence"] for row in care_words.rows(match.reasons)}
    assert said["时间"] == "孩子平日放学后、寒暑假可以，她平日放学后有空。"


def test_when_nobody_fits_the_rule_is_named_with_how_many_it_removed(session, world, now) -> None:
    world.mother.availability = "周末"
    a_volunteer(session, now, name="也是周末的", availability="周六上午")
    asks(session, world, EVENING)
    assert propose(session, now) == []

    (row,) = nobody.waiting(session, world.who("worker", now), CARE, now=now)["rows"]

    assert row["removed"] == [{"rule": "times", "offers": 2, "alone": 2}]
    said = reasons.in_the_way(row["removed"], row["relaxation"], rules=care_words.RULES, unit="位")
    assert said == [
        "2 位：有空的时间对不上",
        "只差“有空的时间对不上”这一条的有 2 位，从这里想办法最有用",
    ]


def test_staff_say_anew_when_somebody_may_come(session, world, now) -> None:
    by = world.who("worker", now)
    need = asks(session, world)

    children.change_times(session, by, need.ref, [WEEKEND, EVENING], now=now)

    assert need.times == "evening weekend"
    acts = select(OrdinaryEntry.act).where(OrdinaryEntry.subject == f"need:{need.ref}")
    assert list(session.scalars(acts)) == ["need.times"]
    need.status = NeedStatus.CLOSED
    with pytest.raises(AlreadyDecided):
        children.change_times(session, by, need.ref, [], now=now)


def test_money_has_no_times(session, world, now) -> None:
    by = world.who("worker", now)
    money = NewNeed(NeedKind.FINANCIAL, times=[WEEKEND])
    ref = children.add_need(session, by, world.child.ref, money, now=now)
    need = session.scalars(select(Need).where(Need.ref == ref)).one()

    assert need.times == ""
    with pytest.raises(BadInput):
        children.change_times(session, by, ref, [WEEKEND], now=now)
    need.times = "weekend"
    with pytest.raises(IntegrityError):
        session.flush()


def test_her_words_are_read_as_the_times_that_a_child_is_asked_for() -> None:
    for time, words in {
        CareTime.WEEKDAY: "平日白天",
        CareTime.EVENING: "平日放学后",
        CareTime.WEEKEND: "周末",
        CareTime.HOLIDAY: "寒暑假",
    }.items():
        assert care_words.times([time]) == words
        assert times_of(words) == {time}
