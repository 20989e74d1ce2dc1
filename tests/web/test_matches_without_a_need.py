"""A gift and money for a surgery are matches without a need: the desk's pages show them as they are."""

import pytest

from tests.factories import a_child, a_match, a_pledge, a_school
from tests.web.conftest import sign_in
from vocabulary.enums import MatchStatus


@pytest.fixture(params=[MatchStatus.ACTIVE, MatchStatus.ENDED])
def address(request, session, desk) -> str:
    pledge, _ = a_pledge(session)
    child = a_child(session, a_school(session))
    match = a_match(session, pledge, child, need_id=None, status=request.param)
    made = f"/staff/matches/{match.child_ref}"
    session.commit()
    sign_in(desk, "gaomin")
    return made


def test_its_page_opens(desk, address) -> None:
    page = desk.get(address)

    assert page.status_code == 200
    assert "不占每月的需要" in page.text


@pytest.mark.parametrize("typed", [{}, {"reason": "other"}, {"reason": "circumstances_changed"}])
def test_no_word_to_it_breaks_the_page(desk, address, typed) -> None:
    assert desk.post(f"{address}/decline", data=typed).status_code in (200, 303)
    assert desk.get(address, follow_redirects=True).status_code == 200


def test_the_queue_and_what_the_whole_loses_open(desk, address) -> None:
    assert desk.get("/staff/matches/").status_code == 200
    assert desk.get(f"{address}/whole").status_code in (200, 404)
