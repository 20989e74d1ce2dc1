"""Letters in the browser: a minor is warned before what exposes it leaves, without any script."""

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.letters import Letter
from privacy import viewers
from services import links
from services.letters import letter_links
from services.links import Subject
from tests.factories import BANNER, PASSWORD, TOWNSHIP, an_account
from tests.services.letters.worlds import THANKS, WEDNESDAY, World, a_volunteer, a_world
from vocabulary import clock
from vocabulary.enums import LetterStatus, LetterVoice, LinkPurpose, Role

EXPOSING = "我叫陈雨桐，在吉文镇上学。"
AS_CHILD = {"act": "look", "voice": "child"}


@pytest.fixture
def client(app):
    """Requests share the test's session: what a test has read does not hold them up."""
    app.config["RATELIMIT_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


@pytest.fixture
def world(session: Session):
    with clock.moved_to(WEDNESDAY):
        yield a_world(session, WEDNESDAY)


def as_family(client: FlaskClient, world: World) -> FlaskClient:
    subject = Subject(stipend_id=world.slip.stipend_id)
    token = links.make(world.session, viewers.engine(), LinkPurpose.SLIP, subject, now=clock.now())
    world.session.commit()
    client.get(f"/s/{token}")
    return client


def as_guardian(client: FlaskClient, world: World) -> FlaskClient:
    subject = f"letters:{world.child.ref}"
    token = letter_links.make(world.session, viewers.engine(), subject, now=clock.now())
    world.session.commit()
    client.get(f"/p/{token}")
    return client


def as_donor(client: FlaskClient, world: World) -> FlaskClient:
    subject = Subject(donor_id=world.donor.donor_id)
    by = viewers.engine()
    token = links.make(world.session, by, LinkPurpose.DONOR_HOME, subject, now=clock.now())
    world.session.commit()
    client.get(f"/d/{token}")
    return client


def sign_in(client: FlaskClient, session: Session, role: Role, **more) -> FlaskClient:
    told = {"login": "somebody", "region_code": BANNER} | more
    an_account(session, role, **told)
    session.commit()
    client.post("/login", data={"login": told["login"], "password": PASSWORD})
    return client


def mark_of(client: FlaskClient, page: str) -> str:
    found = re.search(rb'name="mark" value="([^"]*)"', client.get(page).data)
    return found[1].decode() if found else ""


def write(client: FlaskClient, text: str, page: str = "/family/letters", **more):
    return client.post(page, data=AS_CHILD | {"text": text, "mark": mark_of(client, page)} | more)


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_minor_sees_what_would_expose_it_before_anything_is_sent(client, world) -> None:
    as_family(client, world)

    answer = write(client, EXPOSING)

    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert re.findall(r'<mark class="found">([^<]*)</mark>', body) == ["陈雨桐", "吉文镇"]
    assert "就这样寄给旗妇联看" in body
    assert "改好了，再看一遍" in body
    assert f">{EXPOSING}</textarea>" in re.sub(r">\s+", ">", body)
    assert letters(world.session) == []


def test_pressed_again_it_is_sent_as_it_is(client, world) -> None:
    as_family(client, world)
    write(client, EXPOSING)

    answer = write(client, EXPOSING, act="send")

    assert answer.status_code == 303
    assert [one.original for one in letters(world.session)] == [EXPOSING]


def test_what_exposes_nobody_goes_at_the_first_press(client, world) -> None:
    assert write(as_family(client, world), THANKS).status_code == 303

    assert [one.status for one in letters(world.session)] == [LetterStatus.SCREENED]


def test_ticked_ready_sentences_are_written_into_the_letter(client, world) -> None:
    write(as_family(client, world), "您好。", ready=["0", "3"])

    assert letters(world.session)[0].original == (
        "您好。\n谢谢您的帮助，钱收到了。\n天冷了，您也多穿衣服，注意身体。"
    )


def test_an_empty_letter_keeps_the_page_and_says_what_is_missing(client, world) -> None:
    answer = write(as_family(client, world), "")

    assert "请写几句话，或者勾一句现成的。" in answer.get_data(as_text=True)


def test_a_page_of_another_code_sends_nothing(client, world) -> None:
    as_family(client, world)

    client.post("/family/letters", data=AS_CHILD | {"text": THANKS, "mark": "another"})

    assert letters(world.session) == []


def test_behind_a_slip_stands_no_word_of_any_letter(client, world) -> None:
    write(as_family(client, world), THANKS)
    world.donor_writes("收到你的信，我很高兴。")
    world.release()
    world.batch()
    world.session.commit()

    page = client.get("/family/letters").get_data(as_text=True)

    assert "92 分" not in page
    assert "我很高兴" not in page
    assert "旗妇联在看" in page


def test_the_guardian_reads_both_sides_behind_her_own_link(client, world) -> None:
    world.family_writes(THANKS, voice=LetterVoice.GUARDIAN)
    world.family_writes("奶奶的腿疼，我给她揉。")
    world.donor_writes("收到你的信，我很高兴。我叫林向北。")
    world.release()
    world.batch()

    page = as_guardian(client, world).get("/family/mailbox").get_data(as_text=True)

    assert THANKS in page
    assert "我给她揉" not in page
    assert "那是孩子自己的话" in page
    assert "收到你的信，我很高兴。我叫<mark>…</mark>。" in page
    assert "林向北" not in page


def test_a_donors_picture_is_refused_with_its_reason(client, world) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "#a8324f").save(picture, "JPEG")
    picture.seek(0)
    page = f"/donor/children/{world.match.donor_ref}/letters"

    answer = as_donor(client, world).post(
        page,
        data={"act": "send", "text": "请看我的字。", "photo": (picture, "me.jpg")},
        content_type="multipart/form-data",
    )

    assert "这里只收文字，不收图片" in answer.get_data(as_text=True)
    assert letters(world.session) == []


