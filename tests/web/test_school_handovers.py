"""The school's, class teacher's, village's and family's pages, as people use them."""

import io
import re
import subprocess
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from models.notices import AccessLink
from models.stipends import Fact, Stipend
from models.trace import OrdinaryEntry
from services import answers, slips
from services.answers import Reply
from tests.factories import (
    OTHER_BANNER,
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.services.outbox import Gate, deliver
from vocabulary.enums import Answer, Evidence, FactKind, Language, Role, Snag
from vocabulary.refs import slip_code, stipend_ref

SENT = date(2026, 11, 3)
VILLAGE = "150723101201"
NAMES = ("陈雨桐", "包晓军", "斯琴")


class World:
    """A school with three pupils on a sent batch, its officer, directors, a case worker."""

    def __init__(self, app, session, now) -> None:
        self.app, self.session, self.now = app, session, now
        self.school = a_school(session)
        self.children = [
            a_child(session, self.school, name=n, class_name=c, region_code=VILLAGE)
            for n, c in zip(NAMES, ("2班", "1班", "2班"), strict=True)
        ]
        self.matches = [
            a_match(session, a_pledge(session, f"1380000000{i}")[0], child)
            for i, child in enumerate(self.children)
        ]
        self.batch = a_sent_batch(session, self.school, *self.matches, on=SENT).ref
        self.refs = [stipend_ref(m.child_ref, SENT) for m in self.matches]
        an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=self.school.id)
        an_account(session, Role.VILLAGE_DIRECTOR, login="village", region_code=VILLAGE)
        an_account(session, Role.VILLAGE_DIRECTOR, login="next", region_code="150723101202")
        an_account(session, Role.CASE_WORKER, login="case")
        officer = viewer(Role.SCHOOL_OFFICER, organisation_id=self.school.id)
        made = slips.make_slips(session, officer, self.batch, now=now)
        self.tokens = {slip["ref"]: slip["token"] for slip in made}
        session.commit()

    def sign_in(self, login):
        client = self.app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        return client

    def facts(self, kind) -> list[tuple]:
        self.session.expire_all()
        rows = select(Fact.evidence, Fact.detail).where(
            Fact.kind == kind, Fact.cancels_id.is_(None)
        )
        found = [tuple(row) for row in self.session.execute(rows.order_by(Fact.id))]
        self.session.rollback()  # the next request begins a transaction of its own
        return found


@pytest.fixture
def world(app, session, now):
    return World(app, session, now)


def body(answer) -> str:
    """The page without what is drawn anew for every answer."""
    text = re.sub(r'nonce="[^"]+"', "", answer.get_data(as_text=True))
    return re.sub(
        r'name="csrf_token"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="csrf_token"', "", text
    )


def school_pages(world) -> list[str]:
    batch = world.batch
    return [
        "/school/",
        "/school/batches",
        f"/school/batches/{batch}",
        f"/school/batches/{batch}/confirm",
        f"/school/batches/{batch}/classes",
        *(f"/school/stipends/{ref}/{page}" for ref in world.refs for page in ("snag", "photo")),
        *(f"/school/slips/{slip_code(ref)}" for ref in world.refs),
        "/school/slips",
    ]


def test_no_school_page_changes_by_a_byte_when_a_family_says_no(world) -> None:
    officer = world.sign_in("school")
    officer.post(f"/school/stipends/{world.refs[0]}/hand-over")
    officer.get("/school/")
    before = {page: body(officer.get(page)) for page in school_pages(world)}
    worker = viewer(Role.CASE_WORKER)

    for ref, said in zip(
        world.refs, (Answer.NOT_RECEIVED, Answer.WRONG_SUM, Answer.RECEIVED), strict=True
    ):
        answers.answer(world.session, worker, Reply(said), ref=ref, now=world.now)
    world.session.commit()

    assert {page: body(officer.get(page)) for page in school_pages(world)} == before
    assert all("陈雨桐" in before[page] for page in school_pages(world)[:3:2])


def hand_pages(door: str, batch: str, refs: list[str]) -> list[str]:
    """Every page of a class teacher's or village director's hand."""
    return [
        f"/{door}/",
        f"/{door}/batches/{batch}",
        f"/{door}/batches/{batch}/confirm",
        *(f"/{door}/stipends/{ref}/{page}" for ref in refs for page in ("snag", "photo")),
        *(f"/{door}/slips/{slip_code(ref)}" for ref in refs),
        f"/{door}/slips",
    ]


