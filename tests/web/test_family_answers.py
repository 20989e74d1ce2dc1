"""A family says what it got: behind its slip, through the village director, by telephone."""

import re

import pytest
from sqlalchemy import select

from models.stipends import Fact
from tests.factories import PASSWORD
from tests.web.handing_over import NAMES, World
from vocabulary.enums import Evidence, FactKind, Language
from vocabulary.refs import slip_code


@pytest.fixture
def world(app, session, now):
    return World(app, session, now)


def test_signing_in_on_a_familys_phone_ends_its_page(world) -> None:
    phone = world.app.test_client()
    phone.get(f"/s/{world.tokens[world.refs[0]]}")
    assert phone.get("/family/").status_code == 200

    phone.post("/login", data={"login": "school", "password": PASSWORD})

    assert phone.post("/family/answer", data={"answer": "received"}).status_code in {302, 404}
    assert world.facts(FactKind.CONFIRMED) == []


def test_a_family_says_no_and_then_yes_without_a_name_on_the_page(world) -> None:
    phone, ref = world.app.test_client(), world.refs[0]
    entered = phone.get(f"/s/{world.tokens[ref]}")
    assert entered.location == "/family/"
    page = phone.get("/family/").get_data(as_text=True)

    said = phone.post("/family/answer", data={"answer": "not_received"}, follow_redirects=True)
    phone.post("/family/answer", data={"answer": "received"})

    for secret in (*NAMES, "吉文中学", ref, world.tokens[ref]):
        assert secret not in page
    assert "收到了吗" in page
    assert "12338" in page
    assert "三天内给您回电话，不会告诉学校是您说的" in said.get_data(as_text=True)
    assert world.facts(FactKind.DISPUTED) == [(Evidence.LINK, "not_received")]
    assert world.facts(FactKind.CONFIRMED) == [(Evidence.LINK, "received")]


def test_both_honest_answers_look_alike(world) -> None:
    phone = world.app.test_client()
    phone.get(f"/s/{world.tokens[world.refs[0]]}")
    page = phone.get("/family/").get_data(as_text=True)

    classes = re.findall(r'class="button (button-(?:yes|no)) (button-huge button-block)"', page)

    assert classes == [
        ("button-yes", "button-huge button-block"),
        ("button-no", "button-huge button-block"),
    ]


def test_a_wrong_sum_is_told_with_what_came(world) -> None:
    phone = world.app.test_client()
    phone.get(f"/s/{world.tokens[world.refs[0]]}")

    refused = phone.post("/family/wrong-sum", data={"amount": "很少"})
    phone.post("/family/wrong-sum", data={"amount": "６０元"})

    assert "请写数字，例如：60" in refused.get_data(as_text=True)
    assert "很少" in refused.get_data(as_text=True)
    assert (
        world.session.scalar(select(Fact.amount_fen).where(Fact.kind == FactKind.DISPUTED)) == 6_000
    )


def test_a_dead_code_says_whom_to_call(world) -> None:
    page = (
        world.app.test_client().get("/s/NOSUCHTOKEN", follow_redirects=True).get_data(as_text=True)
    )

    assert "这个码打不开了" in page
    assert "12338" in page


def test_an_answer_on_the_page_of_a_slip_scanned_earlier_is_not_kept_for_another(world) -> None:
    """Two grandchildren, two slips, one phone: the first page stayed open behind the second."""
    phone, (first, second) = world.app.test_client(), world.refs[:2]
    phone.get(f"/s/{world.tokens[first]}")
    old = phone.get("/family/").get_data(as_text=True)
    slip = old.split('name="slip" value="')[1].split('"')[0]
    phone.get(f"/s/{world.tokens[second]}")

    said = phone.post(
        "/family/answer", data={"answer": "not_received", "slip": slip}, follow_redirects=True
    )

    assert "另一张签收单" in said.get_data(as_text=True)
    assert world.facts(FactKind.DISPUTED) == []


def test_a_village_director_enters_an_answer_of_her_own_village_only(world) -> None:
    ours, neighbour = world.sign_in("village"), world.sign_in("next")
    address = f"/village/families/{world.refs[0]}/answer"
    said = {"answer": "not_received", "language": "mn", "amount": ""}

    done = ours.post(address, data=said, follow_redirects=True).get_data(as_text=True)

    assert "您代办：没有收到" in done
    kept = select(Fact.language, Fact.evidence).where(Fact.kind == FactKind.DISPUTED)
    assert world.session.execute(kept).one() == (Language.MONGOLIAN, Evidence.ASSISTED)
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(address, data=said).status_code == 404
    assert "陈雨桐" not in neighbour.get("/village/").get_data(as_text=True)


def test_staff_see_and_settle_what_a_family_said(world) -> None:
    phone, worker = world.app.test_client(), world.sign_in("case")
    phone.get(f"/s/{world.tokens[world.refs[0]]}")
    phone.post("/family/answer", data={"answer": "not_received"})
    address = f"/staff/disputes/{world.refs[0]}"

    listed = worker.get("/staff/disputes").get_data(as_text=True)
    empty = worker.post(address, data={"outcome": "came_later", "reason": ""}).get_data(
        as_text=True
    )
    worker.post(address, data={"outcome": "came_later", "reason": "打过电话"})

    assert "陈雨桐" in listed
    assert "请写一句怎么核实的" in empty
    assert "没有待核实的" in worker.get("/staff/disputes").get_data(as_text=True)
    assert world.facts(FactKind.CONFIRMED) == [(Evidence.ASSISTED, "came_later")]
    assert "您说：收到了" in phone.get("/family/").get_data(as_text=True)


def test_staff_enter_an_answer_given_by_telephone(world) -> None:
    worker = world.sign_in("case")
    said = {"code": slip_code(world.refs[1]), "answer": "received", "language": "zh", "amount": ""}

    unknown = worker.post("/staff/disputes/call", data=said | {"code": "7KQ2"})
    worker.post("/staff/disputes/call", data=said)

    assert "没有找到这个编号" in unknown.get_data(as_text=True)
    assert world.facts(FactKind.CONFIRMED) == [(Evidence.ASSISTED, "received")]
