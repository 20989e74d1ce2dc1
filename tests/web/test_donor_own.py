"""What a donor decides about himself, on his pages; and what nobody else's pages say."""

import pytest
from sqlalchemy import select

from extensions import db
from models.children import Kin
from models.naming import PledgeNaming
from models.pledges import Pledge
from models.stipends import Stipend
from models.vault import Donor, VaultContact, VaultDeath, VaultName, VaultPledge
from privacy.viewers import engine
from services import links
from services.donors.sights import Field, Reader
from services.letters import letter_links
from services.links import Subject
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.vault import vault
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_school,
    a_sent_batch,
    an_account,
)
from vocabulary.dates import at
from vocabulary.enums import LinkPurpose, Naming, Rhythm, Role
from vocabulary.money import Fen
from vocabulary.waivers import CURRENT, WORDINGS

CONTACT, NAME, ALIAS = "13812345678", "王小明", "北方的雪"


@pytest.fixture
def client(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def offered(session, now, **called):
    terms = PledgeTerms(
        instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True, **called
    )
    made = pledges.offer(session, terms, CONTACT, now=now)
    session.commit()
    return made


def enter(client, session, now):
    donor_id = vault.find_donor_by_contact(session, CONTACT)
    token = links.make(
        session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=donor_id), now=now
    )
    session.commit()
    client.get(f"/d/{token}")


@pytest.fixture
def ref(client, session, now):
    """A sealed donor behind his link."""
    made = offered(session, now)
    enter(client, session, now)
    return made.ref


def test_a_name_is_kept_only_after_a_yes(client, session, ref):
    address = f"/donor/pledges/{ref}/naming"
    typed = {"naming": "named", "name": NAME}

    refused = client.post(address, data=typed)
    assert "请先看上面的话" in refused.text
    assert f'value="{NAME}"' in refused.text  # law 14: what was typed stands there
    assert session.scalars(select(VaultName)).all() == []

    session.rollback()
    assert client.post(address, data={**typed, "understood": "y"}).status_code == 303
    pledge = session.scalars(select(Pledge)).one()
    assert (pledge.naming, vault.name_of(session, pledge.id)) == (Naming.NAMED, NAME)


def test_hiding_asks_for_no_yes(client, session, now):
    made = offered(session, now, naming=Naming.ALIAS, alias=ALIAS)
    enter(client, session, now)

    answer = client.post(f"/donor/pledges/{made.ref}/naming", data={"naming": "sealed"})

    assert answer.status_code == 303
    session.expire_all()
    assert session.scalars(select(Pledge.naming)).one() is Naming.SEALED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"naming": "sealed"}, "没有要改的"),
        ({"naming": "alias", "alias": "加我微信", "understood": "y"}, "别写真名、单位和联系方式"),
        ({"naming": "named", "name": "", "understood": "y"}, "名字最多 20 个字"),
        ({"naming": "shouted"}, 'id="naming-error"'),
    ],
)
def test_a_choice_that_cannot_be_kept_says_why(client, ref, typed, sentence):
    assert sentence in client.post(f"/donor/pledges/{ref}/naming", data=typed).text


def test_the_waiver_stands_on_his_page_with_day_words_and_number(client, session, ref):
    page = client.get(f"/donor/pledges/{ref}/naming").text
    record = session.scalars(select(PledgeNaming)).one()

    assert WORDINGS[CURRENT] in page
    assert record.ref in page
    assert "2026年11月21日" in page


def test_the_form_says_before_that_no_receipt_is_issued(client):
    assert WORDINGS[CURRENT] in client.get("/pledge").text


def test_anothers_pledge_is_not_found(client, session, now, ref):
    stranger = pledges.offer(
        session,
        PledgeTerms(instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True),
        "13900000099",
        now=now,
    )
    session.commit()

    assert client.get(f"/donor/pledges/{stranger.ref}/naming").status_code == 404


def test_who_sees_has_words_for_every_field_and_reader(client, ref):
    page = client.get("/donor/who-sees")

    assert page.status_code == 200
    assert page.text.count("<dt>") == len(Field) - 1 + len(Naming)
    assert "收款岗" in page.text
    assert not [one for one in (*Field, *Reader) if f">{one.value}<" in page.text]


def test_he_is_forgotten_after_a_yes_and_his_link_is_dead(client, session, ref):
    assert "30 天" in client.get("/donor/forget").text
    assert "想好了，请勾这里" in client.post("/donor/forget").text
    assert session.scalars(select(VaultContact)).all() != []
    session.rollback()

    said = client.post("/donor/forget", data={"sure": "y"})

    assert said.status_code == 200
    assert "已经忘记你了" in said.text
    assert session.scalars(select(VaultContact)).all() == []
    assert session.scalars(select(Donor.forgotten_on)).one() is not None
    session.rollback()
    assert client.get("/donor/").status_code in (302, 303, 404, 410)


