"""The donor's door: only by his link, only his own, and the sentences of the agreement."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.jobs import JobRun
from models.notices import AccessLink
from models.pledges import PledgeChange
from models.stipends import Batch, Stipend
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultPledge
from privacy.viewers import engine
from services import links
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.links import Subject
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import PASSWORD, a_child, a_match, a_pledge, a_school, an_account, viewer
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import ChangeStatus, Evidence, FactKind, LinkPurpose, Role
from vocabulary.money import Fen

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def client(app):
    """Requests share the test's session: what a test has read does not hold them up."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def token_of(session, pledge, now):
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    token = links.make(
        session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=donor_id), now=now
    )
    session.commit()
    return token


@pytest.fixture
def mine(client, session, now):
    """A donor who entered by his link; his pledge is paid, its November instalment sent."""
    pledge, reference = a_pledge(session)
    match = a_match(session, pledge, a_child(session, a_school(session)))
    line = BankLine(reference, Fen(60_000), date(2026, 9, 1))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=NOVEMBER).execute(open_and_fund)
    for batch in session.scalars(select(Batch)).all():
        batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=at(NOVEMBER))
    client.get(f"/d/{token_of(session, pledge, now)}")
    return pledge, match


def state(session, kind, on):
    row = session.scalars(select(Stipend).where(Stipend.due_on == NOVEMBER)).one()
    basis = Basis(Evidence.WORD)
    facts.record(
        session, kind, [row], on=on, by=viewer(Role.SCHOOL_OFFICER), now=at(on), basis=basis
    )
    session.commit()


def agreed(client, address, **chosen):
    """Choose, read what it would do, and say yes to exactly that."""
    shown = client.post(address, data=chosen)
    mark = re.search(r'name="seen" value="([^"]+)"', shown.text).group(1)
    return client.post(address, data={**chosen, "seen": mark})


def plain(page):
    return re.sub(r"\s+", "", page.text)


def test_the_link_opens_his_page_and_leaves_the_address(client, session, now):
    token = token_of(session, a_pledge(session)[0], now)

    answer = client.get(f"/d/{token}")

    assert (answer.status_code, answer.location) == (302, "/donor/")
    assert client.get("/donor/").status_code == 200


@pytest.mark.parametrize("path", ["/donor/", "/donor/pledges/ABCDEFGH/pay", "/d/ABCDEFGH"])
def test_without_a_living_link_one_is_led_to_a_new_one(client, session, now, path):
    answer = client.get(path)

    assert (answer.status_code, answer.location) == (302, "/relink?expired=1")
    assert "这条链接打不开了" in client.get(answer.location).text


def test_an_expired_link_opens_nothing(client, session, now):
    token = token_of(session, a_pledge(session)[0], now)
    with clock.moved_to(now + timedelta(days=401)):
        answer = client.get(f"/d/{token}")

    assert answer.location == "/relink?expired=1"
    assert session.scalars(select(AccessLink)).all()


def test_the_sentence_when_both_have_spoken(client, session, mine):
    state(session, FactKind.HANDED_OVER, date(2026, 11, 3))
    state(session, FactKind.CONFIRMED, date(2026, 11, 4))

    page = plain(client.get("/donor/"))

    assert "学校11月3日已把本月100元转交孩子家，家里也说收到了。" in page
    assert "五步中已完成5步" in page


def test_the_sentence_before_the_family_has_answered(client, session, mine):
    with clock.moved_to(at(date(2026, 11, 10))):
        state(session, FactKind.HANDED_OVER, date(2026, 11, 3))
        page = plain(client.get("/donor/"))

    assert "学校11月3日已转交，等家里确认。" in page
    assert "收到了" not in page.replace("银行收到了", "")


def test_a_slow_school_is_asked_and_the_donor_does_nothing(client, session, mine):
    with clock.moved_to(at(date(2026, 11, 10))):
        page = plain(client.get("/donor/"))

    assert "学校还没回话，旗妇联11月15日前去问，你不用做什么。" in page


def test_every_page_of_the_donor_opens(client, mine):
    pledge, match = mine
    base = f"/donor/pledges/{pledge.donor_ref}"

    for path in ("/donor/", f"/donor/children/{match.donor_ref}", f"{base}/pay", f"{base}/pause",
                 f"{base}/terms", f"{base}/stop"):  # fmt: skip
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        for planted in ("陈雨桐", "吉文", "2班"):
            assert planted not in answer.text


