"""A guardian who cannot write tells her village director: 由…代办, with the language kept."""

import subprocess

import pytest
from sqlalchemy import select

from models.children import Child
from models.guardian_requests import GuardianRequest
from services.danger import harm
from services.guardians import guardian_wishes
from services.guardians.guardian_wishes import Wish
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.web.desks import body, colleague, post
from vocabulary.enums import Called, GuardianWish, Language, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted
from vocabulary.refs import stipend_ref

VILLAGE, NEXT = "150723101201", "150723101202"
SAID = {"wish": "copy", "words": "想留一份", "language": "mn"}


@pytest.fixture
def line(app, session, now) -> str:
    """One instalment of a family of the village; its director, the next one's, and the staff."""
    school = a_school(session)
    child = a_child(session, school, region_code=VILLAGE, address="东街 3 号", remark="母亲住院")
    match = a_match(session, a_pledge(session)[0], child)
    batch = a_sent_batch(session, school, match)
    an_account(session, Role.VILLAGE_DIRECTOR, login="village", region_code=VILLAGE, name="斯琴")
    an_account(session, Role.VILLAGE_DIRECTOR, login="next", region_code=NEXT)
    an_account(session, Role.CASE_WORKER, login="staff")
    session.commit()
    return stipend_ref(match.child_ref, batch.month)


def test_she_writes_down_what_the_guardian_wants_and_reads_the_answer_aloud(
    app, session, line
) -> None:
    director, staff = colleague(app, "village"), colleague(app, "staff")
    address = f"/village/families/{line}/file"
    assert address in body(director, "/village/")

    assert post(director, address, **SAID).status_code == 303
    session.rollback()
    kept = session.scalars(select(GuardianRequest)).one()
    ref, language, by = kept.ref, kept.language, kept.assisted_by
    session.rollback()
    asked = body(staff, f"/staff/guardian-requests/{ref}")
    post(staff, f"/staff/guardian-requests/{ref}", agrees="yes", words="周五送到家。")

    assert (language, by is not None) == (Language.MONGOLIAN, True)
    assert "由斯琴代办，说的是蒙古语" in asked
    shown = body(director, address)
    assert "由您代办，蒙古语" in shown and "周五送到家。" in shown


def test_the_copy_for_her_holds_what_the_family_may_see_and_no_more(app, session, line) -> None:
    director, staff = colleague(app, "village"), colleague(app, "staff")
    post(director, f"/village/families/{line}/file", **SAID)
    ref = session.scalars(select(GuardianRequest.ref)).one()
    session.rollback()

    answer = staff.get(f"/staff/guardian-requests/{ref}/copy.pdf")
    shown = subprocess.run(
        ["pdftotext", "-", "-"], input=answer.data, capture_output=True, check=True
    )
    text = shown.stdout.decode()

    assert answer.mimetype == "application/pdf"
    assert "东街" in text and "母亲住院" not in text
    assert f"/staff/guardian-requests/{ref}/copy.pdf" in body(
        staff, f"/staff/guardian-requests/{ref}"
    )
    assert director.get(f"/staff/guardian-requests/{ref}/copy.pdf").status_code == 404


def test_a_form_without_language_or_words_comes_back_with_what_was_typed(
    app, session, line
) -> None:
    director = colleague(app, "village")
    typed = {"wish": "correct", "words": "住处写错了，是西街"}

    page = post(director, f"/village/families/{line}/file", **typed).get_data(as_text=True)
    no_part = post(director, f"/village/families/{line}/file", **typed, language="zh").get_data(
        as_text=True
    )

    assert "请选一项" in page and "住处写错了，是西街" in page
    assert "这里还没有填" in no_part
    assert session.scalars(select(GuardianRequest)).all() == []


def test_what_a_guardian_asked_herself_a_director_does_not_read(app, session, line, now) -> None:
    child = session.scalars(select(Child)).one()
    family = viewer(Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id)
    guardian_wishes.ask(session, family, Wish(GuardianWish.DELETE, "请都删掉"), now=now)
    session.commit()

    assert "请都删掉" not in body(colleague(app, "village"), f"/village/families/{line}/file")


def test_only_her_own_villages_families_and_none_in_danger(app, session, line, now) -> None:
    address = f"/village/families/{line}/file"
    assert colleague(app, "next").get(address).status_code == 404
    with pytest.raises(NotPermitted):
        guardian_wishes.ask_for(
            session, viewer(Role.SCHOOL_OFFICER), line, Wish(GuardianWish.DELETE, "x"), now=now
        )
    session.rollback()
    child = session.scalars(select(Child)).one()
    worker = viewer(Role.CASE_WORKER, actor="account:w")
    harm.report(session, worker, child.ref, called=Called.POLICE, now=now)
    session.commit()

    assert colleague(app, "village").get(address).status_code == 404


def test_without_a_language_nothing_is_kept(session, line, now) -> None:
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:v")

    with pytest.raises(BadInput):
        guardian_wishes.ask_for(session, director, line, Wish(GuardianWish.COPY, "要"), now=now)
    far = viewer(Role.VILLAGE_DIRECTOR, regions=(NEXT,), actor="account:n")
    wish = Wish(GuardianWish.COPY, "要", language=Language.MONGOLIAN)
    with pytest.raises(NotFound):
        guardian_wishes.ask_for(session, far, line, wish, now=now)


def test_a_helper_is_not_told_that_the_guardian_asked_the_same_alone(session, line, now) -> None:
    child = session.scalars(select(Child)).one()
    family = viewer(Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id)
    guardian_wishes.ask(session, family, Wish(GuardianWish.DELETE, "都删了"), now=now)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:v")
    wish = Wish(GuardianWish.DELETE, "删掉", language=Language.MONGOLIAN)

    guardian_wishes.ask_for(session, director, line, wish, now=now)

    assert len(guardian_wishes.helped(session, director, line)) == 1
    with pytest.raises(BadInput):
        guardian_wishes.ask_for(session, director, line, wish, now=now)
