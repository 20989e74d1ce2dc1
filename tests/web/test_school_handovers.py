"""The school's pages, as its officer uses them: exceptions, photographs, slips."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from models.stipends import Stipend
from models.trace import OrdinaryEntry
from services.handover import answers
from services.handover.answers import Reply
from tests.factories import OTHER_BANNER, an_account, viewer
from tests.web.handing_over import World
from vocabulary.enums import Answer, Evidence, FactKind, Role, Snag
from vocabulary.refs import slip_code


@pytest.fixture
def world(app, session, now):
    return World(app, session, now)


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


@pytest.mark.parametrize("snag", [one for one in Snag if one is not Snag.OWN_STAFF])
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


def a_photo() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "#a8324f").save(made, "JPEG")
    made.seek(0)
    return made


def test_a_photo_is_taken_and_a_bad_file_is_told_why(world) -> None:
    officer, ref = world.sign_in("school"), world.refs[0]

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
    assert "照片收好了" in send(a_photo().getvalue(), "../../x.jpg")
    assert world.facts(FactKind.HANDED_OVER) == [(Evidence.SLIP_PHOTO, None)]


def test_staff_open_the_photo_and_leave_a_trace_and_nobody_else_does(world) -> None:
    officer, worker, ref = world.sign_in("school"), world.sign_in("case"), world.refs[0]
    an_account(world.session, Role.CASE_WORKER, login="far", region_code=OTHER_BANNER)
    world.session.commit()
    officer.post(f"/school/stipends/{ref}/photo", data={"photo": (a_photo(), "a.jpg")})
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
    name = address.rpartition("/")[2]
    assert seen.headers["Content-Disposition"] == f'inline; filename="{name}.jpg"'
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
