"""Two years of the demo world, month by month, up to yesterday."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from cli.demo import bank, cast, lately, looking, people, ways
from cli.demo.cast import PLACES
from cli.demo.stage import Donor, Stage, deliver, run_job
from jobs import matching, publishing
from jobs.family_checks import draw_and_ask
from jobs.reminders import remind
from jobs.stipends import open_and_fund
from matching import Wishes
from privacy.viewers import Viewer
from services import links
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.handover import answers, handovers, slips
from services.handover.answers import Reply
from services.handover.hand_lists import list_for
from services.pairing import matches
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from vocabulary import clock
from vocabulary.dates import add_months, first_of_month
from vocabulary.enums import Answer, DeclineReason, EarmarkKind, Naming, PledgeEnd, Rhythm, Snag
from vocabulary.money import Fen

MONTHS = 24
CHILDREN, DRAFTS, VOLUNTEERS = 52, 8, 24
EARLY_PLEDGES = 20
"""The others came in the last days and wait for a decision."""
# Yuan an instalment, rhythm, wishes, children: 30 donors, most of them a hundred a month. Two of 50
# share one need; some support several children; nobody fits the one from 锡林郭勒, which waits.
PLEDGES: tuple[tuple[int, Rhythm, Wishes, int], ...] = (
    *((100, Rhythm.MONTH, Wishes(), 1),) * 11,
    (100, Rhythm.MONTH, Wishes(), 2),
    *((50, Rhythm.MONTH, Wishes(), 1),) * 2,
    (100, Rhythm.MONTH, Wishes(sex="F"), 1),
    (100, Rhythm.MONTH, Wishes(stage="primary"), 1),
    (100, Rhythm.MONTH, Wishes(league="150700000000"), 1),
    (100, Rhythm.MONTH, Wishes(sex="F", stage="junior"), 1),
    *((200, Rhythm.MONTH, Wishes(), 1),) * 2,
    (200, Rhythm.MONTH, Wishes(), 3),
    (100, Rhythm.MONTH, Wishes(league="152500000000"), 1),
    (150, Rhythm.MONTH, Wishes(), 3),
    (300, Rhythm.MONTH, Wishes(), 1),
    (600, Rhythm.TERM, Wishes(), 3),
    (1200, Rhythm.TERM, Wishes(), 1),
    (1200, Rhythm.YEAR, Wishes(), 2),
    (1200, Rhythm.YEAR, Wishes(stage="senior"), 1),
    (100, Rhythm.MONTH, Wishes(), 8),
    (88, Rhythm.MONTH, Wishes(), 1),
)
LIST_DAYS = (4, 25)
"""Days on which a week's list is taken up: twice a month, which two years can bear."""
SEND_DAY, HAND_OVER_DAY, ANSWER_DAY, PAY_DAY, MATCH_DAY, APPROVE_DAY = 5, 12, 14, 18, 20, 22
REMIND_DAYS = (8, 10, 14, 19)
CHECK_DAYS = (SEND_DAY + 1, HAND_OVER_DAY + 1)
"""The mornings on which the newest batches are drawn from, and their families asked."""
LATE_PAYERS = (3, 11)
FUND_CONTACT = "13800000088"
FUND_YUAN, FUND_MONTH = 1_688, MONTHS - 8
"""What somebody gives to the gap fund once, a month before two donors fall silent."""
RESTRICTED = (
    ("13800000089", 888, EarmarkKind.GIRLS),
    ("13800000001", 1_333, EarmarkKind.SURGERY),
)
"""What is given for one purpose alone; the second giver is asked about it in the last days."""
STILL_TO_STATE = ("xuexiao2.aohan", "xuexiao2.elunchun", "danwei.elunchun")
"""Hands that have not yet said a word of the newest batch: the second is the one a visitor opens."""
SAY_NO = (1, 8)
"""Which of this month's slips are answered with a no."""


def play(stage: Stage, *, night: date) -> None:
    """Play everything up to yesterday, and this morning's jobs if their hour has passed."""
    start = add_months(first_of_month(stage.today), -MONTHS)
    opening = start - timedelta(days=30)
    stage.scene(opening, lambda: people.enter_schools(stage))
    stage.scene(opening, lambda: people.enter_unit(stage))
    stage.scene(opening, lambda: people.make_accounts(stage))
    stage.scene(opening, lambda: people.agree_to_accounts(stage))
    for number in range(VOLUNTEERS + 1):
        login = "mama" if number == 0 else None
        place = PLACES[number % len(PLACES)]
        stage.scene(
            stage.today - timedelta(days=30),
            partial(people.enter_volunteer, stage, place, account_login=login),
        )
    for month in range(MONTHS + 1):
        _month(stage, add_months(start, month), month)
    came = stage.today - timedelta(days=4)
    for which in range(EARLY_PLEDGES, len(PLEDGES)):
        stage.scene(came, partial(_pledge, stage, which), hour=19)
    deliver(stage, came, 20)
    stage.scene(came, partial(_book, stage, stage.donors[LATE_PAYERS[0]], times=1), hour=15)
    ways.play(stage)
    lately.play(stage, night)


