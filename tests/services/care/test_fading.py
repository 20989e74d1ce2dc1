"""Pairs that fade: a kind word first, then the staff, with reasons; note, talk, or somebody follows."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.letters import Letter
from models.notices import Notice
from models.pledges import Match, Recusal
from models.stipends import Stipend
from models.visits import Visit
from privacy import viewers
from services.care import fading, fading_desk, leaving, market
from services.notices.drawing import facts_of
from services.pairing import fading as pledges_fading
from services.runs import nights
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from tests.services.care.worlds import World, a_caring_child, a_pair, a_volunteer, a_world
from vocabulary.dates import at, today
from vocabulary.enums import (
    CareEnd,
    CareStatus,
    ChildMood,
    FadingStep,
    LetterHand,
    LetterSide,
    LetterStatus,
    NoticeKind,
    Role,
    VisitKind,
    VisitRhythm,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, SteppedAside

ENGINE = viewers.engine("matching")


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return a_world(session, now)


def met(session: Session, pair: CareMatch, now: datetime, days: int, late: int = 0) -> None:
    day = today(now) - timedelta(days=days)
    visit = Visit(
        care_id=pair.id, child_id=pair.child_id, met_on=day, kind=VisitKind.VISIT,
        mood=ChildMood.FAIR, entered_by="account:x", entered_on=day + timedelta(days=late),
    )  # fmt: skip
    session.add(visit)
    session.flush()


def a_weekly(session: Session, world: World, now: datetime, *, days: int) -> CareMatch:
    """A pair that meets every week and met last so many days ago."""
    begun = today(now) - timedelta(days=200)
    made = a_pair(
        session, world.child, world.mother, now, decided_on=begun, rhythm=VisitRhythm.WEEK
    )
    met(session, made, now, days)
    return made


def reminded(session: Session) -> int:
    return len(
        session.scalars(select(Notice.id).where(Notice.kind == NoticeKind.CARE_REMINDED)).all()
    )


def shown(world: World, now: datetime) -> list:
    return fading_desk.listed(world.session, world.who("worker", now), now=now)


def test_she_hears_a_kind_word_first_and_the_staff_a_week_later(
    session: Session, world: World, now: datetime
) -> None:
    pair = a_weekly(session, world, now, days=11)
    assert shown(world, now) == []

    assert [fading.remind(session, ENGINE, now=now) for _ in range(2)] == [1, 0]
    assert (reminded(session), shown(world, now)) == (1, [])
    her = world.who("mama", now)
    last = today(now) - timedelta(days=11)
    told = facts_of(session, her, f"fading:{pair.her_ref}", now=now)
    assert told["since"] == f"{last.month}月{last.day}日以后"
    later = now + timedelta(days=7)
    (card,) = shown(world, later)
    assert [(one["cause"], one["count"], one["days"]) for one in card["reasons"]] == [
        ("missed", 2, 18)
    ]
    assert "points" not in card and "score" not in card


def test_a_visit_ends_it_and_the_word_that_waits_is_not_said(
    session: Session, world: World, now: datetime
) -> None:
    pair = a_weekly(session, world, now, days=11)
    fading.remind(session, ENGINE, now=now)

    met(session, pair, now, 0)

    assert facts_of(session, world.who("mama", now), f"fading:{pair.her_ref}", now=now) == {}
    assert shown(world, now + timedelta(days=8)) == []


def test_long_faded_or_without_a_login_the_staff_see_it_at_once(
    session: Session, world: World, now: datetime
) -> None:
    a_weekly(session, world, now, days=30)
    silent = a_volunteer(session, now, name="高娃")
    begun = today(now) - timedelta(days=40)
    a_pair(session, a_caring_child(session), silent, now, decided_on=begun)

    found = shown(world, now)

    assert [(one["volunteer"]["name"], one["has_login"]) for one in found] == [
        ("高娃", False), ("乌兰", True),
    ]  # fmt: skip
    assert fading.remind(session, ENGINE, now=now) == 1


def test_before_they_agreed_a_month_is_what_counts(
    session: Session, world: World, now: datetime
) -> None:
    begun = today(now) - timedelta(days=33)
    a_pair(session, world.child, world.mother, now, decided_on=begun)

    assert fading.remind(session, ENGINE, now=now) == 0
    assert fading.remind(session, ENGINE, now=now + timedelta(days=1)) == 1


def test_accounts_written_late_and_visits_taken_back_count(
    session: Session, world: World, now: datetime
) -> None:
    pair = a_weekly(session, world, now, days=50)
    for days in (20, 13, 6):
        met(session, pair, now, days, late=8)
    (one,) = fading.weighed(session, [pair], on=today(now))
    assert [(why.cause.value, why.count) for why in one.found.reasons] == [("accounts", 3)]

    session.execute(update(Visit).values(taken_back_on=today(now)))

    (one,) = fading.weighed(session, [pair], on=today(now))
    assert (one.was_met, one.found.level.value) == (False, "fading")


def test_another_banners_staff_see_nothing(session: Session, world: World, now: datetime) -> None:
    pair = a_weekly(session, world, now, days=60)
    an_account(session, Role.CASE_WORKER, login="far", region_code=OTHER_BANNER)

    far = world.who("far", now)
    assert fading_desk.listed(session, far, now=now) == []
    with pytest.raises(NotFound):
        fading_desk.note_care(session, far, pair.ref, FadingStep.TALKED, "", now=now)


def test_what_was_done_stands_with_name_and_day(
    session: Session, world: World, now: datetime
) -> None:
    pair, worker = a_weekly(session, world, now, days=60), world.who("worker", now)

    fading_desk.note_care(session, worker, pair.ref, FadingStep.TALKED, "她母亲病了。", now=now)

    with pytest.raises(BadInput):
        fading_desk.note_care(session, worker, pair.ref, FadingStep.NOTED, " ", now=now)
    card = fading_desk.detail(session, world.who("approver", now), pair.ref, now=now)
    (note,) = card["notes"]
    assert (note["step"], note["words"], note["name"]) == (
        FadingStep.TALKED, "她母亲病了。", "李晓燕",
    )  # fmt: skip
    (row,) = shown(world, now)
    assert (row["last"]["step"], row["last"]["on"]) == (FadingStep.TALKED, today(now))


def test_a_successor_is_proposed_while_she_goes_on_and_follows_after_the_goodbye(
    session: Session, world: World, now: datetime
) -> None:
    pair, worker = a_weekly(session, world, now, days=60), world.who("worker", now)
    other = a_volunteer(session, now, name="萨仁")
    assert nights.pair_volunteers(session, ENGINE, now=now).made == 0

    fading_desk.note_care(session, worker, pair.ref, FadingStep.SUCCESSOR, "", now=now)
    nights.pair_volunteers(session, ENGINE, now=now)

    new = session.scalars(select(CareMatch).where(CareMatch.volunteer_id == other.id)).one()
    assert (new.child_id, new.status, pair.status) == (
        world.child.id, CareStatus.PROPOSED, CareStatus.TRIAL,
    )  # fmt: skip
    assert shown(world, now) == []
    with pytest.raises(AlreadyDecided):
        fading_desk.note_care(session, worker, pair.ref, FadingStep.SUCCESSOR, "", now=now)
    leaving.plan_goodbye(session, worker, pair.ref, today(now), now=now)
    tomorrow = now + timedelta(days=1)
    assert leaving.end_left(session, ENGINE, now=tomorrow) == 0  # nobody follows yet
    new.status, new.agreed_by, new.decided_by = CareStatus.TRIAL, "account:a", "account:b"
    session.flush()
    assert leaving.end_left(session, ENGINE, now=tomorrow) == 1
    assert (pair.status, pair.end_reason) == (CareStatus.ENDED, CareEnd.HANDED_ON)


def test_she_comes_again_and_nobody_is_sought(
    session: Session, world: World, now: datetime
) -> None:
    pair, worker = a_weekly(session, world, now, days=60), world.who("worker", now)
    leaving.ask_successor(session, worker, pair.ref, now=now)
    taken = market.live(session)
    assert market.need_records(session, market.asking(session), taken, on=today(now)) != []

    leaving.keep_on(session, worker, pair.ref, now=now)

    taken = market.live(session)
    assert market.need_records(session, market.asking(session), taken, on=today(now)) == []
    with pytest.raises(AlreadyDecided):
        leaving.keep_on(session, worker, pair.ref, now=now)


def test_whoever_stepped_aside_does_nothing_about_it(
    session: Session, world: World, now: datetime
) -> None:
    pair, worker = a_weekly(session, world, now, days=60), world.who("worker", now)
    session.add(Recusal(child_id=world.child.id, actor=worker.actor, since_on=today(now)))
    session.flush()

    for step in FadingStep:
        with pytest.raises(SteppedAside):
            fading_desk.note_care(session, worker, pair.ref, step, "字", now=now)


class Given:
    """A pledge's pair whose two instalments were sent long ago."""

    def __init__(self, session: Session) -> None:
        school = a_school(session)
        self.child = a_child(session, school)
        self.pledge = a_pledge(session)[0]
        self.match = a_match(session, self.pledge, self.child)
        a_sent_batch(session, school, self.match, on=date(2026, 10, 3))


