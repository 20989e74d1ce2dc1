"""互相认识 in the browser: the asker's page keeps its bytes, and only the two ever read a name."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.accounts import Account
from models.notices import Notice
from models.reveals import Reveal
from privacy import viewers
from services import links
from services.links import Subject
from services.reveals import reveal_links, reveals
from tests.factories import BANNER, PASSWORD, TOWNSHIP, an_account
from tests.services.outbox import Gate, deliver
from tests.services.reveals.test_asking import ENDS
from tests.services.reveals.worlds import World, a_world
from vocabulary import clock
from vocabulary.enums import LinkPurpose, NoticeKind, RevealStatus, Role

WORDS = {"act": "ask", "name": "林向北", "city": "漳州"}
CHANGING = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]*')


@pytest.fixture
def client(app):
    """Requests share the test's session: what a test has read does not hold them up."""
    app.config["RATELIMIT_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def as_donor(client: FlaskClient, world: World) -> FlaskClient:
    subject = Subject(donor_id=world.donor.donor_id)
    token = links.make(
        world.session, viewers.engine(), LinkPurpose.DONOR_HOME, subject, now=clock.now()
    )
    world.session.commit()
    client.get(f"/d/{token}")
    return client


def as_family(client: FlaskClient, world: World) -> FlaskClient:
    subject = Subject(stipend_id=world.slip.stipend_id)
    token = links.make(world.session, viewers.engine(), LinkPurpose.SLIP, subject, now=clock.now())
    world.session.commit()
    client.get(f"/s/{token}")
    return client


def sign_in(client: FlaskClient, session: Session, role: Role, login: str, region: str) -> Account:
    account = an_account(session, role, login=login, region_code=region)
    session.commit()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return account


def page_of(world: World) -> str:
    return f"/donor/children/{world.match.donor_ref}/reveal"


def plain(body: bytes, world: World) -> bytes:
    return CHANGING.sub(b"", body.replace(world.match.donor_ref.encode(), b"REF"))


def observed(client: FlaskClient, world: World) -> list[tuple[int, bytes]]:
    """All that the asker gets: page, inbox, a second asking, taking it back, asking once more."""
    as_donor(client, world)
    took_back = {"act": "take_back"}
    asks = (
        lambda: client.get(page_of(world)),
        lambda: client.get("/donor/inbox"),
        lambda: client.post(page_of(world), data=WORDS, follow_redirects=True),
        lambda: client.post(page_of(world), data=took_back, follow_redirects=True),
        lambda: client.post(page_of(world), data=WORDS, follow_redirects=True),
        lambda: client.post(page_of(world), data=WORDS | {"name": "13800000001"}),
    )
    answers = [ask() for ask in asks]
    return [(one.status_code, plain(one.get_data(), world)) for one in answers]


def test_the_askers_pages_keep_their_bytes_whatever_the_other_side_said(
    client, session, now
) -> None:
    seen = {}
    for number, end in enumerate(ENDS):
        if end.__name__ != "_shown_and_taken_back":
            world = a_world(session, now, contact=f"138000001{number:02}")
            end(world)
            session.commit()
            with clock.moved_to(now + timedelta(days=30)):
                deliver(session)
                seen[end.__name__] = observed(client, world)

    first = seen.pop("donor_asks")
    assert [status for status, _ in first] == [200] * 6
    assert "提过了".encode() in first[0][1]
    assert {name for name, one in seen.items() if one != first} == set()
    assert len(seen) == 7


def test_a_donor_asks_takes_back_and_reads_what_was_agreed(client, session, now) -> None:
    world = a_world(session, now)
    as_donor(client, world)

    assert "还没有" not in client.get(page_of(world)).text
    asked = client.post(page_of(world), data=WORDS, follow_redirects=True).text
    assert "谢谢，记下了。头 7 天里收回" in asked
    back = client.post(page_of(world), data={"act": "take_back"}, follow_redirects=True).text
    assert "想认识孩子家吗" in back
    world.know_each_other()
    session.commit()
    assert "陈雨桐" in client.get(page_of(world)).text


def test_a_refused_name_comes_back_with_what_was_typed(client, session, now) -> None:
    world = a_world(session, now)

    answer = as_donor(client, world).post(page_of(world), data=WORDS | {"name": "加微信"})

    assert answer.status_code == 200
    assert 'value="加微信"' in answer.text
    assert "别写号码和联系方式" in answer.text
    assert session.scalars(select(Reveal)).all() == []


def test_a_donor_answers_a_family_that_asked(client, session, now) -> None:
    world = a_world(session, now)
    world.family_asks()
    world.later(days=7)
    world.release()
    as_donor(client, world)
    assert "孩子家想认识你" in client.get(page_of(world)).text

    client.post(page_of(world), data=WORDS | {"act": "yes"})

    assert session.scalars(select(Reveal.status)).one() is RevealStatus.AGREED
    no = client.post(page_of(world), data={"act": "no"}, follow_redirects=True)
    assert "你说：不愿意" in no.text


def test_a_slips_page_keeps_its_bytes_whatever_the_donor_does(client, session, now) -> None:
    world = a_world(session, now)
    as_family(client, world)
    silent = client.get("/family/reveal").get_data()
    home = client.get("/family/").get_data()

    world.know_each_other()
    session.commit()

    assert CHANGING.sub(b"", client.get("/family/reveal").get_data()) == CHANGING.sub(b"", silent)
    assert CHANGING.sub(b"", client.get("/family/").get_data()) == CHANGING.sub(b"", home)


def test_a_family_asks_behind_its_slip_only_with_the_page_of_that_slip(
    client, session, now
) -> None:
    world = a_world(session, now)
    page = as_family(client, world).get("/family/reveal").text
    mark = re.search(r'name="mark" value="([0-9a-f]{12})"', page).group(1)
    ask = {"act": "ask", "shares": ["name"]}

    client.post("/family/reveal", data=ask | {"mark": "0" * 12})
    assert session.scalars(select(Reveal)).all() == []
    client.post("/family/reveal", data=ask | {"mark": mark})

    assert session.scalars(select(Reveal.shows_name)).one() is True


def test_the_guardian_gets_her_own_link_and_a_carer_gets_none(client, session, now) -> None:
    world = a_world(session, now)
    world.put()
    sms = Gate()
    with clock.moved_to(world.now):
        deliver(session, sms=sms)
        text = next(one.text for one in sms.sent if "/k/" in one.text)
        token = re.search(r"/k/(\w+)", text).group(1)
        client.get(f"/k/{token}")
        page = client.get("/family/private").text
        mark = re.search(r'name="mark" value="([0-9a-f]{12})"', page).group(1)
        yes = {"act": "yes", "shares": ["name", "place"], "mark": mark}
        said = client.post("/family/private", data=yes, follow_redirects=True).text

    assert {one.to for one in sms.sent if "/k/" in one.text} == {"13900000001"}
    assert "资助人想认识您" in page
    assert "您说：愿意" in said
    kept = session.scalars(select(Notice).where(Notice.kind == NoticeKind.REVEAL_ASKED)).one()
    assert token not in (kept.sent_text or "")


def test_what_goes_to_the_lock_screen_names_nobody(client, session, now) -> None:
    world = a_world(session, now)
    world.know_each_other()
    sms = Gate()
    with clock.moved_to(world.now):
        deliver(session, sms=sms)

    said = "".join(one.text for one in sms.sent)
    assert "【微光】有一句话转给" in said
    assert not any(word in said for word in ("林向北", "漳州", "陈雨桐", "鄂伦春"))


def test_a_signed_in_hand_never_opens_a_familys_page(client, session, now) -> None:
    world = a_world(session, now)
    world.put()
    token = reveal_links.make(session, viewers.engine(), f"reveal:{world.ref}", now=world.now)
    session.commit()
    sign_in(client, session, Role.VILLAGE_DIRECTOR, "director", TOWNSHIP)
    client.get(f"/k/{token}")

    assert client.get("/family/private").status_code == 404


def test_a_director_is_told_of_the_question_and_enters_the_answer(client, session, now) -> None:
    world = a_world(session, now)
    sign_in(client, session, Role.VILLAGE_DIRECTOR, "director", TOWNSHIP)
    assert "有一句话要问家里" not in client.get("/village/").text
    world.put()
    session.commit()
    assert "有一句话要问家里" in client.get("/village/").text

    said = client.post(
        f"/village/families/{world.line}/reveal",
        data={"act": "yes", "shares": ["name"]},
        follow_redirects=True,
    ).text

    assert "家里说：愿意" in said
    assert "林向北" not in said


def test_staff_check_in_two_and_see_no_donor(client, session, now) -> None:
    world = a_world(session, now)
    world.put()
    world.agree()
    world.consent()
    address, word = f"/staff/reveals/{world.ref}", {"word": "willing"}
    with clock.moved_to(world.now):
        sign_in(client, session, Role.CASE_WORKER, "one", BANNER)
        pages = client.get("/staff/reveals/").text, client.get(address).text
        missing = client.post(address, data={}).text
        client.post(address, data=word)
        again = client.post(address, data=word).text
        client.post("/logout")
        sign_in(client, session, Role.APPROVER, "two", BANNER)
        client.post(address, data={})
        gone = client.get(address)

    assert all(world.child.name in page and "林向北" not in page for page in pages)
    assert "请选孩子怎么说" in missing
    assert "前一步是你" in again
    assert gone.status_code == 404
    assert session.scalars(select(Reveal.status)).one() is RevealStatus.SHOWN


def test_staff_turn_down_for_a_coded_reason_and_the_family_reads_no_word_of_it(
    client, session, now
) -> None:
    world = a_world(session, now)
    world.put()
    world.agree()
    said = dict(reveals.page(session, world.guardian))
    sign_in(client, session, Role.CASE_WORKER, "one", BANNER)

    assert "请选一个原因" in client.post(f"/staff/reveals/{world.ref}/turn-down", data={}).text
    client.post(f"/staff/reveals/{world.ref}/turn-down", data={"bar": "not_suitable"})

    assert session.scalars(select(Reveal.status)).one() is RevealStatus.TURNED_DOWN
    assert dict(reveals.page(session, world.guardian)) == said


def test_empty_lists_say_so(client, session, now) -> None:
    sign_in(client, session, Role.CASE_WORKER, "one", BANNER)

    assert "没有等核对的" in client.get("/staff/reveals/").text