def test_the_forms_own_phone_is_not_offered_to_forget(client, session, now):
    made = offered(session, now)
    client.get(f"/d/{made.token}")

    assert "忘记我" not in client.get("/donor/").text
    assert client.get("/donor/forget").status_code == 404
    assert client.post("/donor/forget", data={"sure": "y"}).status_code == 404


@pytest.mark.parametrize(
    "called", [{"naming": Naming.ALIAS, "alias": ALIAS}, {"naming": Naming.NAMED, "name": NAME}]
)
def test_no_slip_staff_or_school_reads_it(client, session, now, called):
    made = offered(session, at(now.date().replace(month=9)), **called)
    school = a_school(session)
    pledge = session.scalars(select(Pledge).where(Pledge.donor_ref == made.ref)).one()
    match = a_match(session, pledge, a_child(session, school))
    batch = a_sent_batch(session, school, match, on=now.date().replace(day=1))
    stipend = session.scalars(select(Stipend)).one()
    slip = links.make(session, engine(), LinkPurpose.SLIP, Subject(stipend_id=stipend.id), now=now)
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=school.id)
    an_account(session, Role.CASE_WORKER, Role.APPROVER, login="worker")
    session.commit()
    words = called.get("alias") or called["name"]
    pages = {
        "officer": ("/school/", f"/school/batches/{batch.ref}"),
        "worker": ("/staff/", "/staff/pledges/", "/staff/children/", "/staff/stipends/"),
    }

    # A school prints the slips, and may open them.
    assert words not in client.get(f"/s/{slip}", follow_redirects=True).text
    assert words not in client.get("/family/letters").text
    for login, addresses in pages.items():
        desk = client.application.test_client()
        desk.post("/login", data={"login": login, "password": PASSWORD})
        for address in addresses:
            session.rollback()
            assert words not in desk.get(address, follow_redirects=True).text, address


@pytest.mark.parametrize(
    "called", [{"naming": Naming.ALIAS, "alias": ALIAS}, {"naming": Naming.NAMED, "name": NAME}]
)
def test_its_guardian_reads_it_behind_his_own_link(client, session, now, called):
    made = offered(session, at(now.date().replace(month=9)), **called)
    pledge = session.scalars(select(Pledge).where(Pledge.donor_ref == made.ref)).one()
    child = a_child(session, a_school(session))
    a_match(session, pledge, child)
    session.scalars(select(Kin)).one().phone = "13811112222"
    session.flush()
    own = letter_links.make(session, engine(), f"letters:{child.ref}", now=now)
    session.commit()

    page = client.get(f"/p/{own}", follow_redirects=True).text

    assert f"支持孩子的是“{called.get('alias') or called['name']}”" in page


@pytest.fixture
def desk(client, session, now):
    """The custodian at the desk, and a donor."""
    made = offered(session, now)
    an_account(session, Role.CUSTODIAN, login="custodian")
    session.commit()
    client.post("/login", data={"login": "custodian", "password": PASSWORD})
    return made


def test_the_custodian_enters_a_death_and_takes_it_back(client, session, desk):
    address = "/staff/custody/donors/"
    typed = {"contact": desk.reference, "why": "家人来电，已核实"}

    assert client.post(address, data=typed).status_code == 303
    donor = session.scalars(select(Donor)).one()
    assert donor.died_on is not None
    ref = session.scalars(select(VaultDeath.ref)).one()
    page = client.get(address).text
    assert ref in page
    assert donor.ref not in page
    assert "等另一位保密员同意" in page
    assert "家人来电，已核实" in page
    assert CONTACT not in page

    client.post(f"{address}{ref}/take-back")
    session.expire_all()
    assert session.scalars(select(Donor.died_on)).one() is None


def test_an_unknown_donor_keeps_what_was_typed(client, session, desk):
    answer = client.post(
        "/staff/custody/donors/", data={"contact": "13911111111", "why": "邻居说的"}
    )

    assert "没有找到这位捐赠人" in answer.text
    assert "邻居说的" in answer.text
    assert session.scalars(select(Donor.died_on)).one() is None


def test_the_custodian_finds_a_waiver_by_its_number_and_no_pledge_beside_it(client, session, desk):
    record = session.scalars(select(PledgeNaming)).one()

    page = client.get(f"/staff/custody/donors/?record={record.ref.lower()}").text

    assert record.ref in page
    assert "没有这个编号" in client.get("/staff/custody/donors/?record=NOSUCH").text
    pledge = session.get_one(Pledge, record.pledge_id)
    reference = session.scalars(select(VaultPledge.payment_reference)).one()
    assert not [one for one in (pledge.code, pledge.donor_ref, reference) if one in page]
