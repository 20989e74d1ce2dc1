"""The log of visits: a few taps, a worry that is heard first, and who reads what of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.harm import HarmAccused, HarmReport
from models.notices import Notice
from models.visits import Visit
from privacy import viewers
from services.care import deciding, visit_lists, visits
from services.care.visits import BACK_DAYS, NewVisit
from services.notices.drawing import facts_of
from tests.factories import viewer
from tests.services.care.worlds import World, a_caring_child, a_pair, a_volunteer, a_world
from vocabulary.dates import today
from vocabulary.enums import (
    Called,
    CareEnd,
    ChildMood,
    Complained,
    NoticeKind,
    Role,
    VisitKind,
    VisitSign,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return a_world(session, now)


@pytest.fixture
def pair(session: Session, world: World, now: datetime) -> CareMatch:
    begun = today(now) - timedelta(days=100)
    return a_pair(session, world.child, world.mother, now, decided_on=begun)


def a_visit(now: datetime, *, days: int = 0, **more) -> NewVisit:
    plain = {"kind": VisitKind.VISIT, "mood": ChildMood.GOOD}
    return NewVisit(met_on=today(now) - timedelta(days=days), **(plain | more))


def record(world: World, pair: CareMatch, now: datetime, **more) -> Visit:
    new = a_visit(now, **more)
    visits.record(world.session, world.who("mama", now), pair.her_ref, new, now=now)
    return world.session.scalars(select(Visit).order_by(Visit.id.desc())).first()


def called(session: Session) -> list[str]:
    found = select(Notice.subject).where(Notice.kind == NoticeKind.VISIT_WORRIES)
    return sorted(session.scalars(found))


def statements(session: Session, act: Callable[[], object]) -> int:
    """Count the statements that a question takes."""
    made: list[str] = []
    note = lambda *args: made.append(args[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(made)


def guardian(world: World):
    return viewer(Role.FAMILY, actor=f"family:{world.child.ref}", child_id=world.child.id)


def test_a_visit_stands_for_her_and_the_staff_and_calls_nobody(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    signs = (VisitSign.SCHOOL_TROUBLE,)
    visit = record(world, pair, now, signs=signs, words="数学有点跟不上。")

    (mine,) = visit_lists.hers(session, world.who("mama", now), pair.her_ref, now=now)
    (desk,) = visit_lists.desk(session, world.who("worker", now))
    assert (mine["mood"], mine["signs"], mine["words"]) == (
        ChildMood.GOOD, ["school_trouble"], "数学有点跟不上。",
    )  # fmt: skip
    assert (desk["ref"], desk["is_noted"], desk["is_worry"]) == (visit.ref, False, False)
    assert called(session) == []


def test_the_home_reads_day_and_kind_and_nothing_of_a_worry(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    record(world, pair, now, words="他说爸爸打他。", is_worry=True)
    record(world, pair, now, days=1)

    shown = visit_lists.at_home(session, guardian(world))

    assert [set(one) for one in shown] == [{"met_on", "kind"}] * 2
    slip = viewer(Role.FAMILY, actor="family:x", child_id=world.child.id, stipend_id=1)
    with pytest.raises(NotFound):
        visit_lists.at_home(session, slip)
    other = viewer(Role.FAMILY, actor="family:y", child_id=a_caring_child(session).id)
    assert visit_lists.at_home(session, other) == []


@pytest.mark.parametrize("how", [{"is_worry": True}, {"words": "她说不想活了。"}])
def test_a_worry_ticked_or_written_calls_all_the_case_staff_at_once_and_every_day(
    session: Session, world: World, pair: CareMatch, now: datetime, how: dict
) -> None:
    visit = record(world, pair, now, **how)
    assert called(session) == [f"visit:{visit.ref}"] * 3

    engine = viewers.engine("reminders")
    tomorrow = today(now) + timedelta(days=1)
    for _ in range(2):
        visits.remind(session, engine, on=tomorrow, now=now + timedelta(days=1))
    assert len(called(session)) == 6
    visits.take_up(session, world.who("worker", now), visit.ref, now=now)
    visits.remind(session, engine, on=tomorrow + timedelta(days=1), now=now + timedelta(days=2))
    assert len(called(session)) == 6


def test_a_worry_needs_no_other_answer(world: World, pair: CareMatch, now: datetime) -> None:
    assert record(world, pair, now, mood=None, is_worry=True).mood is None


def test_the_message_tells_no_word_of_it_and_nothing_once_it_is_taken_up(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    visit = record(world, pair, now, is_worry=True, words="身上有伤。")
    worker = world.who("worker2", now)

    told = facts_of(session, worker, f"visit:{visit.ref}", now=now)
    assert told == {"child": world.child.name, "worry": "1"}
    visits.take_up(session, world.who("worker", now), visit.ref, now=now)
    assert "worry" not in facts_of(session, worker, f"visit:{visit.ref}", now=now)
    with pytest.raises(AlreadyDecided):
        visits.take_up(session, worker, visit.ref, now=now)
    (card,) = visit_lists.desk(session, worker)
    assert card["taker"] == "李晓燕"


def test_whom_a_report_names_hears_and_reads_nothing_of_it(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    worker = world.who("worker", now)
    report = HarmReport(
        child_id=world.child.id, called=Called.POLICE, reported_by="account:x", reported_at=now
    )
    session.add(report)
    session.flush()
    session.add(
        HarmAccused(
            report_id=report.id, whom=Complained.OFFICE, actor=worker.actor,
            named_by="account:x", named_at=now,
        )
    )  # fmt: skip
    session.flush()

    visit = record(world, pair, now, is_worry=True)

    assert len(called(session)) == 2
    assert visit_lists.desk(session, worker) == []
    with pytest.raises(NotFound):
        visits.take_up(session, worker, visit.ref, now=now)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"days": -1}, {"field": "met_on", "reason": "not_a_choice"}),
        ({"days": BACK_DAYS + 1}, {"field": "met_on", "reason": "not_a_choice"}),
        ({"mood": None}, {"field": "mood", "reason": "missing"}),
        ({"words": "好" * 201}, {"field": "words", "reason": "too_long"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    world: World, pair: CareMatch, now: datetime, more: dict, said: dict
) -> None:
    with pytest.raises(BadInput) as refusal:
        record(world, pair, now, **more)

    assert refusal.value.params == said


def test_no_visit_lies_before_the_pair(session: Session, world: World, now: datetime) -> None:
    begun = today(now) - timedelta(days=3)
    young = a_pair(session, world.child, world.mother, now, decided_on=begun)

    record(world, young, now, days=3)
    with pytest.raises(BadInput):
        record(world, young, now, days=4)


def test_the_same_meeting_sent_twice_stands_once_and_taken_back_may_be_written_anew(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    visit = record(world, pair, now)
    with pytest.raises(BadInput) as refusal:
        record(world, pair, now)
    assert refusal.value.params["reason"] == "stands_already"
    record(world, pair, now, kind=VisitKind.CALL)

    her = world.who("mama", now)
    with pytest.raises(AlreadyDecided):
        visits.take_back(session, her, visit.her_ref, now=now + timedelta(days=1))
    visits.take_back(session, her, visit.her_ref, now=now)
    record(world, pair, now)
    assert len(visit_lists.at_home(session, guardian(world))) == 2


def test_a_worry_is_never_taken_back(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    visit = record(world, pair, now, is_worry=True)

    with pytest.raises(AlreadyDecided):
        visits.take_back(session, world.who("mama", now), visit.her_ref, now=now)


def test_an_expired_paper_stops_no_worry_and_the_end_of_the_pair_does(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    world.mother.checked_on = date(2020, 1, 1)
    session.flush()
    record(world, pair, now, is_worry=True)

    deciding.close(session, viewers.engine(), pair, CareEnd.NOT_SUITED, now=now)
    with pytest.raises(NotFound):
        record(world, pair, now, days=1)


def test_staff_write_one_down_for_her_and_it_is_said(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    worker = world.who("worker", now)

    visits.record_for(session, worker, pair.ref, a_visit(now, days=2), now=now)

    (mine,) = visit_lists.hers(session, world.who("mama", now), pair.her_ref, now=now)
    (card,) = visit_lists.of_pair(session, worker, pair.ref)
    assert mine["may_take_back"] is False and card["is_noted"] is True


def test_nobody_writes_into_anothers_log(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    a_volunteer(session, now, login="other")
    other = world.who("other", now)

    with pytest.raises(NotFound):
        visits.record(session, other, pair.her_ref, a_visit(now), now=now)
    with pytest.raises(NotPermitted):
        visits.record_for(session, other, pair.ref, a_visit(now), now=now)
    assert visit_lists.hers(session, other, pair.her_ref, now=now) == []


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [
        ("今天包粥。", False),
        ("电话是13812345678。", True),
        ("他说不想活了，电话13812345678。", False),
    ],
)
def test_names_are_asked_about_once_and_never_before_a_worry(world, now, text, is_marked) -> None:
    found = visits.warnings(world.who("mama", now), text)

    assert any(piece.is_marked for piece in found) is is_marked


def test_a_list_takes_as_many_statements_for_fifty_as_for_twenty(
    session: Session, world: World, pair: CareMatch, now: datetime
) -> None:
    worker, counts = world.who("worker", now), []
    for size in (20, 50):
        for n in range(size):
            session.add(
                Visit(
                    care_id=pair.id, child_id=pair.child_id, kind=VisitKind.CALL,
                    met_on=today(now) - timedelta(days=size * 100 + n), mood=ChildMood.FAIR,
                    entered_by="account:x", entered_on=today(now), is_worry=n % 2 == 0,
                )
            )  # fmt: skip
        session.flush()
        counts.append(statements(session, lambda: visit_lists.desk(session, worker)))

    assert counts[0] == counts[1] <= 8