def a_village_line(world) -> tuple[str, str]:
    """The batch and the line of a child whose money the director hands over herself."""
    child = a_child(world.session, None, name="其其格", region_code=VILLAGE)
    match = a_match(world.session, a_pledge(world.session, "13900000009")[0], child)
    batch = a_sent_batch(world.session, None, match, on=SENT, region_code=VILLAGE)
    refs = batch.ref, stipend_ref(match.child_ref, SENT)
    world.session.commit()
    return refs


def slips_text(client, door: str, batch: str) -> str:
    """What stands on the printed slips, as anybody reads them."""
    pdf = client.post(f"/{door}/batches/{batch}/slips").get_data()
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, stdout=-1, check=True
    ).stdout.decode()


def test_no_hand_reads_in_any_page_or_slip_what_a_family_said(world) -> None:
    """Law 15, for the class teacher, the village director and the printed slips too."""
    village_batch, village_ref = a_village_line(world)
    token, code = pass_a_class(world)
    teacher, director = world.app.test_client(), world.sign_in("village")
    teacher.post(f"/c/{token}", data={"code": code})
    officer = world.sign_in("school")
    mine = [world.refs[0], world.refs[2]]
    for client, address in (
        (teacher, f"/c/stipends/{mine[0]}/hand-over"),
        (director, f"/village/stipends/{village_ref}/hand-over"),
    ):
        client.post(address)
        client.get(address.split("stipends")[0])  # the sentence about the tap is told once

    def everything() -> dict[str, str]:
        seen = {page: body(teacher.get(page)) for page in hand_pages("c", world.batch, mine)}
        for page in hand_pages("village", village_batch, [village_ref]):
            seen[page] = body(director.get(page))
        seen["school slips"] = slips_text(officer, "school", world.batch)
        seen["village slips"] = slips_text(director, "village", village_batch)
        return seen

    before = everything()
    for ref, said in (
        (mine[0], Answer.NOT_RECEIVED), (mine[1], Answer.RECEIVED), (village_ref, Answer.WRONG_SUM)
    ):  # fmt: skip
        worker = viewer(Role.CASE_WORKER)
        answers.answer(world.session, worker, Reply(said), ref=ref, now=world.now)
    world.session.commit()

    assert everything() == before
    for page, name in (
        ("/c/", "陈雨桐"), ("/village/", "其其格"),
        ("school slips", "斯琴"), ("village slips", "其其格"),
    ):  # fmt: skip
        assert name in before[page]


def test_exceptions_first_then_one_action_for_the_rest(world) -> None:
    officer = world.sign_in("school")
    page = officer.get(f"/school/batches/{world.batch}/confirm").get_data(as_text=True)
    order = re.findall(r'name="lines-\d+-ref"[^>]*value="([^"]+)"', page)
    form = {"evidence": "slip_paper"}
    for i, ref in enumerate(order):
        form |= {
            f"lines-{i}-ref": ref,
            f"lines-{i}-snag": "",
            f"lines-{i}-relation": "",
            f"lines-{i}-handed": "",
        }
    first = order.index(world.refs[0])

    refused = officer.post(
        f"/school/batches/{world.batch}/confirm",
        data=form | {f"lines-{first}-snag": "someone_else"},
    )
    done = officer.post(
        f"/school/batches/{world.batch}/confirm",
        data=form | {f"lines-{first}-snag": "someone_else", f"lines-{first}-relation": "姑姑"},
        follow_redirects=True,
    )

    assert "请写代领人和孩子的关系" in refused.get_data(as_text=True)
    assert "记下了，2 位已转交" in done.get_data(as_text=True)
    assert sorted(world.facts(FactKind.HANDED_OVER), key=str) == [
        (Evidence.SLIP_PAPER, "姑姑"),
        (Evidence.SLIP_PAPER, None),
        (Evidence.SLIP_PAPER, None),
    ]
    again = officer.post(f"/school/batches/{world.batch}/confirm", data=form, follow_redirects=True)
    assert "这份名单刚才已经确认过了，这一次没有重复记。" in again.get_data(as_text=True)
    assert len(world.facts(FactKind.HANDED_OVER)) == 3


ONWARD = {
    Snag.ON_LEAVE: "人回来了",
    Snag.BOARDING: "人回家了",
    Snag.SUSPENDED: "旗妇联会来联系",
    Snag.TRANSFERRED: "旗妇联会来联系",
    Snag.LEFT_SCHOOL: "旗妇联会来联系",
    Snag.REFUSED: "旗妇联会来联系家里。钱汇回拨付来的账户",
    Snag.UNDELIVERABLE: "别交给别人",
    Snag.WRONG_DETAILS: "旗妇联会来核对",
    Snag.PARTLY: "还差 ¥60",
    Snag.SOMEONE_ELSE: "代领",
}


