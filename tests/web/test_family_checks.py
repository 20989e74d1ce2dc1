"""Pages of the random question and of the months' heads: who opens them, and what they say."""

import json
import re

import pytest
from sqlalchemy import select

from jobs import family_checks as job
from jobs import publishing
from jobs.run import Run
from models.family_checks import FamilyAsk, FamilyDraw
from models.month_pages import MonthHead, MonthLeaf
from models.stipends import Fact
from services import links
from services.links import Subject
from services.vault import vault
from tests.factories import an_account, viewer
from tests.services.outbox import Gate, deliver
from tests.web.desks import body, colleague
from tests.web.handing_over import NAMES, World
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import FactKind, Language, LinkPurpose, Role


@pytest.fixture
def world(app, session, now):
    made = World(app, session, now)
    for role in (Role.AUDITOR, Role.STATISTICS, Role.APPROVER):
        an_account(session, role, login=role.value)
    session.commit()
    return made


def run(session, name: str, work) -> dict[str, int]:
    session.rollback()
    counts = Run(session, name, period=today(clock.now())).execute(work)
    session.rollback()
    return counts


def checked(world) -> None:
    """The morning's job of a day long after the batch left: all drawn families are asked."""
    run(world.session, "family-checks", job.draw_and_ask)


def test_the_job_draws_and_asks_once_and_is_idle_after(world) -> None:
    counts = run(world.session, "family-checks", job.draw_and_ask)
    again = run(world.session, "family-checks", job.draw_and_ask)

    asks = world.session.scalars(select(FamilyAsk)).all()
    assert (counts["done"], again["done"]) == (1 + len(asks), 0)
    assert all(ask.asked_on for ask in asks)
    assert job.is_done(world.session, viewer(Role.ENGINE), clock.now())