def of_pledges(world: World, on: date) -> dict[str, list]:
    found = pledges_fading.listed(world.session, world.who("worker", at(on)), now=at(on))
    return {
        one["child_ref"]: [(why["cause"], why["count"], why["days"]) for why in one["reasons"]]
        for one in found
    }


def test_a_pledges_pair_is_shown_for_what_the_staff_may_read_anyway(
    session: Session, world: World
) -> None:
    given, day = Given(session), date(2026, 11, 23)
    assert of_pledges(world, day) == {}  # one silent family is no sign
    written = Letter(
        ref="LETTER", child_id=given.child.id, pledge_id=given.pledge.id, sender=LetterSide.FAMILY,
        hand=LetterHand.ITSELF, status=LetterStatus.DELIVERED, submitted_on=date(2026, 9, 1),
        submitted_by="family:x", delivered_on=date(2026, 9, 7),
    )  # fmt: skip
    session.add(written)
    session.flush()

    assert of_pledges(world, day) == {
        given.match.child_ref: [("receipt", 1, 51), ("letter", 1, 77)]
    }
    given.match.dry_on = day - timedelta(days=2)
    session.flush()
    assert of_pledges(world, day)[given.match.child_ref][0] == ("payment", 1, 2)
    session.execute(update(Stipend).values(confirmed_on=date(2026, 10, 9)))
    written.delivered_on = day
    session.flush()
    assert of_pledges(world, day) == {given.match.child_ref: [("payment", 1, 2)]}


