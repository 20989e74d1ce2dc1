"""One class of a batch is passed to its teacher's telephone, and to no other device."""

import pytest
from sqlalchemy import select

from models.notices import AccessLink
from tests.web.handing_over import World, pass_a_class
from vocabulary.refs import slip_code


@pytest.fixture
def world(app, session, now):
    return World(app, session, now)


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


def test_a_stub_scanned_by_a_class_teachers_own_telephone_opens_her_line(world) -> None:
    """The stub's code leads to the school's door; her device knows her by the class link."""
    token, code = pass_a_class(world)
    device, stranger = world.app.test_client(), world.app.test_client()
    device.post(f"/c/{token}", data={"code": code})
    own, other = (f"/school/slips/{slip_code(ref)}" for ref in world.refs[:2])

    opened = device.get(own)
    elsewhere = device.get(other, follow_redirects=True)
    unknown = stranger.get(own, follow_redirects=True)
    officer = world.sign_in("school").get(own)

    assert opened.location == f"/c/slips/{slip_code(world.refs[0])}"
    assert "签收单已签" in device.get(opened.location).get_data(as_text=True)
    assert elsewhere.status_code == 404
    assert "先打开发给你的班级名单链接，再扫一次" in unknown.get_data(as_text=True)
    assert officer.status_code == 200


def test_the_school_door_alone_knows_of_class_lists(world) -> None:
    """A sign-in for another page says nothing of them, and no other page opens by a class link."""
    token, code = pass_a_class(world)
    device = world.app.test_client()
    device.post(f"/c/{token}", data={"code": code})

    answer = device.get("/school/", follow_redirects=True)
    sent = device.post(f"/school/slips/{slip_code(world.refs[0])}")

    assert "工作人员登录" in answer.get_data(as_text=True)
    assert "班级名单" not in answer.get_data(as_text=True)
    assert "/c/" not in (sent.location or "")
