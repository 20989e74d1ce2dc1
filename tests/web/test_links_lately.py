"""最近活动 of whoever comes by a private link: her own alone, by day; and an end to her links."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from extensions import db
from models.children import Kin
from models.notices import AccessLink, Notice
from models.trace import OrdinaryEntry
from services import links, trace
from services.handover import class_lists
from services.letters import letter_links
from services.links import Subject
from services.oversight import own_record
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.classes import class_label
from vocabulary.enums import KinRole, LinkPurpose, NoticeKind, NoticeStatus, Role
from vocabulary.errors import LinkExpired, NotFound


@pytest.fixture
def school(app, session):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return a_school(session)


@pytest.fixture
def child(session, school):
    child = a_child(session, school)
    session.commit()
    return child


def link_to(session, child, now):
    token = letter_links.make(session, viewer(Role.ENGINE), f"letters:{child.ref}", now=now)
    session.commit()
    return token


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def mark_of(text):
    return text.partition('name="mark" value="')[2].partition('"')[0]


def test_a_guardian_reads_by_day_what_was_done_behind_her_links(client, session, child, now):
    client.get(f"/p/{link_to(session, child, now)}")
    client.get("/family/file")
    client.get("/family/file")
    client.get("/family/file/copy")

    text = page(client, "/family/activity")

    assert "看孩子的档案" in text
    assert "2 次" in text
    assert "看档案的抄件" in text
    assert now.astimezone().strftime("%H:%M") not in text


def test_what_another_guardian_or_a_slip_did_stands_not_on_her_page(client, session, child, now):
    mother = letter_links.open_letters(session, link_to(session, child, now), now=now)
    aunt = Kin(
        child_id=child.id, kin_role=KinRole.GUARDIAN, name="陈姑姑", relation="姑姑",
        phone="13900000077", added_at=now,
    )  # fmt: skip
    session.add(aunt)
    session.flush()
    hers = Subject(kin_id=aunt.id)
    token = links.make(session, viewer(Role.ENGINE), LinkPurpose.LETTERS, hers, now=now)
    slip = viewer(Role.FAMILY, actor=mother.actor, child_id=child.id, stipend_id=1)
    trace.record(session, slip, "stipend.read", "stipend:X", now=now)
    session.commit()
    client.get(f"/p/{token}")
    client.get("/family/file")

    assert own_record.lately(session, mother, now=now) == []
    acts = {
        card["act"]
        for card in own_record.lately(session, replace(mother, behind=aunt.ref), now=now)
    }
    assert acts == {"child.read"}


def test_all_her_links_end_at_once_and_a_new_one_goes_to_the_file(client, session, child, now):
    stolen, own = link_to(session, child, now), link_to(session, child, now)
    client.get(f"/p/{own}")

    answer = client.post(
        "/family/activity/end-links", data={"mark": mark_of(page(client, "/family/activity"))}
    )

    assert answer.status_code == 200
    assert "链接都换掉了" in answer.text
    for token in (stolen, own):
        with pytest.raises(LinkExpired):
            letter_links.open_letters(session, token, now=now)
    waiting = select(Notice.subject).where(Notice.kind == NoticeKind.GUARDIAN_FILE)
    assert session.scalars(waiting).all() == [f"guardian_file:{child.ref}"]
    assert client.get("/family/file").status_code != 200
    told = select(OrdinaryEntry.act).where(OrdinaryEntry.actor == f"family:{child.ref}")
    assert "link.end" in session.scalars(told).all()


def test_a_new_link_goes_out_although_one_left_the_same_day(client, session, child, now):
    client.get(f"/p/{link_to(session, child, now)}")
    client.post(
        "/family/activity/end-links", data={"mark": mark_of(page(client, "/family/activity"))}
    )
    for one in session.scalars(select(Notice)):
        one.status = NoticeStatus.DELIVERED
    session.commit()
    client.get(f"/p/{link_to(session, child, now)}")

    client.post(
        "/family/activity/end-links", data={"mark": mark_of(page(client, "/family/activity"))}
    )

    sent = select(Notice.status).where(Notice.kind == NoticeKind.GUARDIAN_FILE)
    assert sorted(session.scalars(sent.order_by(Notice.id))) == ["delivered", "waiting"]


def test_a_page_of_another_childs_link_ends_nothing(client, session, school, child, now):
    token = link_to(session, child, now)
    client.get(f"/p/{token}")
    old = mark_of(page(client, "/family/activity"))
    other = a_child(session, school, name="别家的孩子")
    client.get(f"/p/{link_to(session, other, now)}")

    answer = client.post("/family/activity/end-links", data={"mark": old})

    assert answer.status_code == 303
    ended = select(AccessLink.id).where(AccessLink.revoked_at.is_not(None))
    assert session.scalars(ended).all() == []


@pytest.fixture
def batch(session, school, child):
    pair = a_match(session, a_pledge(session)[0], child)
    return a_sent_batch(session, school, pair)


@pytest.fixture
def class_link(session, school, child, batch, now):
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    passed = class_lists.pass_class(
        session,
        officer,
        batch.ref,
        class_label(child.grade, child.class_name),
        phone="13912345678",
        now=now,
    )
    link = links.find(session, passed["token"], LinkPurpose.CLASS_LIST, now=now)
    code = links.give_code(link, now=now)
    session.commit()
    return passed["token"], code


def test_a_class_teacher_reads_her_own_and_ends_her_link(client, session, class_link):
    token, code = class_link
    client.post(f"/c/{token}", data={"code": code})
    page(client, "/c/")

    text = page(client, "/c/activity")
    answer = client.post("/c/activity/end-links", data={"mark": mark_of(text)})

    assert "看名单" in text
    assert "链接打不开了" in answer.text
    assert client.get("/c/").status_code != 200
    ended = session.scalars(select(AccessLink.revoked_at)).all()
    assert [one is not None for one in ended] == [True]


def test_what_was_said_of_a_child_in_danger_stands_on_no_page(session, school, batch, now):
    teacher = viewer(Role.CLASS_TEACHER, actor=f"class:{batch.ref}", batch_id=batch.id, behind="aa")
    trace.record(session, teacher, "harm.report", "harm:X", now=now)
    trace.record(session, teacher, "batch.read", f"batch:{batch.ref}", now=now)

    assert [card["act"] for card in own_record.lately(session, teacher, now=now)] == ["batch.read"]


def test_a_slip_shows_nothing_and_ends_nothing(session, child, now):
    slip = viewer(Role.FAMILY, actor=f"family:{child.ref}", child_id=child.id, stipend_id=1)

    with pytest.raises(NotFound):
        own_record.lately(session, slip, now=now)
    with pytest.raises(NotFound):
        own_record.end_links(session, slip, now=now)
