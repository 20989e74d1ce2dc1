"""A guardian sees who looked, gets a copy, asks to correct or delete, and has it in writing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.children import Child, Kin, Need
from models.guardian_requests import GuardianRequest
from models.notices import Notice
from privacy import viewers
from services.children import amendments, children
from services.guardians import guardian_file, guardian_requests, guardian_wishes
from services.guardians.guardian_wishes import Wish
from services.notices.drawing import draw
from tests.factories import (
    OTHER_BANNER,
    START,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.dates import today
from vocabulary.enums import (
    EndReason,
    FilePart,
    GuardianWish,
    GuardianWishStatus,
    Language,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted
from vocabulary.refs import stipend_ref

WORKER = viewer(Role.CASE_WORKER, actor="account:verifier")
SECOND = viewer(Role.APPROVER, actor="account:second")


def guardian(child: Child):
    return viewer(Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id)


def wants(session, child, now, *, part=FilePart.NAME, wish=GuardianWish.CORRECT) -> str:
    family = guardian(child)
    return guardian_wishes.ask(session, family, Wish(wish, "是“雨彤”", part), now=now)


def answer(session, ref: str, now, *, agrees: bool = True, by=WORKER) -> None:
    guardian_requests.answer(session, by, ref, agrees=agrees, words="照户口本改了。", now=now)


def row(session, ref: str) -> GuardianRequest:
    return session.scalars(select(GuardianRequest).where(GuardianRequest.ref == ref)).one()


def test_what_a_guardian_asks_is_sealed_and_waits_fifteen_days_in_the_staffs_queue(session, now):
    child = a_child(session, a_school(session))
    ref = wants(session, child, now)

    (late,) = guardian_requests.queue(session, WORKER, now=now + timedelta(days=16))
    (mine,) = guardian_requests.own(session, guardian(child))

    assert row(session, ref).answer_by == today(now) + timedelta(days=15)
    assert (late["is_late"], late["words"], mine["words"]) == (True, "是“雨彤”", "是“雨彤”")
    assert not guardian_requests.queue(session, WORKER, now=now + timedelta(days=15))[0]["is_late"]
    raw = session.connection().exec_driver_sql("SELECT words FROM guardian_requests").scalar()
    assert "雨彤".encode() not in raw


def test_nobody_behind_a_slip_or_of_another_banner_or_family_reads_a_request(session, now):
    child, other = a_child(session), a_child(session, name="别人")
    ref = wants(session, child, now)
    slip = viewer(Role.FAMILY, regions=(), actor="family:x", child_id=child.id, stipend_id=7)

    with pytest.raises(NotFound):
        guardian_requests.own(session, slip)
    with pytest.raises(NotFound):
        guardian_file.copy_of(session, slip)
    assert guardian_requests.own(session, guardian(other)) == []
    far = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    assert guardian_requests.queue(session, far, now=now) == []
    with pytest.raises(NotFound):
        guardian_requests.request(session, far, ref, now=now)
    for role in (Role.DONOR, Role.SCHOOL_OFFICER, Role.VOLUNTEER, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            guardian_requests.queue(session, viewer(role), now=now)


def test_a_name_is_agreed_to_only_after_two_people_have_put_it_right(session, now):
    child = a_child(session, a_school(session))
    ref = wants(session, child, now)
    with pytest.raises(BadInput, match="agrees"):
        answer(session, ref, now)
    change = amendments.ask_identity(
        session, WORKER, child.ref, name="陈雨彤", number="", reason="监护人说错了", now=now
    )
    with pytest.raises(BadInput, match="agrees"):
        answer(session, ref, now)
    amendments.agree(session, SECOND, change, again="", now=now)

    answer(session, ref, now)

    (mine,) = guardian_requests.own(session, guardian(child))
    assert (child.name, mine["status"]) == ("陈雨彤", GuardianWishStatus.AGREED)
    assert (mine["answer"], mine["answered_on"]) == ("照户口本改了。", today(now))
    with pytest.raises(AlreadyDecided):
        answer(session, ref, now, agrees=False)


def test_the_same_wish_waits_once_and_a_part_is_needed(session, now):
    child = a_child(session)
    wants(session, child, now)

    with pytest.raises(BadInput, match="words"):
        wants(session, child, now)
    with pytest.raises(BadInput, match="part"):
        wants(session, child, now, part=None)


def test_a_deletion_waits_for_the_end_and_the_money_and_then_leaves_the_books_alone(session, now):
    school = a_school(session)
    child = a_child(
        session, school, address="东街 3 号", remark="母亲住院", id_number="1", birth_on=None
    )
    session.add(Need(child_id=child.id, kind="material", since_on=date(2026, 9, 1), detail="冬衣"))
    a_sent_batch(session, school, a_match(session, a_pledge(session)[0], child))
    ref = wants(session, child, now, part=None, wish=GuardianWish.DELETE)
    with pytest.raises(BadInput, match="agrees"):
        answer(session, ref, now)
    children.end(session, WORKER, child.ref, reason=EndReason.MOVED_AWAY, now=now)
    assert guardian_requests.request(session, WORKER, ref, now=now)["bar"] == "still_due"
    with pytest.raises(BadInput, match="agrees"):
        answer(session, ref, now)

    session.connection().exec_driver_sql(
        "UPDATE stipends SET handed_over_on = '2026-11-20', confirmed_on = '2026-11-21'"
    )
    session.expire_all()
    answer(session, ref, now)

    kin = session.scalars(select(Kin).where(Kin.child_id == child.id)).one()
    needs = session.scalars(select(Need.detail).where(Need.child_id == child.id)).all()
    session.refresh(child)
    assert (child.address, child.remark, child.id_number, kin.phone, kin.name) == (
        None, None, None, None, "",
    )  # fmt: skip
    assert (child.name, set(needs)) == ("陈雨桐", {None})


def test_a_refusal_needs_its_reason_and_deletes_nothing(session, now):
    child = a_child(session, address="东街 3 号")
    ref = wants(session, child, now, part=None, wish=GuardianWish.DELETE)

    with pytest.raises(BadInput, match="words"):
        guardian_requests.answer(session, WORKER, ref, agrees=False, words="", now=now)
    answer(session, ref, now, agrees=False)

    assert (row(session, ref).status, child.address) == (GuardianWishStatus.REFUSED, "东街 3 号")


def test_the_link_goes_to_the_guardian_alone_and_once_a_day(session, now):
    child = a_child(session)
    slip = viewer(
        Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id, stipend_id=7
    )
    guardian_requests.send_link(session, slip, now=now)
    guardian_requests.send_link(session, slip, now=now)
    guardian_requests.send_link(session, slip, now=now + timedelta(days=1))

    kind = Notice.kind == NoticeKind.GUARDIAN_FILE
    found = session.scalars(select(Notice).where(kind)).all()
    assert [one.recipient_kind for one in found] == [RecipientKind.FAMILY] * 2
    drawn = draw(session, slip, found[0], now=now, hotline="12338")
    assert drawn is not None and "{link}" in drawn.outside and child.name not in drawn.outside


def test_staff_hear_of_a_wish_until_it_is_answered(session, now):
    account = an_account(session, Role.CASE_WORKER, login="wulan")
    child = a_child(session, a_school(session))
    ref = wants(session, child, now, part=FilePart.ADDRESS)
    notice = session.scalars(select(Notice).where(Notice.recipient_id == account.id)).one()

    before = draw(session, WORKER, notice, now=now, hotline="12338")
    answer(session, ref, now)

    assert before is not None and child.name in before.inbox and child.name not in before.outside
    assert draw(session, WORKER, notice, now=now, hotline="12338") is None


def test_the_copy_holds_what_the_family_may_see_and_nobody_else(session, now):
    school = a_school(session)
    child = a_child(session, school, remark="母亲住院", address="东街 3 号")
    other = a_child(session, school, name="别家的孩子")
    pairs = [a_match(session, a_pledge(session)[0], one) for one in (child, other)]
    a_sent_batch(session, school, *pairs)

    copy = guardian_file.copy_of(session, guardian(child))

    assert (copy["name"], copy["address"], len(copy["instalments"])) == ("陈雨桐", "东街 3 号", 1)
    assert [one["name"] for one in copy["kin"]] == ["陈奶奶"]
    assert not copy.has("remark")
    assert not copy.has("category")
    assert "别家的孩子" not in str(copy)


def test_only_a_guardian_asks_and_only_case_staff_answer(session, now):
    child = a_child(session)
    ref = wants(session, child, now)

    with pytest.raises(NotPermitted):
        guardian_wishes.ask(session, WORKER, Wish(GuardianWish.DELETE, "x"), now=now)
    for who in (viewers.engine(), viewer(Role.SCHOOL_OFFICER), guardian(child)):
        with pytest.raises(NotPermitted):
            answer(session, ref, now, by=who)


def test_the_director_who_wrote_it_down_has_a_notice_of_the_answer(session, now):
    account = an_account(session, Role.VILLAGE_DIRECTOR, login="director", region_code=TOWNSHIP)
    director = viewer(
        Role.VILLAGE_DIRECTOR,
        account_id=account.id,
        actor=f"account:{account.ref}",
        regions=(TOWNSHIP,),
    )
    child = a_child(session)
    match = a_match(session, a_pledge(session)[0], child)
    a_sent_batch(session, None, match)
    line = stipend_ref(match.child_ref, START)
    wish = Wish(GuardianWish.CORRECT, "门牌是三号", FilePart.ADDRESS, Language.MONGOLIAN)
    ref = guardian_wishes.ask_for(session, director, line, wish, now=now)
    assert drawn_for(session, director, now) == []

    answer(session, ref, now)

    ((title, words),) = drawn_for(session, director, now)
    assert title == "你代写的有答复了"
    assert "陈雨桐" in words
    other = replace(director, account_id=0, actor="account:another")
    (notice,) = answered(session, RecipientKind.ACCOUNT)
    assert draw(session, other, notice, now=now, hotline="1") is None
    child.in_danger = True
    session.flush()
    assert drawn_for(session, director, now) == []


def answered(session, kind: RecipientKind) -> list[Notice]:
    which = Notice.kind == NoticeKind.GUARDIAN_ANSWERED, Notice.recipient_kind == kind
    return list(session.scalars(select(Notice).where(*which)))


def drawn_for(session, who, now) -> list[tuple[str, str]]:
    """The inbox of whom a notice of an answer goes to, in words."""
    mine = [n for n in answered(session, RecipientKind.ACCOUNT) if n.recipient_id == who.account_id]
    found = (draw(session, who, one, now=now, hotline="1") for one in mine)
    return [(one.title, one.inbox) for one in found if one]
