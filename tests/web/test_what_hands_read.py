"""What a family said stands on no page and no slip of whoever hands over."""

from dataclasses import replace

import pytest

from gateways import pdfs
from services.handover import answers
from services.handover.answers import Reply
from tests.factories import a_child, a_match, a_pledge, a_sent_batch, viewer
from tests.web.handing_over import SENT, VILLAGE, World, body, pass_a_class, school_pages
from vocabulary.enums import Answer, Role
from vocabulary.refs import slip_code, stipend_ref


@pytest.fixture
def world(app, session, now):
    return World(app, session, now)


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


@pytest.fixture
def printed_plainly(monkeypatch) -> None:
    """Slips are their words: how these are drawn is test_slips' matter. Every copy has its own link."""

    def draw(papers, **more) -> bytes:
        return repr(([replace(one, family_url="") for one in papers], more)).encode()

    monkeypatch.setattr(pdfs, "slips", draw)


def slips_text(client, door: str, batch: str) -> str:
    """What stands on the slips when they are printed."""
    return client.post(f"/{door}/batches/{batch}/slips").get_data(as_text=True)


def test_no_hand_reads_in_any_page_or_slip_what_a_family_said(world, printed_plainly) -> None:
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


def test_other_roles_find_no_school_page(world) -> None:
    worker = world.sign_in("case")

    assert {worker.get(page).status_code for page in school_pages(world)} == {404}