def test_it_names_no_giver_and_a_payment_a_few_days_late_is_no_sign(
    session: Session, world: World, now: datetime
) -> None:
    given = Given(session)
    session.execute(update(Stipend).values(received_on=None, confirmed_on=today(now)))

    assert of_pledges(world, date(2026, 11, 23)) == {}
    card = pledges_fading.detail(session, world.who("worker", now), given.match.child_ref, now=now)
    assert set(card) == {
        "child_ref", "status", "dry_on", "child", "place", "pledge", "reasons",
    }  # fmt: skip
    assert set(card["pledge"]) == {"code"}


def test_a_note_about_a_pledges_pair_and_no_successor_by_hand(
    session: Session, world: World, now: datetime
) -> None:
    given, worker = Given(session), world.who("worker", now)
    ref = given.match.child_ref

    fading_desk.note_pledge(session, worker, ref, FadingStep.TALKED, "问过学校。", now=now)

    (note,) = fading_desk.notes_of_match(session, worker, ref)
    assert (note["words"], note["name"]) == ("问过学校。", "李晓燕")
    with pytest.raises(BadInput):
        fading_desk.note_pledge(session, worker, ref, FadingStep.SUCCESSOR, "", now=now)
    assert session.scalars(select(Match.dry_on)).one() is None
