"""The work unit's door: a clerk signs in, begins, and takes the list; a donor joins and leaves."""

from io import BytesIO

import pytest

from extensions import db
from gateways import spreadsheets
from models.work_units import Collection
from privacy.viewers import engine
from services import links
from services.links import Subject
from services.vault import vault
from tests.factories import PASSWORD, a_child, a_match, a_pledge, a_school, a_unit, an_account
from tests.web.desks import sign_in
from vocabulary.enums import LinkPurpose, Role


@pytest.fixture(autouse=True)
def _each_request_begins_anew(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)


@pytest.fixture
def clerk(client, session, now):
    """A clerk who began to collect; her browser and the code of her unit."""
    unit = a_unit(session)
    an_account(session, Role.UNIT_COLLECTOR, login="danwei", organisation_id=unit.id)
    session.commit()
    sign_in(client, "danwei")
    assert "开始代收" in client.get("/unit/").text
    for _ in range(2):
        client.post("/unit/begin")
    session.rollback()
    return client, session.query(Collection.code).scalar()


@pytest.fixture
def donor(app, session, now):
    """A matched donor behind his link: his browser, his ref, his payment reference."""
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, a_school(session)))
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    browser = app.test_client()
    browser.get(f"/d/{token}")
    return browser, pledge.donor_ref, reference


def test_who_signs_in_as_a_clerk_lands_at_her_own_door(client, session) -> None:
    unit = a_unit(session)
    an_account(session, Role.UNIT_COLLECTOR, login="danwei", organisation_id=unit.id)
    session.commit()

    answer = client.post("/login", data={"login": "danwei", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/unit/")


def test_a_colleague_joins_and_the_list_goes_with_the_transfer(clerk, donor) -> None:
    (desk, code), (browser, ref, reference) = clerk, donor
    assert browser.post(f"/donor/pledges/{ref}/unit", data={"code": code}).status_code == 303

    page = desk.get("/unit/").text
    assert f"{reference}:100" in page
    assert not [word for word in ("陈雨桐", "河边的白桦", "吉文中学", ref) if word in page]
    sheet = desk.post("/unit/list")
    read = spreadsheets.read("list.xlsx", BytesIO(sheet.data).getvalue())
    assert [reference, "100.00"] in [[str(cell) for cell in row.cells] for row in read.rows]

    assert browser.post(f"/donor/pledges/{ref}/unit/leave").status_code == 303
    assert reference not in desk.get("/unit/").text


def test_an_unknown_code_stays_in_the_form(donor) -> None:
    browser, ref, _ = donor

    answer = browser.post(f"/donor/pledges/{ref}/unit", data={"code": "ABCDEFGH"})

    assert answer.status_code == 200
    assert "没有这个代收码" in answer.text
    assert 'value="ABCDEFGH"' in answer.text


@pytest.mark.parametrize(
    "page",
    [
        "/staff/children/", "/staff/receipts/", "/staff/fiscal-receipts/", "/staff/pledges/",
        "/school/", "/village/", "/staff/",
    ],
)  # fmt: skip
def test_no_other_door_opens_for_a_clerk(clerk, page) -> None:
    desk, _ = clerk

    assert desk.get(page).status_code == 404
