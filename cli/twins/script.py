"""The script: who does what on which day, over fourteen months. Twins play the same one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cli.twins import friends, meeting, money, own_will, pictures, post, units, wall
from cli.twins.story import SECRET, Story
from vocabulary.dates import add_months
from vocabulary.enums import Answer, EarmarkKind, Purpose, Rhythm, Snag

START, LAST_DAY, MONTHS = date(2025, 9, 1), date(2026, 11, 15), 15

Act = Callable[[Story], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One act, on a day of a month at an hour; month 0 is September 2025."""

    month: int
    day: int
    hour: int
    act: Act

    @property
    def on(self) -> date:
        """Return its day."""
        return add_months(START, self.month).replace(day=self.day)


ONCE = (
    Step(0, 1, 8, lambda s: s.enter_everybody()),
    Step(0, 1, 9, lambda s: s.mistype_password("worker")),
    Step(0, 1, 19, lambda s: s.pledge("first")),
    Step(0, 2, 19, lambda s: s.pledge(SECRET)),
    Step(0, 3, 19, lambda s: s.pledge("second")),
    Step(0, 4, 19, lambda s: s.pledge("third")),
    Step(0, 5, 10, lambda s: s.pay("first", months=6)),
    Step(0, 5, 11, lambda s: s.say_paid(SECRET)),
    Step(0, 6, 10, lambda s: s.pay("second", months=18)),
    Step(0, 7, 10, lambda s: s.pay("third", months=18)),
    Step(0, 28, 21, lambda s: s.decline_first()),
    Step(1, 16, 9, lambda s: s.ask_for_link("first")),
    Step(1, 20, 19, lambda s: own_will.alias(s, "first", "北方的雪")),
    Step(2, 3, 19, lambda s: s.pledge("late")),
    Step(2, 4, 10, lambda s: s.pay("late", months=12)),
    Step(2, 12, 14, lambda s: s.take_back_one("officer")),
    Step(2, 12, 15, lambda s: s.hand_over("officer")),
    Step(2, 14, 19, lambda s: meeting.donor_asks(s, SECRET)),
    Step(2, 14, 20, lambda s: meeting.family_asks(s, "first")),
    Step(2, 15, 19, lambda s: meeting.family_asks(s, SECRET)),
    Step(2, 24, 9, lambda s: s.job("reveals")),
    Step(2, 25, 19, lambda s: meeting.family_says_no(s, SECRET)),
    Step(2, 26, 19, lambda s: meeting.donor_says_yes(s, "first")),
    Step(3, 1, 9, lambda s: s.job("reveals")),
    Step(3, 2, 10, meeting.staff_check),
    Step(3, 3, 19, lambda s: meeting.donor_takes_back(s, SECRET)),
    Step(3, 3, 20, lambda s: meeting.donor_asks(s, SECRET)),
    Step(3, 4, 19, lambda s: post.family_writes(s, SECRET)),
    Step(3, 4, 20, lambda s: post.family_writes(s, "first", post.STRANGER)),
    Step(3, 5, 10, post.look_at_all),
    Step(3, 5, 11, friends.introduce),
    Step(3, 5, 20, friends.she_writes),
    Step(3, 8, 9, lambda s: s.job("letters")),
    Step(3, 8, 20, lambda s: post.donor_writes(s, SECRET)),
    Step(3, 8, 21, lambda s: post.donor_writes(s, "first")),
    Step(3, 9, 9, post.look_at_all),
    Step(3, 15, 10, lambda s: s.job("letters")),
    Step(13, 12, 19, lambda s: post.donor_writes(s, SECRET)),
    Step(13, 12, 20, lambda s: post.family_writes(s, "first", "我有时候不想活了。")),
    Step(13, 13, 9, post.look_at_all),
    Step(14, 12, 19, lambda s: post.family_writes(s, SECRET, post.STRANGER)),
    Step(14, 12, 20, lambda s: post.donor_writes(s, SECRET)),
    Step(14, 12, 21, friends.she_writes),
    Step(3, 9, 10, lambda s: s.enter_late_child()),
    Step(3, 15, 9, lambda s: s.job("reveals")),
    Step(13, 11, 20, lambda s: meeting.donor_asks(s, "third")),
    Step(13, 24, 9, lambda s: s.job("reveals")),
    Step(3, 13, 20, lambda s: s.answer_last(Answer.NOT_RECEIVED)),
    Step(3, 16, 9, lambda s: s.settle_disputes()),
    Step(4, 9, 20, lambda s: s.pause(SECRET, months=2)),
    Step(4, 10, 20, lambda s: s.undo_last(SECRET)),
    Step(4, 11, 20, lambda s: s.pause(SECRET, months=3)),
    Step(5, 9, 20, lambda s: s.resume(SECRET)),
    Step(5, 12, 13, lambda s: s.pass_class("officer")),
    Step(5, 14, 10, lambda s: wall.join_halves(s, "second")),
    Step(5, 14, 11, lambda s: wall.join_halves(s, SECRET)),
    Step(5, 15, 10, lambda s: wall.ask_for_file(s, "陈雨桐")),
    Step(5, 21, 20, lambda s: own_will.leave_name(s, "third", "李想")),
    Step(5, 22, 20, lambda s: own_will.alias(s, SECRET, "路过的风")),
    Step(6, 5, 15, lambda s: s.pay("first", months=12)),
    Step(7, 9, 20, lambda s: s.change_terms(SECRET, yuan=50, rhythm=Rhythm.MONTH)),
    Step(8, 9, 9, lambda s: s.mistype_password("officer")),
    Step(8, 12, 12, lambda s: s.pass_class("officer")),
    Step(8, 22, 20, lambda s: own_will.hide(s, SECRET)),
    Step(9, 9, 20, lambda s: s.stop("second")),
    Step(10, 21, 10, lambda s: own_will.die(s, "second")),
    Step(11, 21, 20, lambda s: own_will.forget(s, "late")),
    Step(10, 9, 10, lambda s: s.withdraw_consent("刘一诺", Purpose.SPONSORSHIP)),
    Step(11, 9, 20, lambda s: s.ask_for_link("nobody")),
    Step(12, 9, 10, lambda s: s.end_child("其其格")),
    Step(13, 9, 20, lambda s: s.stop(SECRET)),
    Step(13, 10, 20, lambda s: s.undo_last(SECRET)),
    Step(9, 16, 10, wall.draw_audit),
    Step(14, 12, 12, lambda s: s.pass_class("officer")),
    Step(14, 13, 20, lambda s: s.answer_last(Answer.WRONG_SUM)),
    Step(14, 14, 9, lambda s: wall.ask_for_file(s, "斯琴")),
    Step(14, 14, 10, lambda s: wall.open_file_at_once(s, "包晓军")),
    Step(14, 14, 11, wall.draw_audit),
    Step(1, 18, 10, units.begin_to_collect),
    # Not on a 20th, when he reads at his own hour: the next link that is drawn would shift.
    Step(2, 18, 19, lambda s: money.gives_to_fund(s, SECRET)),
    Step(2, 18, 20, lambda s: money.gives_to_fund(s, "third", EarmarkKind.GIRLS)),
    Step(2, 21, 19, lambda s: money.gives_to_fund(s, SECRET, EarmarkKind.SURGERY)),
    Step(3, 17, 19, lambda s: s.pledge("mover")),
    Step(3, 18, 10, lambda s: s.pay("mover", months=3)),
    Step(4, 19, 10, money.asks_givers),
    Step(4, 21, 20, lambda s: money.says(s, "third", "no")),
    Step(4, 22, 20, lambda s: money.says(s, SECRET, "yes")),
    Step(5, 16, 20, lambda s: money.asks_payer(s, "mover", "heir")),
    Step(5, 18, 20, lambda s: money.takes_over(s, "heir")),
    Step(6, 16, 19, lambda s: money.adds_gift(s, "third")),
    Step(6, 16, 20, lambda s: money.adds_gift(s, SECRET)),
    Step(8, 16, 10, units.bring_by_unit),
    Step(10, 5, 20, lambda s: post.family_writes(s, "second")),
    Step(10, 6, 9, post.look_at_all),
    Step(10, 6, 20, pictures.send_all),
    Step(10, 7, 9, post.look_at_all),
    Step(10, 12, 17, lambda s: pictures.officer_adds_slips(s, "officer2")),
    Step(10, 22, 20, lambda s: post.family_writes(s, "second", "您还好吗？")),
    Step(10, 23, 9, post.look_at_all),
    Step(10, 28, 10, lambda s: s.job("letters")),
    Step(12, 18, 20, lambda s: money.gets_papers(s, "first", 2026)),
    Step(12, 18, 21, lambda s: money.gets_papers(s, SECRET, 2026)),
    Step(13, 15, 20, lambda s: money.asks_payer(s, SECRET, "heir")),
    Step(14, 11, 20, lambda s: money.adds_gift(s, SECRET)),
)

