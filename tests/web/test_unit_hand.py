"""The handing clerk's door: from the case worker's decision to the last envelope."""

import pytest
from sqlalchemy import select

from extensions import db
from gateways import pdfs
from models.children import Child
from models.stipends import Batch
from services.handover import slips
from tests.factories import an_account
from tests.services.test_unit_hands import NOW, World, hand_of
from tests.web.desks import sign_in
from vocabulary import clock
from vocabulary.enums import Role
from vocabulary.refs import slip_code


@pytest.fixture(autouse=True)
def _each_request_begins_anew(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)


@pytest.fixture
def desk(client, session):
    """The clerk of the first unit signed in: her browser, her batch, and the other unit's."""
    with clock.moved_to(NOW):
        world = World(session)
        an_account(session, Role.UNIT_HAND, login="danwei", organisation_id=world.unit.id)
        cards = [world.list_of(session, unit)[0] for unit in (world.unit, world.other)]
        session.commit()
        sign_in(client, "danwei")
        yield client, *cards


def pages_of(card) -> list[str]:
    line = card["lines"][0]["ref"]
    return [
        f"/unit/hand/batches/{card['ref']}", f"/unit/hand/batches/{card['ref']}/confirm",
        f"/unit/hand/stipends/{line}/snag", f"/unit/hand/stipends/{line}/photo",
        f"/unit/hand/slips/{slip_code(line)}", f"/unit/hand/children/{line}/harm",
    ]  # fmt: skip


def test_a_clerk_reads_her_list_and_no_payer_and_no_school_word(desk) -> None:
    client, card, _ = desk
    doors = ["/unit/hand/", "/unit/hand/batches", "/unit/hand/slips", "/unit/hand/inbox"]
    read = [client.get(page) for page in doors + pages_of(card)]

    assert {one.status_code for one in read} == {200}
    said = "".join(one.text for one in read)
    assert [word for word in (card["lines"][0]["name"], "河东 3 号") if word not in said] == []
    never = ("孩子2", "河西", "河边的白桦", "同学", "班上", "/school/")
    assert [word for word in never if word in said] == []


def test_nothing_of_another_unit_opens_and_no_other_door(desk) -> None:
    client, _, others = desk

    for page in [*pages_of(others), "/unit/", "/school/", "/staff/"]:
        assert client.get(page).status_code == 404


def test_she_hands_over_and_prints_her_slips(desk) -> None:
    client, card, _ = desk
    line, batch = card["lines"][0]["ref"], card["ref"]
    client.post(f"/unit/hand/stipends/{line}/hand-over")
    asked = client.get("/unit/hand/").text
    assert "先答一句" in asked
    assert "交到了" not in asked

    assert client.post(f"/unit/hand/batches/{batch}/own-staff").status_code == 303
    assert client.post(f"/unit/hand/stipends/{line}/hand-over").status_code == 303
    assert client.post(f"/unit/hand/batches/{card['ref']}/slips").mimetype == "application/pdf"
    assert "已转交" in client.get("/unit/hand/").text


def test_the_decision_asks_for_the_familys_word(client, session) -> None:
    with clock.moved_to(NOW):
        world = World(session)
        an_account(session, Role.CASE_WORKER, login="case")
        ref, unit = world.pupil.ref, world.unit.ref
        session.commit()
        sign_in(client, "case")
        page = f"/staff/children/{ref}/route"
        way = {
            "route": "work_unit", "hand": unit, "from_on": f"{NOW:%Y-%m-%d}",
            "reason": "suspended",
        }  # fmt: skip

        assert "先问过家里再勾" in client.post(page, data=way).text
        assert client.post(page, data=way | {"is_recused": "y"}).status_code == 303
        session.rollback()
        assert session.scalar(select(Child.hand_id).where(Child.ref == ref)) is not None


def test_a_units_slip_is_signed_and_kept_by_the_unit(session, monkeypatch) -> None:
    world, drawn = World(session), []
    monkeypatch.setattr(pdfs, "slips", lambda papers, **_: drawn.extend(papers) or b"")
    batch = session.scalars(select(Batch.ref).where(Batch.organisation_id == world.unit.id)).first()

    printing = slips.Printing("https://x.example", "12338")
    slips.print_slips(session, hand_of(world.unit), batch, printing, now=NOW)()

    assert {one.hand for one in drawn} == {"单位经办人"}
    assert all(one.stub_url.startswith("https://x.example/unit/hand/slips/") for one in drawn)