def _month(stage: Stage, first: date, number: int) -> None:
    """Play one month's days that lie before today."""
    for day, hour, act in _days(stage, first, number):
        if day < stage.today:
            act(day, hour)
            deliver(stage, day, hour + 1)


Act = Callable[[date, int], object]


def _days(stage: Stage, first: date, number: int) -> Iterator[tuple[date, int, Act]]:
    is_last = number == MONTHS
    early, late = (first.replace(day=day) for day in LIST_DAYS)
    yield first, 4, lambda day, _: run_job(stage, "figures", publishing.publish, day)
    yield first, 5, lambda day, _: run_job(stage, "month-pages", publishing.publish_heads, day)
    yield first, 6, lambda day, _: run_job(stage, "stipends", open_and_fund, day)
    if number == FUND_MONTH:
        yield first.replace(day=2), 8, lambda day, _: _feed_fund(stage, day)
    yield first.replace(day=2), 9, lambda day, _: _new_children(stage, day, number)
    yield from _by_unit(stage, first) if is_last else ()
    yield first.replace(day=3), 19, lambda day, _: _new_pledges(stage, day, number)
    yield early, 4, lambda day, _: run_job(stage, "listings", publishing.freeze_list, day)
    yield first.replace(day=SEND_DAY), 10, lambda day, _: _send(stage, day)
    yield first.replace(day=HAND_OVER_DAY), 11, lambda day, _: _hand_over(stage, day)
    yield first.replace(day=ANSWER_DAY), 19, lambda day, _: _answer(stage, day, number)
    yield first.replace(day=PAY_DAY), 15, lambda day, _: _pay(stage, day, number)
    for number_of_day in CHECK_DAYS if is_last else ():
        yield (
            first.replace(day=number_of_day),
            7,
            lambda day, _: run_job(stage, "family-checks", draw_and_ask, day),
        )
    for day in REMIND_DAYS if is_last else ():
        yield first.replace(day=day), 8, lambda day, _: run_job(stage, "reminders", remind, day)
    yield (
        first.replace(day=MATCH_DAY),
        5,
        lambda day, _: _match(stage, day),
    )
    yield first.replace(day=APPROVE_DAY), 9, lambda day, _: _approve(stage, day)
    yield late, 4, lambda day, _: run_job(stage, "listings", publishing.freeze_list, day)


def _match(stage: Stage, day: date) -> None:
    run_job(stage, "matching", matching.propose, day)
    looking.at_drafts(stage, day)


def _by_unit(stage: Stage, first: date) -> Iterator[tuple[date, int, Act]]:
    """Let a work unit bring some children their money, from this month's batch on."""
    yield first.replace(day=2), 16, lambda day, _: ways.by_unit(stage, day)
    yield first.replace(day=3), 6, lambda day, _: run_job(stage, "stipends", open_and_fund, day)


