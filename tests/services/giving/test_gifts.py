"""A gift beside the instalments: its own instalment, on a due day, when its money is there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.giving import GiftWish
from models.listings import ListedChild
from models.notices import Notice
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy import viewers
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.donors import donors, listing
from services.giving import gifts
from services.handover import answers, hand_lists, handovers
from services.handover.answers import Reply
from services.pledges import changes
from tests.factories import a_child, a_list, a_match, a_pledge, a_school, viewer
from tests.services.outbox import PHONE, a_donor, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import (
    Answer,
    GiftOccasion,
    GiftStatus,
    MatchStatus,
    NoticeKind,
    PledgeEnd,
    PledgeStatus,
    Rhythm,
    Role,
    Stage,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.money import Fen
from vocabulary.telling import Telling

ENGINE = viewers.engine("stipends")
NOVEMBER, DECEMBER, JANUARY = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
ASKED = at(date(2026, 11, 10))


def found(session: Session, on: date) -> list[str]:
    """Whatever the books and records say against themselves."""
    with clock.moved_to(at(on, 13)):
        report = checks.report(session, viewers.console(), now=at(on, 13))
    return [line for check in report["checks"] for line in check["findings"]]


class Story:
    """One donor, one child, money and runs."""

    def __init__(self, session: Session, **terms: object) -> None:
        self.session = session
        self.pledge, self.reference = a_pledge(session, PHONE, **terms)
        self.school = a_school(session)
        self.child = a_child(session, self.school)
        self.match = a_match(session, self.pledge, self.child, starts_on=NOVEMBER)
        self.me = viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")

    def pay(self, yuan: int, on: date = NOVEMBER) -> None:
        line = BankLine(self.reference, Fen(yuan * 100), on)
        receipts.record(self.session, viewer(Role.COLLECTING_DESK), line, now=at(on))
        self.session.commit()

    def run(self, on: date) -> None:
        self.session.commit()
        with clock.moved_to(at(on)):
            Run(self.session, "stipends", period=on).execute(open_and_fund)

    def ask(self, yuan: int = 500, occasion: GiftOccasion = GiftOccasion.UNIVERSITY) -> str:
        return gifts.ask(
            self.session,
            self.me,
            self.match.donor_ref,
            amount=Fen(yuan * 100),
            occasion=occasion,
            now=ASKED,
        )

    def opened(self) -> list[tuple[str, int, bool]]:
        rows = self.session.execute(
            select(Stipend.due_on, Stipend.amount_fen, Match.occasion)
            .join(Match, Match.id == Stipend.match_id)
            .order_by(Stipend.due_on, Stipend.amount_fen)
        )
        return [(day.isoformat()[:7], fen // 100, bool(gift)) for day, fen, gift in rows]

    def page(self, on: date):
        return donors.support(self.session, self.me, self.match.donor_ref, now=at(on))


@pytest.fixture
def story(session: Session, now) -> Story:
    return Story(session)


def test_a_gift_is_its_own_instalment_on_its_day_and_only_once(story: Story) -> None:
    story.pay(1_000)
    story.ask(500)

    for day in (NOVEMBER, DECEMBER, DECEMBER, JANUARY):
        story.run(day)

    assert story.opened() == [
        ("2026-11", 100, False), ("2026-12", 100, False), ("2026-12", 500, True),
        ("2027-01", 100, False),
    ]  # fmt: skip


def test_it_goes_in_the_same_batch_is_handed_over_and_the_donor_sees_it_arrive(
    session: Session, story: Story
) -> None:
    story.pay(1_000)
    story.ask(500)
    story.run(NOVEMBER)
    story.run(DECEMBER)
    batch = session.scalars(select(Batch).where(Batch.month == DECEMBER)).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=at(DECEMBER))
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=story.school.id)
    lines = hand_lists.batch(session, officer, batch.ref, now=at(DECEMBER))["lines"]
    helper = viewer(Role.VILLAGE_DIRECTOR, regions=(story.child.region_code,))
    for one in lines:
        handovers.hand_over_one(session, officer, one["ref"], now=at(DECEMBER))
        answers.answer(session, helper, Reply(Answer.RECEIVED), ref=one["ref"], now=at(DECEMBER))
    session.commit()

    assert sorted((one["amount_fen"], one["is_gift"]) for one in lines) == [
        (10_000, False), (50_000, True),
    ]  # fmt: skip
    _, child = story.page(DECEMBER)
    mine = [one for one in child.instalments if one["match"]["occasion"]]
    assert [(one["amount_fen"], one["telling"]) for one in mine] == [(50_000, Telling.CONFIRMED)]
    assert child.is_active
    assert (child.instalment_fen, child.rhythm) == (10_000, Rhythm.MONTH)
    assert found(session, DECEMBER) == []


def test_instalments_come_first_and_a_gift_without_money_waits_for_the_next_day(
    session: Session, story: Story
) -> None:
    story.pay(600)
    story.ask(500)
    story.run(NOVEMBER)
    story.run(DECEMBER)
    assert ("2026-12", 500, True) not in story.opened()
    assert session.scalars(select(GiftWish.due_on)).one() == JANUARY

    story.pay(300, date(2026, 12, 20))
    story.run(JANUARY)

    assert ("2027-01", 500, True) in story.opened()
    assert session.scalars(select(Stipend.is_funded)).all() == [True] * 4


def test_after_three_days_without_money_it_is_let_go_and_the_donor_is_told(
    session: Session, story: Story
) -> None:
    story.pay(100)
    story.ask(500)
    for month in range(4):
        story.run([DECEMBER, JANUARY, date(2027, 2, 1), date(2027, 3, 1)][month])
    with clock.moved_to(at(date(2027, 3, 1))):
        deliver(session)

    assert session.scalars(select(GiftWish.status)).one() is GiftStatus.LAPSED
    told = select(Notice.text).where(Notice.kind == NoticeKind.GIFT_NOT_GIVEN)
    assert session.scalars(told).all() == [
        f"你说要给“{story.match.code_name}”另加的一份没有给出去：等了三期，账上的钱都不够。没有动你的钱。"
    ]


def test_the_fund_never_pays_a_gift_and_nobody_reads_that_its_need_is_covered(
    session: Session, story: Story
) -> None:
    story.pay(1_000)
    story.ask(500)
    story.run(DECEMBER)

    gift = session.scalars(select(Match).where(Match.occasion.is_not(None))).one()
    assert (gift.need_id, gift.status) == (None, MatchStatus.ENDED)
    assert gift.ends_on == DECEMBER + timedelta(days=1)
    assert session.scalars(select(Stipend.bridged_on)).all() == [None] * 3


def test_it_can_be_undone_until_it_is_given(session: Session, story: Story) -> None:
    story.pay(1_000)
    gifts.undo(session, story.me, story.ask(500), now=ASKED)
    story.run(DECEMBER)
    assert [gift for _, _, gift in story.opened()] == [False, False]

    ref = gifts.ask(
        session, story.me, story.match.donor_ref,
        amount=Fen(20_000), occasion=GiftOccasion.JUST, now=at(date(2026, 12, 2)),
    )  # fmt: skip
    story.run(JANUARY)
    with pytest.raises(WrongState):
        gifts.undo(session, story.me, ref, now=at(JANUARY))


def test_a_newer_wish_for_the_same_child_replaces_the_older(session: Session, story: Story) -> None:
    story.pay(5_000)
    story.ask(500)
    story.ask(1_000)
    story.run(DECEMBER)

    assert [fen for _, fen, gift in story.opened() if gift] == [1_000]
    states = session.scalars(select(GiftWish.status).order_by(GiftWish.id)).all()
    assert states == [GiftStatus.UNDONE, GiftStatus.GIVEN]


@pytest.mark.parametrize("yuan", [100, 300, 501, 5_000])
def test_a_gift_is_a_listed_sum(story: Story, yuan: int) -> None:
    with pytest.raises(BadInput):
        story.ask(yuan)


def test_nobody_gives_to_a_child_he_does_not_support(session: Session, story: Story) -> None:
    other = a_pledge(session, "b@example.org")[0]
    theirs = a_match(session, other, a_child(session, story.school))

    with pytest.raises(NotFound):
        gifts.ask(
            session, story.me, theirs.donor_ref,
            amount=Fen(50_000), occasion=GiftOccasion.JUST, now=ASKED,
        )  # fmt: skip


def test_once_the_sponsorship_is_over_nothing_is_added(session: Session, story: Story) -> None:
    story.pay(1_000)
    story.ask(500)
    changes.stop(session, story.me, story.pledge.donor_ref, reason=None, now=ASKED)
    story.run(DECEMBER)
    with clock.moved_to(at(DECEMBER)):
        deliver(session)

    assert [gift for _, _, gift in story.opened()] == [False]
    told = select(Notice.text).where(Notice.kind == NoticeKind.GIFT_NOT_GIVEN)
    assert "这份资助已经结束了" in session.scalars(told).one()
    with pytest.raises(AlreadyDecided):
        story.ask(500)


def test_a_paused_donor_may_still_give_and_his_pause_goes_on(
    session: Session, story: Story
) -> None:
    story.pay(1_000)
    changes.pause(session, story.me, story.pledge.donor_ref, months=2, now=ASKED)
    story.ask(500)
    story.run(JANUARY)

    assert story.opened() == [("2026-11", 100, False), ("2026-12", 500, True)]
    assert story.pledge.status is PledgeStatus.PAUSED
    assert found(session, JANUARY) == []


def test_the_effect_is_foreseen_in_money_and_keeps_nothing(session: Session, story: Story) -> None:
    story.pay(500)
    story.run(NOVEMBER)
    session.commit()

    seen = gifts.foresee(session, story.me, story.match.donor_ref, amount=Fen(50_000), now=ASKED)

    assert (seen.due_on, seen.prepaid) == (DECEMBER, 40_000)
    assert (seen.to_pay, seen.pay_by) == (20_000, DECEMBER)
    assert session.scalars(select(GiftWish)).all() == []


def test_while_it_waits_the_page_counts_its_money_and_paints_no_month(
    session: Session, story: Story
) -> None:
    story.pay(700)
    story.run(NOVEMBER)
    before, _ = story.page(NOVEMBER)
    story.ask(500)

    card, child = story.page(NOVEMBER)

    assert (before["months_left"], card["months_left"]) == (6, 1)
    assert child.wish["amount_fen"] == 50_000
    assert [m.state for m in child.months if m.number in (12, 1)] == ["ahead", "unpaid"]


def test_new_terms_in_between_leave_a_gift_as_it_was(session: Session, story: Story) -> None:
    story.pay(2_000)
    story.ask(500)
    to = (Fen(5_000), Rhythm.MONTH)
    changes.change_terms(session, story.me, story.pledge.donor_ref, to=to, now=ASKED)
    for day in (DECEMBER, JANUARY):
        story.run(day)

    assert story.opened() == [
        ("2026-11", 100, False), ("2026-12", 50, False), ("2026-12", 500, True),
        ("2027-01", 50, False),
    ]  # fmt: skip
    assert found(session, JANUARY) == []


def test_a_pledge_of_so_many_times_does_not_count_its_gift(session: Session, now) -> None:
    story = Story(session, until=PledgeEnd.COUNT, until_count=3)
    story.match.ends_on = date(2027, 2, 1)
    story.pay(2_000)
    story.ask(500)
    story.run(DECEMBER)
    changes.pause(session, story.me, story.pledge.donor_ref, months=1, now=at(date(2026, 12, 5)))
    story.run(date(2027, 6, 1))

    assert [m for m, _, gift in story.opened() if not gift] == ["2026-11", "2026-12", "2027-02"]


@pytest.mark.parametrize(
    ("is_shown", "days", "occasion"),
    [(True, 30, GiftOccasion.UNIVERSITY), (True, 91, None), (False, 30, None)],
)
def test_a_milestone_is_thought_of_while_it_is_new_and_only_where_the_stage_may_be_read(
    session: Session, story: Story, is_shown: bool, days: int, occasion: GiftOccasion | None
) -> None:
    others = 4 if is_shown else 0
    for n in range(others):
        a_child(session, story.school, name=f"孩子{n}", stage=Stage.UNIVERSITY)
    for n in range(5):
        a_child(session, story.school, name=f"同学{n}")
    story.child.stage = Stage.SENIOR
    session.flush()
    a_list(session, now=at(date(2026, 9, 7)))
    story.child.stage = Stage.UNIVERSITY
    session.flush()
    session.execute(update(ListedChild).where(ListedChild.stage != Stage.SENIOR).values(sex=None))
    monday = date(2026, 9, 14)
    listing.freeze(session, viewers.engine("listings"), period=monday, now=at(monday))

    _, child = story.page(monday + timedelta(days=days))

    assert child.milestone is occasion