def test_a_killed_run_is_finished_by_the_next_without_a_second_draw(world, monkeypatch) -> None:
    def killed(*_given, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(job.asking, "ask", killed)
        with pytest.raises(KeyboardInterrupt):
            run(world.session, "family-checks", job.draw_and_ask)
    world.session.rollback()
    seeds = world.session.scalars(select(FamilyDraw.seed)).all()
    with clock.moved_to(at(today(clock.now()), 10)):
        run(world.session, "family-checks", job.draw_and_ask)

    assert world.session.scalars(select(FamilyDraw.seed)).all() == seeds
    assert all(ask.asked_on for ask in world.session.scalars(select(FamilyAsk)))


def test_a_drawn_family_answers_behind_the_link_in_its_message(world) -> None:
    checked(world)
    sms = Gate()
    deliver(world.session, sms)
    world.session.rollback()
    asks = [one.text for one in sms.sent if "收到没有" in one.text]
    assert len(asks) == len(world.session.scalars(select(FamilyAsk)).all())
    assert not any(name in text for name in (*NAMES, "吉文中学") for text in asks)
    token = re.search(r"/s/([0-9A-Z]{32})", asks[0]).group(1)

    phone = world.app.test_client()
    world.session.rollback()
    assert phone.get(f"/s/{token}").location == "/family/"
    phone.post("/family/answer", data={"answer": "received"})

    assert len(world.facts(FactKind.CONFIRMED)) == 1


def test_a_family_says_that_the_day_was_another_and_the_form_keeps_what_it_cannot_take(
    world,
) -> None:
    officer = world.sign_in("school")
    officer.post(f"/school/stipends/{world.refs[0]}/hand-over")
    phone = world.app.test_client()
    phone.get(f"/s/{world.tokens[world.refs[0]]}")
    assert "收到了，但是日子不对" in phone.get("/family/").get_data(as_text=True)

    same = phone.post("/family/wrong-day", data={"came_on": "2026-11-21"})
    phone.post("/family/wrong-day", data={"came_on": "2026-11-19"})

    assert "同一天" in same.get_data(as_text=True)
    assert 'value="2026-11-21"' in same.get_data(as_text=True)
    world.session.expire_all()
    fact = world.session.scalars(select(Fact).where(Fact.kind == FactKind.DISPUTED)).one()
    assert (fact.detail, fact.came_on.isoformat()) == ("wrong_day", "2026-11-19")


def test_before_anybody_stated_a_day_the_page_offers_no_other(world) -> None:
    phone = world.app.test_client()
    phone.get(f"/s/{world.tokens[world.refs[0]]}")

    assert "日子不对" not in phone.get("/family/").get_data(as_text=True)
    refused = phone.post("/family/wrong-day", data={}).get_data(as_text=True)
    assert "还没有人说哪天转交" in refused


def test_case_staff_call_enter_the_answer_and_the_family_leaves_the_list(world) -> None:
    checked(world)
    with clock.moved_to(at(today(clock.now()).replace(month=12, day=8))):
        desk = colleague(world.app, "case")
        page = body(desk, "/staff/family-checks/")
        address = re.search(r'href="(/staff/family-checks/[0-9A-Z]+-\d{6})"', page).group(1)
        form = body(desk, address)
        world.session.rollback()
        done = desk.post(
            address, data={"answer": "not_received", "language": Language.MONGOLIAN.value}
        )
        after = body(desk, "/staff/family-checks/")

    assert "上门看看" in page
    assert "陈奶奶" in form
    assert done.status_code == 303, done.get_data(as_text=True)
    assert address not in after
    assert world.facts(FactKind.DISPUTED)[0][1] == "not_received"


def test_the_auditor_reads_seeds_and_no_child_and_statistics_no_batch(world) -> None:
    checked(world)
    seed = world.session.scalars(select(FamilyDraw.seed)).one()

    auditor = body(colleague(world.app, "auditor"), "/staff/family-checks/")
    counted = body(colleague(world.app, "statistics"), "/staff/family-checks/")
    worker = body(colleague(world.app, "case"), "/staff/family-checks/")

    assert seed in auditor
    assert "一样" in auditor
    assert seed not in worker + counted
    assert "FK" in worker
    assert "FK" not in counted
    for name in (*NAMES, "吉文中学"):
        assert name not in auditor + counted


@pytest.mark.parametrize("login", ["school", "village"])
def test_no_hand_finds_the_page(world, login) -> None:
    checked(world)

    assert world.sign_in(login).get("/staff/family-checks/").status_code == 404


def test_the_child_director_sees_whom_to_ask_of_a_schools_families(world) -> None:
    checked(world)
    with clock.moved_to(at(today(clock.now()).replace(day=29))):
        page = world.sign_in("village").get("/village/").get_data(as_text=True)

    asks = len(world.session.scalars(select(FamilyAsk)).all())
    assert page.count("抽签抽到，请问一问") == asks


def a_donor(world):
    pledge_id = world.matches[0].pledge_id
    subject = Subject(donor_id=vault.donor_of_pledge(world.session, pledge_id))
    token = links.make(
        world.session, viewer(Role.CONSOLE), LinkPurpose.DONOR_HOME, subject, now=world.now
    )
    world.session.commit()
    phone = world.app.test_client()
    phone.get(f"/d/{token}")
    return phone


def test_the_public_reads_heads_and_the_donor_his_own_entry_with_its_proof(world) -> None:
    donor = a_donor(world)
    assert "还没有校验码" in body(world.app.test_client(), "/months")
    assert "还没有校验码" in body(donor, "/donor/entries/")
    with clock.moved_to(at(today(clock.now()).replace(month=12, day=1), 4, 10)):
        run(world.session, "month-pages", publishing.publish_heads)
    head = world.session.scalars(select(MonthHead.head)).one()

    public = body(world.app.test_client(), "/months")
    page = body(donor, "/donor/entries/")
    code = re.search(r"/donor/entries/([0-9A-Z]{12})", page).group(1)
    shown = body(donor, f"/donor/entries/{code}")
    proof = json.loads(body(donor, f"/donor/entries/{code}/proof.json"))
    months = json.loads(body(world.app.test_client(), "/months/all.json"))

    assert head in public
    assert head in shown
    assert (proof["head"], proof["code"], len(proof["path"])) == (head, code, 8)
    assert [one["head"] for one in months] == [head]
    assert "¥" not in public
    for secret in (*NAMES, "吉文中学", *world.refs):
        assert secret not in shown + json.dumps(proof, ensure_ascii=False)
    assert code not in public + json.dumps(months)


def test_another_donors_entry_and_a_missing_one_are_the_same_404(world) -> None:
    with clock.moved_to(at(today(clock.now()).replace(month=12, day=1), 4, 10)):
        run(world.session, "month-pages", publishing.publish_heads)
    donor = a_donor(world)
    own = set(re.findall(r"/donor/entries/([0-9A-Z]{12})", body(donor, "/donor/entries/")))
    codes = world.session.scalars(select(MonthLeaf.code).where(MonthLeaf.code.is_not(None))).all()
    (theirs, *_) = sorted(set(codes) - own)

    for address in (theirs, f"{theirs}/proof.json", "MISSING"):
        body(donor, f"/donor/entries/{address}", 404)