@pytest.mark.parametrize("snag", list(Snag))
def test_the_list_says_of_every_exception_what_happens_next(world, snag) -> None:
    officer, ref = world.sign_in("school"), world.refs[0]
    form = {"snag": snag.value, "relation": "姑姑", "handed": "40"}

    officer.post(f"/school/stipends/{ref}/snag", data=form)

    page = re.sub(r"<[^>]+>", "", officer.get("/school/").get_data(as_text=True))
    assert ONWARD[snag] in page
    is_held_up = snag is not Snag.SOMEONE_ELSE
    assert ("没交成的 1 位" in page, "已转交 1 位" in page) == (is_held_up, not is_held_up)


def test_a_part_is_typed_as_people_type_and_a_wrong_one_is_kept_on_the_form(world) -> None:
    officer, ref = world.sign_in("school"), world.refs[0]

    wrong = officer.post(
        f"/school/stipends/{ref}/snag", data={"snag": "partly", "handed": "５００元"}
    )
    officer.post(f"/school/stipends/{ref}/snag", data={"snag": "partly", "handed": "４０元"})

    assert "５００元" in wrong.get_data(as_text=True)
    assert "还差 ¥60" in officer.get("/school/").get_data(as_text=True)
    stipend = world.session.scalars(select(Stipend).where(Stipend.snag == Snag.PARTLY)).one()
    assert stipend.handed_fen == 4_000


def test_a_wrong_tap_is_taken_back_from_the_list(world) -> None:
    officer, ref = world.sign_in("school"), world.refs[0]
    officer.post(f"/school/stipends/{ref}/hand-over")
    assert f"/school/stipends/{ref}/take-back" in officer.get("/school/").get_data(as_text=True)

    said = officer.post(f"/school/stipends/{ref}/take-back", follow_redirects=True)

    assert "收回了" in said.get_data(as_text=True)
    world.session.expire_all()
    assert world.session.scalars(select(Stipend.handed_over_on)).all() == [None, None, None]


def test_a_photo_is_taken_and_a_bad_file_is_told_why(world) -> None:
    officer, ref = world.sign_in("school"), world.refs[0]
    made = io.BytesIO()
    Image.new("RGB", (300, 200)).save(made, "JPEG")

    def send(content, name):
        return officer.post(
            f"/school/stipends/{ref}/photo",
            data={"photo": (io.BytesIO(content), name)},
            content_type="multipart/form-data",
            follow_redirects=True,
        ).get_data(as_text=True)

    assert "这不是照片" in send(b"<svg/>", "a.jpg")
    assert "照片没有传上来" in send(b"", "")
    assert world.facts(FactKind.HANDED_OVER) == []
    assert "照片收好了" in send(made.getvalue(), "../../x.jpg")
    assert world.facts(FactKind.HANDED_OVER) == [(Evidence.SLIP_PHOTO, None)]


