"""The red button: the banner hears of it at once, it stands until taken up, and never changes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models.children import Child
from models.harm import HarmReport
from models.notices import Notice
from models.trace import OrdinaryEntry
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import corner
from services.accounts.corner import Counted
from services.danger import harm
from services.figures import figures_internal
from services.notices import inbox
from tests.factories import (
    OTHER_BANNER,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from tests.services.outbox import Gate, deliver
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import Called, NoticeKind, Role
from vocabulary.errors import AlreadyDecided, NotFound, NotPermitted

WORKER = viewer(Role.CASE_WORKER)


def an_officer(child: Child, who: str = "officer") -> Viewer:
    own = {"organisation_id": child.school_id}
    return viewer(Role.SCHOOL_OFFICER, regions=(), actor=f"account:{who}", **own)


@pytest.fixture
def child(session: Session) -> Child:
    return a_child(session, a_school(session))


def told(session: Session) -> list[int]:
    kind = Notice.kind == NoticeKind.HARM_SUSPECTED
    return list(session.scalars(select(Notice.recipient_id).where(kind).order_by(Notice.id)))


def test_every_case_worker_and_approver_of_the_banner_is_told(
    session: Session, now: datetime, child: Child
) -> None:
    here = [an_account(session, Role.CASE_WORKER, login="w").id]
    here.append(an_account(session, Role.APPROVER, login="a").id)
    an_account(session, Role.APPROVER, login="elsewhere", region_code=OTHER_BANNER)
    an_account(session, Role.PAYING_DESK, login="desk")

    ref = harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)
    deliver(session)

    texts = session.scalars(select(Notice.text)).all()
    assert told(session) == here
    assert (
        texts
        == ["陈雨桐：有人担心孩子受到伤害，打了 110。请马上到“担心孩子”接手，先确认孩子现在安全。"]
        * 2
    )
    assert session.scalars(select(Notice.subject)).all() == [f"harm:{ref}"] * 2


def test_it_is_sent_at_once_at_night_and_names_nobody_on_a_lock_screen(
    session: Session, now: datetime, child: Child
) -> None:
    an_account(session, Role.CASE_WORKER, login="w", phone="13900000009")
    sms = Gate()
    with clock.moved_to(at(today(now), 23)):
        harm.report(session, an_officer(child), child.ref, called=Called.HOTLINE, now=clock.now())
        deliver(session, sms)

    assert [message.text for message in sms.sent] == [
        "【微光】有一件关系孩子安全的急事，请马上登录看消息。"
    ]


def test_a_second_press_is_the_same_report_and_another_person_is_another(
    session: Session, now: datetime, child: Child
) -> None:
    an_account(session, Role.CASE_WORKER, login="w")
    officer, other = an_officer(child), an_officer(child, "second")

    refs = [
        harm.report(session, who, child.ref, called=Called.POLICE, now=now)
        for who in (officer, officer, other)
    ]
    changed = harm.report(session, officer, child.ref, called=Called.HOTLINE, now=now)

    assert refs[0] == refs[1]
    assert len({*refs, changed}) == 3
    assert len(told(session)) == 3


def open_reports(session: Session, by: Viewer) -> int:
    return corner.of(session, by, frozenset({Counted.REPORTS}))["reports"]


def test_it_stands_in_the_list_of_work_until_one_takes_it_up(
    session: Session, now: datetime, child: Child
) -> None:
    me = an_account(session, Role.APPROVER, login="a", name="乌兰")
    by = viewer(Role.APPROVER, account_id=me.id, actor=f"account:{me.ref}")
    officer = an_officer(child)
    ref = harm.report(session, officer, child.ref, called=Called.NOT_YET, now=now)
    before = (
        open_reports(session, by),
        figures_internal.to_do(session, by, now=now)["harm"],
        harm.receipt(session, officer, ref).has("taken"),
    )

    harm.take_up(session, by, ref, now=now)

    with pytest.raises(AlreadyDecided):
        harm.take_up(session, WORKER, ref, now=now)
    (card,) = harm.reports(session, WORKER)
    receipt = harm.receipt(session, officer, ref)
    assert before == (1, 1, False)
    assert open_reports(session, by) == figures_internal.to_do(session, by, now=now)["harm"] == 0
    assert (card["child"]["name"], card["taker"]) == ("陈雨桐", "乌兰")
    assert dict(receipt["taken"]) == {"taken_at": now}  # the reporter learns that, not by whom


def test_what_nobody_takes_up_is_told_again_every_day_once(
    session: Session, now: datetime, child: Child
) -> None:
    an_account(session, Role.CASE_WORKER, login="w")
    ref = harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)
    counts = []
    for days in (0, 1, 1, 3, 4):
        if days == 4:
            harm.take_up(session, WORKER, ref, now=now)
        later = now + timedelta(days=days)
        harm.remind(session, viewers.engine("reminders"), on=today(later), now=later)
        counts.append(len(told(session)))

    assert counts == [1, 2, 2, 3, 3]


def test_nobody_else_reads_a_report(session: Session, now: datetime, child: Child) -> None:
    ref = harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)
    elsewhere = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,), actor="account:else")

    for stranger in (an_officer(child, "second"), elsewhere):
        with pytest.raises(NotFound):
            harm.receipt(session, stranger, ref)
    assert harm.reports(session, elsewhere) == []
    with pytest.raises(NotFound):
        harm.take_up(session, elsewhere, ref, now=now)
    with pytest.raises(NotPermitted):
        harm.reports(session, an_officer(child))


@pytest.mark.parametrize(
    "near",
    [
        viewer(Role.CASE_WORKER),
        viewer(Role.VILLAGE_DIRECTOR, regions=(TOWNSHIP,)),
        "school",
        "class",
    ],
)
def test_all_who_stand_near_a_child_may_press_it(
    session: Session, now: datetime, child: Child, near: Viewer | str
) -> None:
    who = near
    if near == "school":
        who = an_officer(child)
    if near == "class":
        own = {"organisation_id": child.school_id, "class_grade": child.grade}
        who = viewer(Role.CLASS_TEACHER, class_name=child.class_name, actor="class:B", **own)

    assert harm.child_of(session, who, child.ref)["name"] == "陈雨桐"
    assert harm.report(session, who, child.ref, called=Called.POLICE, now=now)


def test_a_hand_names_the_child_by_one_of_its_instalments(
    session: Session, now: datetime, child: Child
) -> None:
    match = a_match(session, a_pledge(session)[0], child)
    officer = an_officer(child)

    found = harm.child_of(session, officer, f"{match.child_ref}-202611")

    assert found["ref"] == child.ref
    with pytest.raises(NotFound):  # the donor's side names no child
        harm.child_of(session, officer, f"{match.donor_ref}-202611")


@pytest.mark.parametrize(
    "stranger",
    [
        viewer(Role.SCHOOL_OFFICER, regions=(), organisation_id=999),
        viewer(Role.VILLAGE_DIRECTOR, regions=(OTHER_BANNER,)),
        viewer(Role.VOLUNTEER),
    ],
)
def test_who_does_not_stand_near_the_child_finds_nobody(
    session: Session, now: datetime, child: Child, stranger: Viewer
) -> None:
    with pytest.raises(NotFound):
        harm.report(session, stranger, child.ref, called=Called.POLICE, now=now)


@pytest.mark.parametrize(
    "change", ["UPDATE harm_reports SET reported_by = 'x'", "DELETE FROM harm_reports"]
)
def test_no_report_is_changed_or_deleted(
    session: Session, now: datetime, child: Child, change: str
) -> None:
    harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)

    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change))


def test_it_leaves_a_trace_without_a_name(session: Session, now: datetime, child: Child) -> None:
    harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)

    entry = session.scalars(select(OrdinaryEntry)).one()
    assert (entry.act, entry.subject, entry.why) == (
        "child.harm_suspected",
        f"child:{child.ref}",
        "police",
    )
    assert session.scalars(select(HarmReport.reported_at)).one() == now


def test_a_colleagues_inbox_does_not_show_it_where_the_child_is_out_of_reach(
    session: Session, now: datetime, child: Child
) -> None:
    to = an_account(session, Role.CASE_WORKER, login="w")
    harm.report(session, an_officer(child), child.ref, called=Called.POLICE, now=now)
    child.banner_code = child.region_code = OTHER_BANNER

    deliver(session)

    assert inbox.messages(session, viewer(Role.CASE_WORKER, account_id=to.id)) == []