def _share(total: int, number: int, over: int) -> range:
    """Spread `total` things evenly over the first `over` months; return this month's."""
    if number >= over:
        return range(0)
    return range(total * number // over, total * (number + 1) // over)


def _new_children(stage: Stage, day: date, number: int) -> None:
    for child in _share(CHILDREN, number, 20):
        place = PLACES[0] if child % 2 else PLACES[1 + child // 2 % 2]
        stage.scene(day, partial(people.enter_child, stage, place, is_whole=True))
    if number == MONTHS - 1:
        for child in range(DRAFTS):
            place = PLACES[child % len(PLACES)]
            stage.scene(day, partial(people.enter_child, stage, place, is_whole=False))


def _new_pledges(stage: Stage, day: date, number: int) -> None:
    news = _share(EARLY_PLEDGES, number, MONTHS - 4)
    for which in news:
        stage.scene(day, partial(_pledge, stage, which), hour=19)


def _pledge(stage: Stage, which: int) -> None:
    yuan, rhythm, wishes, children = PLEDGES[which]
    is_named = which % 5 == 0
    terms = PledgeTerms(
        instalment_fen=Fen(yuan * 100),
        rhythm=rhythm,
        until=PledgeEnd.SENIOR if which % 3 == 0 else PledgeEnd.UNTIL_STOPPED,
        wishes=wishes,
        naming=Naming.ALIAS if is_named else Naming.SEALED,
        alias=cast.ALIASES[which // 5] if is_named else None,
        children_wanted=children,
        not_relative=True,
    )
    made = pledges.offer(stage.session, terms, f"1380000{which:04d}", now=clock.now())
    donor = Donor(made.reference, yuan * 100 * children, 0, is_late_payer=which in LATE_PAYERS)
    stage.donors.append(donor)
    _book(stage, donor, times=1 if rhythm is not Rhythm.MONTH else 6)


def _feed_fund(stage: Stage, day: date) -> None:
    """Let somebody give an odd sum once: the gap fund's."""
    stage.scene(day, partial(_give_odd_sum, stage), hour=8)


def _give_odd_sum(stage: Stage) -> None:
    """Let three people give to the fund, two of them for one purpose alone."""
    _give(stage, FUND_CONTACT, FUND_YUAN)
    for contact, yuan, earmark in RESTRICTED:
        _give(stage, contact, yuan, earmark)


def _give(stage: Stage, contact: str, yuan: int, earmark: EarmarkKind | None = None) -> None:
    fen = Fen(yuan * 100)
    terms = PledgeTerms(instalment_fen=fen, rhythm=Rhythm.YEAR, not_relative=True, earmark=earmark)
    made = pledges.offer(stage.session, terms, contact, now=clock.now())
    line = BankLine(made.reference, fen, clock.now().date())
    receipts.record(stage.session, stage.who("shoukuan"), line, now=clock.now())


def _book(stage: Stage, donor: Donor, *, times: int) -> None:
    donor.months_paid += times
    line = BankLine(donor.reference, Fen(donor.instalment * times), clock.now().date())
    receipts.record(stage.session, stage.who("shoukuan"), line, now=clock.now())


def _pay(stage: Stage, day: date, number: int) -> None:
    """Let every donor whose money nearly ran out pay again; two have stopped of late."""
    for donor in stage.donors:
        if donor.is_late_payer and number >= MONTHS - 7:
            continue
        donor.months_paid -= 1
        if donor.months_paid <= 1:
            stage.scene(day, partial(_book, stage, donor, times=6), hour=15)


def _send(stage: Stage, day: date) -> None:
    by = stage.who("bofu")
    for card in batches.to_send(stage.session, by):
        stage.scene(day, partial(_send_one, stage, by, card["ref"]))
    shown = day + timedelta(days=1)
    if shown < stage.today:
        bank.show_debits(stage, shown)


def _send_one(stage: Stage, by: Viewer, ref: str) -> None:
    batches.send(stage.session, by, ref, now=clock.now())


def _hand_over(stage: Stage, day: date) -> None:
    is_newest = add_months(first_of_month(day), 1).replace(day=SEND_DAY) >= stage.today
    for login in cast.logins():
        if login.school and not (is_newest and login.login in STILL_TO_STATE):
            stage.scene(day, partial(_confirm_list, stage, login.login), hour=11)


def _confirm_list(stage: Stage, login: str) -> None:
    by = stage.who(login)
    for batch in list_for(stage.session, by, now=clock.now()):
        for line in batch["lines"]:
            if line["snag"] is Snag.ON_LEAVE and not line["is_handed_over"]:
                handovers.hand_over_one(stage.session, by, line["ref"], now=clock.now())
        open_lines = [
            line["ref"] for line in batch["lines"] if line["is_open"] and not line["snag"]
        ]
        if not open_lines:
            continue
        stage.slips += [
            one["token"]
            for one in slips.make_slips(stage.session, by, batch["ref"], now=clock.now())
        ]
        is_away = stage.dice.random() < 0.1
        away = {stage.dice.choice(open_lines): Snag.ON_LEAVE} if is_away else {}
        handovers.confirm_all(stage.session, by, batch["ref"], away, now=clock.now())


def _answer(stage: Stage, day: date, number: int) -> None:
    """Let most families answer by their slip's code; a few say it did not come."""
    tokens, stage.slips = stage.slips, []
    for place, token in enumerate(tokens):
        is_bad = number == MONTHS and place in SAY_NO
        if stage.dice.random() < 0.2 and not is_bad:
            continue
        said = Answer.NOT_RECEIVED if is_bad else Answer.RECEIVED
        stage.scene(day, partial(_say, stage, token, said), hour=19)


def _say(stage: Stage, token: str, said: Answer) -> None:
    family = links.open_slip(stage.session, token, now=clock.now())
    answers.answer(stage.session, family, Reply(said), now=clock.now())


def _approve(stage: Stage, day: date) -> None:
    """Let each banner's approver decide what waits; now and then one is turned down."""
    for place in PLACES:
        by = stage.who(f"shenpi.{place.key}")
        for card in matches.queue(stage.session, by):
            stage.scene(day, partial(_decide, stage, by, card["child_ref"]))


def _decide(stage: Stage, by: Viewer, ref: str) -> None:
    if stage.dice.random() < 0.05:
        reason = DeclineReason.PAPERS_TO_CHECK
        matches.decline(stage.session, by, ref, reason=reason, note=None, now=clock.now())
    else:
        matches.approve(stage.session, by, ref, now=clock.now())