def test_staff_open_the_photo_and_leave_a_trace_and_nobody_else_does(world) -> None:
    officer, worker, ref = world.sign_in("school"), world.sign_in("case"), world.refs[0]
    an_account(world.session, Role.CASE_WORKER, login="far", region_code=OTHER_BANNER)
    world.session.commit()
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "#a8324f").save(made, "JPEG")
    officer.post(
        f"/school/stipends/{ref}/photo", data={"photo": (io.BytesIO(made.getvalue()), "a.jpg")}
    )
    answers.answer(
        world.session, viewer(Role.CASE_WORKER), Reply(Answer.NOT_RECEIVED), ref=ref, now=world.now
    )
    world.session.commit()

    page = worker.get(f"/staff/disputes/{ref}").get_data(as_text=True)
    address = re.search(r'href="(/staff/evidence/[0-9A-Z]+)"', page).group(1)
    for listed in ("done", "disputed"):
        assert address in worker.get(f"/staff/stipends/?show={listed}").get_data(as_text=True)
    seen = worker.get(address)

    assert (seen.mimetype, seen.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    with Image.open(io.BytesIO(seen.data)) as picture:
        assert picture.size == (300, 200)
    kept = select(OrdinaryEntry.subject).where(OrdinaryEntry.act == "upload.read")
    assert world.session.scalars(kept).all() == [f"upload:{address.rpartition('/')[2]}"]
    world.session.rollback()
    for stranger in ("school", "village", "far"):
        assert world.sign_in(stranger).get(address).status_code == 404
    assert world.app.test_client().get(address).status_code == 302


def test_slips_come_as_a_pdf_and_a_get_makes_none(world) -> None:
    officer = world.sign_in("school")

    answer = officer.post(f"/school/batches/{world.batch}/slips")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    # No length is known yet: the sheets are drawn after the commit, when nobody waits for the lock.
    assert "Content-Length" not in answer.headers
    assert answer.data.startswith(b"%PDF-")
    assert officer.get(f"/school/batches/{world.batch}/slips").status_code == 405


def test_an_officer_who_scans_the_familys_code_gets_the_hand_over_only(world) -> None:
    answers.answer(
        world.session,
        viewer(Role.CASE_WORKER),
        Reply(Answer.RECEIVED),
        ref=world.refs[0],
        now=world.now,
    )
    world.session.commit()
    officer, token = world.sign_in("school"), world.tokens[world.refs[0]]

    answer = officer.get(f"/s/{token}")
    page = officer.get(answer.location).get_data(as_text=True)
    officer.post(answer.location)

    assert answer.location == f"/school/slips/{slip_code(world.refs[0])}"
    assert "签收单已签" in page
    assert "收到了" not in page
    assert officer.post("/family/answer", data={"answer": "received"}).status_code in {302, 404}
    assert world.facts(FactKind.HANDED_OVER) == [(Evidence.SLIP_SCAN, None)]


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


def pass_a_class(world) -> tuple[str, str]:
    page = (
        world.sign_in("school")
        .post(
            f"/school/batches/{world.batch}/classes",
            data={"class_label": "四年级2班", "phone": "13900000090"},
        )
        .get_data(as_text=True)
    )
    assert re.search(r"\b\d{6}\b", re.sub(r"<[^>]+>", " ", page)) is None
    token = re.search(r"/c/([0-9A-Z]{32})", page).group(1)
    sms = Gate()
    world.session.rollback()
    deliver(world.session, sms)
    world.session.rollback()
    return token, re.search(r"：(\d{6})。", sms.sent[-1].text).group(1)


def test_a_class_is_not_passed_without_a_telephone(world) -> None:
    officer, address = world.sign_in("school"), f"/school/batches/{world.batch}/classes"

    refused = officer.post(address, data={"class_label": "四年级2班", "phone": "12"})

    page = refused.get_data(as_text=True)
    assert "手机号是 11 位数字" in page
    assert 'value="12"' in page
    assert "/c/" not in page
    pass_a_class(world)
    assert "四年级2班（尾号 0090）" in officer.get(address).get_data(as_text=True)


def test_a_class_list_opens_on_the_first_device_and_on_no_other(world) -> None:
    token, code = pass_a_class(world)
    first, second = world.app.test_client(), world.app.test_client()

    wrong = first.post(f"/c/{token}", data={"code": "000000" if code != "000000" else "111111"})
    opened = first.post(f"/c/{token}", data={"code": f" {code} "}, follow_redirects=True)
    refused = second.post(f"/c/{token}", data={"code": code}, follow_redirects=True)

    assert "六位数不对" in wrong.get_data(as_text=True)
    page = opened.get_data(as_text=True)
    assert ("陈雨桐" in page, "斯琴" in page, "包晓军" in page) == (True, True, False)
    assert "这份名单打不开了" in refused.get_data(as_text=True)
    assert "这份名单打不开了" in second.get("/c/", follow_redirects=True).get_data(as_text=True)
    assert first.post(f"/c/stipends/{world.refs[1]}/hand-over").status_code == 404
    assert first.post(f"/c/stipends/{world.refs[0]}/hand-over").status_code == 303
    assert (
        world.session.scalar(select(AccessLink.wrong_codes).where(AccessLink.batch_id.is_not(None)))
        == 1
    )


def test_a_class_teachers_device_never_answers_for_a_family(world) -> None:
    token, code = pass_a_class(world)
    device = world.app.test_client()
    device.post(f"/c/{token}", data={"code": code})

    answer = device.get(f"/s/{world.tokens[world.refs[0]]}")

    assert answer.location == f"/c/slips/{slip_code(world.refs[0])}"
    assert "签收单已签" in device.get(answer.location).get_data(as_text=True)


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


def test_other_roles_find_no_school_page(world) -> None:
    worker = world.sign_in("case")

    assert {worker.get(page).status_code for page in school_pages(world)} == {404}


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