MONTHLY: tuple[tuple[int, int, Act], ...] = (
    (1, 4, lambda s: s.job("figures")),
    (1, 4, lambda s: s.job("month-pages")),
    (1, 5, lambda s: s.job("pledges")),
    (1, 6, lambda s: s.job("stipends")),
    (5, 10, lambda s: s.send_batches()),
    (8, 8, lambda s: s.job("reminders")),
    (12, 10, units.hand_over),
    (12, 11, lambda s: s.hand_over("officer")),
    (12, 16, lambda s: s.hand_over("officer2", away=Snag.ON_LEAVE)),
    (13, 19, lambda s: s.families_answer()),
    (19, 8, lambda s: s.job("reminders")),
    (15, 4, lambda s: s.job("listings")),
    (28, 22, lambda s: s.job("matching")),
    (28, 23, lambda s: s.approve_all()),
)

# Whoever was drawn gets the next instalment another way: not before a month in which a school acts.
DRAWN: tuple[tuple[int, int, Act], ...] = (
    (6, 7, lambda s: s.job("family-checks")),
    (14, 7, lambda s: s.job("family-checks")),
    (22, 10, money.families_are_called),
)
DRAWN_IN = (6, 9, 11)
PAID_IN = (0, 7)
"""The months in which he pays on his own day; in them the mail leaves every morning by itself.

Else what he does would carry off, on his day, what waited for others since the night.
"""
FIRST_PAY_DAY = 3
"""He pledges on the 2nd: whose day is the 1st or 2nd pays one or two days later that once."""


def steps(*, pay_in_day: int, hour_seen: int) -> list[Step]:
    """Return every step in order; the twins choose the secret donor's own days and hours only."""
    monthly = [Step(month, *one) for month in range(1, MONTHS) for one in MONTHLY]
    drawn = [Step(month, *one) for month in DRAWN_IN for one in DRAWN]
    his = [
        *(
            Step(month, max(pay_in_day, FIRST_PAY_DAY), 17, lambda s: s.pay(SECRET, months=12))
            for month in PAID_IN
        ),
        *(Step(month, 20, hour_seen, lambda s: s.read(SECRET)) for month in range(1, MONTHS)),
        Step(6, 21, hour_seen, lambda s: s.ask_for_link(SECRET)),
    ]
    mail = [Step(month, day, 8, lambda _: None) for month in PAID_IN for day in range(1, 29)]
    first_match = [
        Step(0, 28, 20, lambda s: s.job("matching")),
        Step(0, 28, 22, lambda s: s.approve_all()),
    ]
    everything = [*ONCE, *monthly, *drawn, *his, *first_match, *mail]
    return sorted(
        (one for one in everything if one.on <= LAST_DAY), key=lambda one: (one.on, one.hour)
    )
