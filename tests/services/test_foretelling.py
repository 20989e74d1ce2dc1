"""What donors are told ahead: 14 days before the next payment, 60 days before graduation."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Notice
from models.pledges import Match, Pledge
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.pledges import changes, foretelling, pledges, taking_effect
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.outbox import PHONE, Gate, a_donor, deliver
from tests.services.test_pledge_changes import donor_of
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, PledgeEnd, Role
from vocabulary.money import Fen

ENGINE = viewers.engine("reminders")
DUE = date(2026, 12, 1)


def a_paid_match(session: Session, yuan: int, **more) -> tuple[Match, str]:
    """A match from December on, and what its donor has paid ahead."""
    pledge, reference = a_pledge(session, PHONE, **more)
    match = a_match(session, pledge, a_child(session, a_school(session)), starts_on=DUE)
    if yuan:
        line = BankLine(reference, Fen(yuan * 100), date(2026, 11, 2))
        receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=at(date(2026, 11, 2)))
    return match, pledge.donor_ref


def days_told(session: Session, kind: NoticeKind, first: date, last: date) -> list[date]:
    """Run the job twice on each day; return the days on which something was queued."""
    days, seen = [], 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for _twice in range(2):
            foretelling.foretell(session, ENGINE, on=day, now=at(day))
        count = len(session.scalars(select(Notice.id).where(Notice.kind == kind)).all())
        days += [day] if count > seen else []
        seen = count
    return days


def test_fourteen_days_before_the_day_whose_money_is_not_there(session: Session) -> None:
    a_paid_match(session, 0)

    told = days_told(session, NoticeKind.MONEY_RUNS_OUT, date(2026, 11, 10), date(2026, 12, 16))

    assert told == [date(2026, 11, 17)]  # the donor was told of December once


def test_nobody_is_asked_whose_money_reaches_that_day(session: Session) -> None:
    a_paid_match(session, 100)

    told = days_told(session, NoticeKind.MONEY_RUNS_OUT, date(2026, 11, 10), date(2026, 11, 30))

    assert told == []


def test_days_missed_while_the_machine_was_off_are_made_up_once(session: Session) -> None:
    a_paid_match(session, 0)

    told = days_told(session, NoticeKind.MONEY_RUNS_OUT, date(2026, 11, 25), date(2026, 11, 30))

    assert told == [date(2026, 11, 25)]


@pytest.mark.parametrize(
    ("resumes_on", "first"), [(None, date(2027, 2, 15)), (date(2026, 12, 2), date(2026, 12, 18))]
)
def test_who_pauses_is_told_before_he_goes_on_and_not_meanwhile(
    session: Session, resumes_on: date | None, first: date
) -> None:
    match, _ = a_paid_match(session, 0)
    pledge = session.get_one(Pledge, match.pledge_id)
    me = donor_of(session, pledge)
    changes.pause(session, me, pledge.donor_ref, months=3, now=at(date(2026, 11, 10)))
    taking_effect.apply_changes(session, viewers.engine("pledges"), on=DUE, now=at(DUE))
    if resumes_on:
        changes.resume(session, me, pledge.donor_ref, now=at(resumes_on))

    told = days_told(session, NoticeKind.MONEY_RUNS_OUT, date(2026, 12, 2), date(2027, 2, 20))

    assert told[0] == first
    with clock.moved_to(at(first, 10)):
        deliver(session)
    kind = NoticeKind.MONEY_RUNS_OUT
    texts = session.scalars(select(Notice.text).where(Notice.kind == kind)).all()
    assert texts[0] is not None


def test_the_donor_reads_by_which_day_and_no_sum_leaves_the_house(session: Session) -> None:
    a_paid_match(session, 0)
    day, sms = date(2026, 11, 17), Gate()
    with clock.moved_to(at(day)):
        foretelling.foretell(session, ENGINE, on=day, now=clock.now())
        deliver(session, sms)

    text = session.scalars(select(Notice.text)).one()
    assert text == "12月1日前再付一次，孩子就接得上。付多少、怎么付，写在“怎么付”里。"
    assert [m.text for m in sms.sent] == [
        "【微光】该付下一笔了，12月1日前付就接得上。怎么付：打开你的专用链接。"
    ]


@pytest.mark.parametrize("instead", ["pays", "says so", "pauses"])
def test_whoever_has_seen_to_it_before_delivery_is_not_asked(
    session: Session, instead: str
) -> None:
    pledge, reference = a_pledge(session, PHONE)
    a_match(session, pledge, a_child(session, a_school(session)), starts_on=DUE)
    to = a_donor(session)
    me = viewer(Role.DONOR, donor_id=to.id, actor=f"donor:{vault.donor_ref_of(session, to.id)}")
    day, sms = date(2026, 11, 17), Gate()
    with clock.moved_to(at(day)):
        foretelling.foretell(session, ENGINE, on=day, now=clock.now())
        if instead == "pays":
            line = BankLine(reference, Fen(10_000), day)
            receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=clock.now())
        if instead == "says so":
            pledges.said_paid(session, me, pledge.donor_ref, Fen(10_000), now=clock.now())
        if instead == "pauses":
            changes.pause(session, me, pledge.donor_ref, months=2, now=clock.now())
        deliver(session, sms)

    kind = NoticeKind.MONEY_RUNS_OUT
    assert session.scalars(select(Notice.text).where(Notice.kind == kind)).all() == [None]
    assert sms.sent == []


def test_sixty_days_before_graduation_once(session: Session) -> None:
    match, _ = a_paid_match(session, 5_000, until=PledgeEnd.JUNIOR)
    match.ends_on = date(2027, 7, 1)
    session.flush()

    told = days_told(session, NoticeKind.GRADUATION_NEAR, date(2027, 4, 28), date(2027, 5, 6))
    with clock.moved_to(at(date(2027, 5, 6))):
        deliver(session)

    texts = select(Notice.text).where(Notice.kind == NoticeKind.GRADUATION_NEAR)
    assert told == [date(2027, 5, 2)]
    assert session.scalars(texts).all() == [
        "“河边的白桦”快毕业了。说好给到毕业，7月1日起自动结束，不用你做什么。"
        "想接着帮，可以再认捐一份。"
    ]


def test_what_ends_for_another_reason_is_no_graduation(session: Session) -> None:
    match, _ = a_paid_match(session, 5_000, until=PledgeEnd.COUNT, until_count=7)
    match.ends_on = date(2027, 7, 1)
    session.flush()

    assert days_told(session, NoticeKind.GRADUATION_NEAR, date(2027, 5, 1), date(2027, 5, 4)) == []