def test_a_donors_page_offers_no_picture_and_says_nothing_of_reading(client, world) -> None:
    world.donor_writes("你好。")
    world.release()
    world.batch()
    page = f"/donor/children/{world.match.donor_ref}/letters"

    before = as_donor(client, world).get(page).data
    as_guardian(client, world).get("/family/mailbox")
    after = client.get(page).data

    plain = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]*')
    assert plain.sub(b"", before) == plain.sub(b"", after)
    assert b'type="file"' not in before


def test_a_teacher_hands_in_only_when_the_child_asked_her(client, world) -> None:
    sign_in(client, world.session, Role.SCHOOL_OFFICER, organisation_id=world.child.school_id)
    page = f"/school/children/{world.child.ref}/letter"

    unasked = client.post(page, data=AS_CHILD | {"text": THANKS})
    assert "请让孩子或家里自己写" in unasked.get_data(as_text=True)
    assert client.post(page, data=AS_CHILD | {"text": THANKS, "asked": "y"}).status_code == 303
    assert THANKS not in client.get(page).get_data(as_text=True)
    assert [one.hand.value for one in letters(world.session)] == ["school"]


def test_the_desk_shows_both_texts_and_releases_what_was_edited(client, world) -> None:
    ref = world.family_writes(EXPOSING).ref
    sign_in(client, world.session, Role.CASE_WORKER)

    page = client.get(f"/staff/letters/{ref}").get_data(as_text=True)
    assert re.findall(r'<mark class="found">([^<]*)</mark>', page) == ["陈雨桐", "吉文镇"]
    assert "我叫【…】，在【…】上学。" in page

    again = client.post(f"/staff/letters/{ref}", data={"text": "我在吉文镇上学。"})
    assert "还没有寄，再看一眼" in again.get_data(as_text=True)
    assert letters(world.session)[0].status is LetterStatus.SCREENED
    sent = {"text": "我在镇上上学。", "seen": ""}
    assert client.post(f"/staff/letters/{ref}", data=sent).status_code == 303
    assert letters(world.session)[0].released == "我在镇上上学。"


def test_a_worrying_letter_offers_nothing_but_to_see_to_it(client, world) -> None:
    ref = world.family_writes("我有时候不想活了。").ref
    sign_in(client, world.session, Role.APPROVER)

    page = client.get(f"/staff/letters/{ref}").get_data(as_text=True)
    assert "像是不想活、想伤害自己" in page
    assert 'name="text"' not in page

    client.post(f"/staff/letters/{ref}/clear")
    assert 'name="text"' in client.get(f"/staff/letters/{ref}").get_data(as_text=True)


def test_a_letter_is_returned_with_one_of_the_listed_reasons(client, world) -> None:
    ref = world.family_writes(THANKS).ref
    sign_in(client, world.session, Role.APPROVER)

    assert client.post(f"/staff/letters/{ref}/return", data={"reason": "x"}).status_code == 200
    answer = client.post(f"/staff/letters/{ref}/return", data={"reason": "not_readable"})

    assert answer.status_code == 303
    assert letters(world.session)[0].status is LetterStatus.RETURNED


def test_an_empty_desk_says_so(client, session) -> None:
    sign_in(client, session, Role.CASE_WORKER)

    assert "没有等着看的信" in client.get("/staff/letters/").get_data(as_text=True)


def test_a_child_and_a_volunteer_are_introduced_on_the_childs_page(client, world) -> None:
    mother = a_volunteer(world)
    ref = world.child.ref
    sign_in(client, world.session, Role.CASE_WORKER)
    page = f"/staff/children/{ref}/letter-friends"

    assert client.post(page, data={"volunteer": mother.ref}).status_code == 303
    shown = client.get(page).get_data(as_text=True)
    friend = re.search(r"/staff/letter-friends/(\w+)/end", shown)
    assert "/agree" not in shown
    assert "等第二个人同意写信" in client.get("/staff/letters/").get_data(as_text=True)
    second = client.application.test_client()
    sign_in(second, world.session, Role.APPROVER, login="second")
    asked = second.get(page).get_data(as_text=True)
    assert "要你同意才开始" in asked
    assert second.post(f"/staff/letter-friends/{friend[1]}/agree").status_code == 303
    assert "起写信，她只看到" in client.get(page).get_data(as_text=True)
    assert client.post(f"/staff/letter-friends/{friend[1]}/end").status_code == 303
    assert "结束</button>" not in client.get(page).get_data(as_text=True)


def test_the_village_director_reads_aloud_and_hands_in(client, world) -> None:
    world.donor_writes("收到你的信，我很高兴。")
    world.release()
    world.batch()
    sign_in(client, world.session, Role.VILLAGE_DIRECTOR, region_code=TOWNSHIP)
    page = f"/village/families/{world.line}/letters"

    assert "收到你的信，我很高兴。" in client.get(page).get_data(as_text=True)
    assert client.post(page, data=AS_CHILD | {"text": THANKS}).status_code == 303
    assert letters(world.session)[-1].hand.value == "village"
