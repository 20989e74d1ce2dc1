"""Passing a class on: the officer has the link, the teacher's own telephone the six digits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.notices import AccessLink, Notice
from services import links
from services.handover import class_lists, handovers
from tests.factories import a_sent_batch, viewer
from tests.services.outbox import Gate, deliver
from tests.services.test_handovers import School, states
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import LinkPurpose, NoticeStatus, Role, StipendStatus
from vocabulary.errors import BadInput, LinkExpired, NotFound, TooManyTries

PHONE, CLASS = "13900000090", "四年级2班"


@pytest.fixture
def school(session):
    return School(session)


def pass_on(session, school, now, phone=PHONE, label=CLASS):
    return class_lists.pass_class(
        session, school.officer, school.batch.ref, label, phone=phone, now=now
    )


def code_of(sms: Gate) -> str:
    return "".join(filter(str.isdecimal, sms.sent[-1].text.partition("：")[2].partition("。")[0]))


def test_the_six_digits_go_to_the_teachers_telephone_and_nowhere_else(session, school, now) -> None:
    sms, night = Gate(), at(now.date(), 23)
    with clock.moved_to(night):
        passed = pass_on(session, school, night, phone="139-0000 0090")
        assert set(passed) == {"token", "class_label", "tail", "expires_on"}
        with pytest.raises(LinkExpired):
            links.open_class(session, f"{passed['token']}:", now=night)
        deliver(session, sms)

        (message,) = sms.sent
        assert message.to == PHONE
        assert "陈雨桐" not in message.text
        notice = session.scalars(select(Notice)).one()
        assert code_of(sms) not in (notice.sent_text or "")
        kept = links.bind_device(session, passed["token"], code_of(sms), now=night)
    teacher = links.open_class(session, kept, now=now)
    (card,) = handovers.list_for(session, teacher, now=now)
    assert [one["name"] for one in card["lines"]] == ["陈雨桐"]
    with pytest.raises(LinkExpired):
        links.open_class(session, passed["token"], now=now)
    with pytest.raises(LinkExpired):
        links.bind_device(session, passed["token"], code_of(sms), now=now)
    with pytest.raises(LinkExpired):
        links.open_class(session, kept, now=now + timedelta(days=15))
    handovers.confirm_all(session, teacher, school.batch.ref, now=now)
    assert states(session, school, now)["斯琴"] == (StipendStatus.SENT, None)
    with pytest.raises(NotFound):
        handovers.hand_over_one(session, teacher, school.refs[2], now=now)


def test_five_wrong_codes_end_a_class_link(session, school, now) -> None:
    sms = Gate()
    passed = pass_on(session, school, now)
    deliver(session, sms)

    for _ in range(5):
        assert links.bind_device(session, passed["token"], "x", now=now) is None

    with pytest.raises(LinkExpired):
        links.bind_device(session, passed["token"], code_of(sms), now=now)


def test_digits_live_ten_minutes_and_late_ones_cost_no_try(session, school, now) -> None:
    sms = Gate()
    with clock.moved_to(now):
        passed = pass_on(session, school, now)
        deliver(session, sms)
    late = now + links.CODE_LIVES

    for _ in range(9):
        assert links.bind_device(session, passed["token"], code_of(sms), now=late) is None

    just = late - timedelta(seconds=1)
    assert links.bind_device(session, passed["token"], code_of(sms), now=just) is not None


def test_fresh_digits_go_to_the_same_telephone_five_times_a_day(session, school, now) -> None:
    sms = Gate()
    with clock.moved_to(now):
        passed = pass_on(session, school, now)
        deliver(session, sms)
    first = code_of(sms)

    for minutes in range(11, 16):
        later = now + timedelta(minutes=minutes)
        with clock.moved_to(later):
            class_lists.send_again(session, passed["token"], now=later)
            deliver(session, sms)
    with pytest.raises(TooManyTries):
        class_lists.send_again(session, passed["token"], now=later)

    assert {message.to for message in sms.sent} == {PHONE} and len(sms.sent) == 6
    assert links.bind_device(session, passed["token"], first, now=later) is None
    assert links.bind_device(session, passed["token"], code_of(sms), now=later) is not None
    with pytest.raises(LinkExpired):
        class_lists.send_again(session, passed["token"], now=later)


def test_no_code_fits_before_it_was_sent(session, school, now) -> None:
    passed = pass_on(session, school, now)

    for guess in ("", "000000", "None"):
        assert links.bind_device(session, passed["token"], guess, now=now) is None


def test_where_no_telephone_is_known_the_officer_enters_one(session, school, now) -> None:
    for phone, reason in (("", "missing"), ("123", "bad_phone"), ("a@example.org", "bad_phone")):
        with pytest.raises(BadInput) as refused:
            pass_on(session, school, now, phone=phone)
        assert refused.value.params == {"field": "phone", "reason": reason}
    assert session.scalars(select(AccessLink.id)).all() == []


def test_a_telephone_is_known_again_for_the_same_class_of_the_school_year(
    session, school, now
) -> None:
    pass_on(session, school, now)
    later = a_sent_batch(session, school.row, *school.matches, on=date(2026, 12, 1))

    known = class_lists.known_phones(session, school.officer, later.ref, now=now)
    again = class_lists.pass_class(session, school.officer, later.ref, CLASS, now=now)

    assert (known, again["tail"]) == ({CLASS: "0090"}, "0090")
    with pytest.raises(BadInput):
        class_lists.pass_class(session, school.officer, later.ref, "五年级2班", now=now)
    next_year = now + timedelta(days=365)
    assert class_lists.known_phones(session, school.officer, later.ref, now=next_year) == {}
    stranger = viewer(Role.SCHOOL_OFFICER, organisation_id=school.row.id + 1)
    with pytest.raises(NotFound):
        class_lists.known_phones(session, stranger, later.ref, now=now)


def test_a_link_that_was_passed_anew_sends_no_digits_any_more(session, school, now) -> None:
    sms = Gate()
    pass_on(session, school, now)
    newer = pass_on(session, school, now, phone="13900000091")

    deliver(session, sms)

    assert [message.to for message in sms.sent] == ["13900000091"]
    states_ = session.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert states_ == [NoticeStatus.DROPPED, NoticeStatus.DELIVERED]
    assert links.find(session, newer["token"], LinkPurpose.CLASS_LIST, now=now).phone