def test_what_a_donor_read_leaves_nothing_for_the_check_to_find(client, session, mine, now):
    client.get(f"/donor/children/{mine[1].donor_ref}")

    report = checks.report(session, viewer(Role.AUDITOR), now=now)

    found = {one["name"]: one["findings"] for one in report["checks"]}
    assert found["traced_records"] == []


def test_the_donor_of_another_pledge_gets_the_same_404_as_for_none(client, session, mine, now):
    other = a_pledge(session, contact="b@example.org")[0]
    match = a_match(session, other, a_child(session))
    session.commit()

    for theirs, none in ((other.donor_ref, "ABCDEFGHJKMN"),):
        for name in ("pay", "pause", "terms", "stop"):
            answers = [client.get(f"/donor/pledges/{ref}/{name}") for ref in (theirs, none)]
            assert [a.status_code for a in answers] == [404, 404]
        answers = [client.post(f"/donor/pledges/{ref}/resume") for ref in (theirs, none)]
        assert [a.status_code for a in answers] == [404, 404]
    assert client.get(f"/donor/children/{match.donor_ref}").status_code == 404
    assert client.get(f"/donor/children/{match.child_ref}").status_code == 404
    assert session.scalars(select(PledgeChange)).all() == []


def test_pause_is_said_on_the_page_and_can_be_undone_there(client, session, mine):
    pledge, _ = mine
    agreed(client, f"/donor/pledges/{pledge.donor_ref}/pause", months="3")

    page = client.get("/donor/").text

    assert "从12月1日起暂停，到2027年3月1日接着给。" in page
    undo = re.search(r'action="(/donor/pledges/changes/\w+/undo)"', page).group(1)
    assert client.post(undo).status_code == 303
    assert "暂停，到" not in client.get("/donor/").text
    assert session.scalars(select(PledgeChange.status)).one() is ChangeStatus.UNDONE


def test_another_sum_and_a_stop_are_asked_for(client, session, mine):
    base = f"/donor/pledges/{mine[0].donor_ref}"

    same = client.post(f"{base}/terms", data={"monthly": "10000", "rhythm": "month"})
    taken = agreed(client, f"{base}/terms", monthly="20000", rhythm="month")
    page = client.get("/donor/").text
    client.post(f"{base}/stop", data={"reason": "not_said"})

    assert "和现在的一样" in same.text
    assert taken.status_code == 303
    assert "从2026年12月1日起改成每月 ¥200。" in page
    assert "从12月1日起停。" in client.get("/donor/").text


def test_a_pause_of_no_length_is_refused_on_the_page(client, session, mine):
    for months in ("", "7", "abc"):
        answer = client.post(f"/donor/pledges/{mine[0].donor_ref}/pause", data={"months": months})
        assert "你填的都还在" in answer.text

    assert session.scalars(select(PledgeChange)).all() == []


def test_i_have_paid_takes_full_width_and_keeps_what_it_cannot_read(client, mine):
    path = f"/donor/pledges/{mine[0].donor_ref}/pay"

    refused = client.post(path, data={"amount": "一百"})
    taken = client.post(path, data={"amount": "６００元"})

    assert 'value="一百"' in refused.text
    assert taken.status_code == 303
    assert "你说已经付了" in client.get(path).text


def test_what_a_donor_reads_is_on_the_custodians_chain_alone(client, session, mine):
    before = session.scalars(select(OrdinaryEntry.act)).all()
    client.get("/donor/")

    acts = session.scalars(select(CustodianEntry.act)).all()
    assert acts[-2:] == ["donor.enter", "donor.home"]
    assert session.scalars(select(OrdinaryEntry.act)).all() == before


def test_a_donor_who_is_signed_in_as_staff_still_sees_his_own_page(client, session, mine, now):
    an_account(session, Role.CASE_WORKER, login="both")
    session.commit()
    client.post("/login", data={"login": "both", "password": PASSWORD})
    client.get(f"/d/{token_of(session, mine[0], now)}")

    page = client.get("/donor/").text

    assert "河边的白桦" in page
    assert "名册导入" not in page


def test_the_run_takes_changes_first(session, mine):
    names = session.scalars(select(JobRun.name)).all()

    assert names == ["stipends"]
