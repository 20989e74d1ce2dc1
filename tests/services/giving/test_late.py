"""When a donor's money does not come: told ahead, reminded on days 3, 10 and 20, then the staff."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.notices import Notice
from models.pledges import Match, Pledge
from models.vault import Donor
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.giving import late, reminding
from services.pledges import changes, foretelling, pledges
from services.vault import deaths, vault
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from tests.services.outbox import PHONE, Gate, a_donor, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, RecipientKind, Role
from vocabulary.errors import BadInput
from vocabulary.money import Fen

ENGINE = viewers.engine("reminders")
DUE = date(2026, 12, 1)


def an_unpaid_match(session: Session) -> tuple[Pledge, Match, str]:
    pledge, reference = a_pledge(session, PHONE)
    match = a_match(session, pledge, a_child(session, a_school(session)), starts_on=DUE)
    session.commit()
    Run(session, "stipends", period=DUE).execute(open_and_fund)
    return pledge, match, reference


def me(session: Session):
    to = a_donor(session)
    ref = vault.donor_ref_of(session, to.id)
    return viewer(Role.DONOR, donor_id=to.id, actor=f"donor:{ref}")


def days_reminded(session: Session, first: date, last: date) -> list[date]:
    """Run the job twice on each day; return the days on which a reminder was queued."""
    days, seen = [], 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for _twice in range(2):
            late.remind(session, ENGINE, on=day, now=at(day))
        found = select(Notice.id).where(Notice.kind == NoticeKind.PAYMENT_LATE)
        count = len(session.scalars(found).all())
        days += [day] if count > seen else []
        seen = count
    return days


def test_three_kind_reminders_on_days_three_ten_and_twenty_and_then_silence(
    session: Session,
) -> None:
    an_unpaid_match(session)

    told = days_reminded(session, DUE, date(2027, 3, 31))

    assert told == [date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 21)]


def test_a_machine_that_was_off_catches_up_with_one_reminder(session: Session) -> None:
    an_unpaid_match(session)

    assert days_reminded(session, date(2026, 12, 14), date(2026, 12, 31)) == [
        date(2026, 12, 14), date(2026, 12, 21),
    ]  # fmt: skip


@pytest.mark.parametrize("instead", ["pays", "says so", "died"])
def test_nobody_is_reminded_who_paid_or_said_so_or_has_died(session: Session, instead: str) -> None:
    pledge, _, reference = an_unpaid_match(session)
    donor, day, sms = me(session), date(2026, 12, 4), Gate()
    with clock.moved_to(at(day)):
        late.remind(session, ENGINE, on=day, now=clock.now())
        if instead == "pays":
            line = BankLine(reference, Fen(10_000), day)
            receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=clock.now())
            session.commit()
            Run(session, "stipends", period=day).execute(open_and_fund)
        if instead == "says so":
            pledges.said_paid(session, donor, pledge.donor_ref, Fen(10_000), now=clock.now())
        if instead == "died":
            who = viewer(Role.CUSTODIAN)
            deaths.note(session, who, PHONE, why="家属来电", now=clock.now())
        deliver(session, sms)

    texts = select(Notice.text).where(Notice.kind == NoticeKind.PAYMENT_LATE)
    assert session.scalars(texts).all() == [None]
    assert sms.sent == []


@pytest.mark.parametrize(("said", "sent"), [(date(2026, 11, 21), 1), (date(2026, 11, 28), 0)])
def test_a_word_that_nothing_followed_for_two_weeks_holds_no_reminder_back(
    session: Session, said: date, sent: int
) -> None:
    """He tapped it by mistake, or his bank never sent it: on day ten he is asked all the same."""
    pledge, _, _ = an_unpaid_match(session)
    donor, sms = me(session), Gate()
    with clock.moved_to(at(said)):
        pledges.said_paid(session, donor, pledge.donor_ref, Fen(10_000), now=clock.now())
    with clock.moved_to(at(date(2026, 12, 11), 9)):
        late.remind(session, ENGINE, on=date(2026, 12, 11), now=clock.now())
        deliver(session, sms)

    assert len([to for to in sms.sent]) == sent


def test_after_a_death_nothing_is_even_queued(session: Session) -> None:
    an_unpaid_match(session)
    deaths.note(session, viewer(Role.CUSTODIAN), PHONE, why="家属来电", now=at(DUE))
    before = session.scalars(select(Notice.id)).all()

    assert days_reminded(session, DUE, date(2027, 3, 1)) == []
    assert session.scalars(select(Donor.died_on)).all() == [DUE]
    donors = select(Notice.id).where(
        Notice.recipient_kind == RecipientKind.DONOR, Notice.id.not_in(before)
    )
    assert session.scalars(donors).all() == []


def test_the_reminder_is_kind_and_leaves_no_sum_and_no_child_on_a_lock_screen(
    session: Session,
) -> None:
    an_unpaid_match(session)
    sms = Gate()
    for day in (date(2026, 12, 4), date(2026, 12, 21)):
        with clock.moved_to(at(day)):
            late.remind(session, ENGINE, on=day, now=clock.now())
            deliver(session, sms)

    texts = session.scalars(
        select(Notice.text).where(Notice.kind == NoticeKind.PAYMENT_LATE).order_by(Notice.id)
    ).all()
    assert texts == [
        "12月1日那一期还没到账。孩子那边先由爱心备用金垫着，够的话一个月也不断。"
        "已经付了的，不用管；手头紧也没关系，可以暂停、改少一点。",
        "12月1日那一期还没到账。我们已经替孩子另找下一位，找到以前你随时付都行。"
        "已经付了的，不用管；手头紧也没关系，可以暂停、改少一点。",
    ]
    said = [m.text for m in sms.sent if "有一期" in m.text]
    assert (
        said
        == [
            "【微光】有一期的钱还没到账，已经付了的不用管。手头紧可以暂停或改少：打开你的专用链接。"
        ]
        * 2
    )


def test_on_day_twenty_the_childs_staff_read_of_the_pledge_code_and_nobody_elses(
    session: Session,
) -> None:
    pledge, match, _ = an_unpaid_match(session)
    here = an_account(session, Role.CASE_WORKER, login="here", region_code=BANNER)
    an_account(session, Role.CASE_WORKER, login="elsewhere", region_code=OTHER_BANNER)
    an_account(session, Role.COLLECTING_DESK, login="collecting", region_code=BANNER)
    for day in (date(2026, 12, 20), date(2026, 12, 21), date(2026, 12, 22)):
        session.commit()
        Run(session, "stipends", period=day).execute(open_and_fund)
        late.remind(session, ENGINE, on=day, now=at(day))
    with clock.moved_to(at(date(2026, 12, 22))):
        deliver(session)

    told = session.execute(
        select(Notice.recipient_id, Notice.text).where(Notice.kind == NoticeKind.PLEDGE_DRY)
    ).all()
    assert [key for key, _ in told] == [here.id]
    assert f"认捐 {pledge.code} 到期 20 天没有到账" in told[0][1]
    assert pledge.donor_ref not in told[0][1]
    assert match.dry_on == date(2026, 12, 21)


def test_a_donor_chooses_how_many_days_ahead_he_is_told(session: Session) -> None:
    pledge, _ = a_pledge(session, PHONE)
    a_match(session, pledge, a_child(session, a_school(session)), starts_on=DUE)
    reminding.choose(session, me(session), pledge.donor_ref, 30, now=at(date(2026, 11, 1)))

    days = []
    for n in range(30):
        day = date(2026, 11, 1) + timedelta(days=n)
        foretelling.foretell(session, ENGINE, on=day, now=at(day))
        if session.scalars(select(Notice.id)).all():
            days.append(day)
    with clock.moved_to(at(date(2026, 11, 2))):
        deliver(session)

    assert days[0] == date(2026, 11, 1)
    assert session.scalars(select(Notice.text)).one() == (
        "12月1日前再付一次，孩子就接得上。付多少、怎么付，写在“怎么付”里。"
    )


def test_three_days_ahead_is_not_fourteen(session: Session) -> None:
    pledge, _ = a_pledge(session, PHONE)
    a_match(session, pledge, a_child(session, a_school(session)), starts_on=DUE)
    reminding.choose(session, me(session), pledge.donor_ref, 3, now=at(date(2026, 11, 1)))

    for day, count in ((date(2026, 11, 27), 0), (date(2026, 11, 28), 1)):
        foretelling.foretell(session, ENGINE, on=day, now=at(day))
        assert len(session.scalars(select(Notice.id)).all()) == count

    with pytest.raises(BadInput):
        reminding.choose(session, me(session), pledge.donor_ref, 5, now=at(DUE))


def test_whoever_paused_from_the_next_month_is_still_asked_for_the_one_before(
    session: Session,
) -> None:
    """Told once a step, with the eldest of what is owed: what is paused is not owed."""
    pledge, _, _ = an_unpaid_match(session)
    changes.pause(session, me(session), pledge.donor_ref, months=3, now=at(DUE))
    session.commit()
    Run(session, "stipends", period=date(2027, 2, 1)).execute(open_and_fund)

    assert days_reminded(session, date(2027, 2, 1), date(2027, 2, 28)) == [date(2027, 2, 1)]
