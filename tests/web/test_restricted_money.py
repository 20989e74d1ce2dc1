"""Restricted money on the pages: chosen on the form, asked on the fund's page, answered by the donor."""

import pytest
from sqlalchemy import select

from extensions import db
from models.earmarks import Earmark, RedirectionAnswer
from models.notices import Notice
from models.pledges import Pledge
from privacy.viewers import engine
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.links import Subject
from services.vault import vault
from tests.factories import an_account, viewer
from tests.services.earmarks.world import held
from tests.web.desks import body, colleague, post
from tests.web.pledge_form import FORM
from vocabulary.dates import today
from vocabulary.enums import EarmarkKind, LinkPurpose, NoticeKind, Role
from vocabulary.money import Fen

CONTACT = FORM["contact"]


@pytest.fixture
def client(app, now):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def pledge(client, **more):
    """Press through the form."""
    client.get("/pledge")
    return client.post("/pledge", data={**FORM, **more, "do": "send"})


@pytest.fixture
def given(client, session, now):
    """888 yuan for girls alone, and its donor behind his private link."""
    pledge(client, monthly="other", other="888", earmark="girls")
    made = session.scalars(select(Pledge)).one()
    reference = vault.reference_of(session, made.id)
    line = BankLine(reference, Fen(88_800), today(now))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    subject = Subject(donor_id=vault.donor_of_pledge(session, made.id))
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    for login, role in (("approver", Role.APPROVER), ("worker", Role.CASE_WORKER)):
        an_account(session, role, login=login)
    session.commit()
    client.get(f"/d/{token}")
    return made


def ask(app, given) -> str:
    staff = colleague(app, "approver")
    asked = post(staff, f"/staff/gap-fund/restricted/{given.code}", reason="enough")
    return staff.get(asked.location).text


def test_what_the_form_restricts_is_kept_and_said_before_sending(client, session, now) -> None:
    client.get("/pledge")
    looked = client.post("/pledge", data={**FORM, "monthly": "other", "other": "888",
                                          "earmark": "girls", "do": "check"})  # fmt: skip
    assert "只用于女孩" in client.get(looked.location).text

    pledge(client, monthly="other", other="888", earmark="girls")

    assert session.scalars(select(Earmark)).one().kind is EarmarkKind.GIRLS


@pytest.mark.parametrize(
    ("more", "is_taken"),
    [
        ({"earmark": "girls"}, False),
        ({"earmark": "girls", "sex": "M"}, False),
        ({"earmark": "girls", "sex": "F"}, True),
        ({"earmark": "surgery", "sex": "F"}, False),
        ({"earmark": "one_child"}, False),
    ],
)
def test_a_childs_own_pledge_is_restricted_only_to_what_it_wishes(
    client, session, now, more, is_taken
) -> None:
    pledge(client, **more)

    assert (session.scalars(select(Pledge)).first() is not None) == is_taken


def test_the_donor_reads_the_question_and_answers_it_once(app, client, session, now, given) -> None:
    assert "有一件事想问你" not in body(client, "/donor/")
    assert "问过了，还没有同意" in ask(app, given)
    assert "有一件事想问你" in body(client, "/donor/")
    page = body(client, "/donor/earmarks/")
    assert "¥888" in page
    ref = page.split('action="/donor/earmarks/')[1].split('"')[0]

    for word in ("yes", "no", "yes"):
        assert post(client, f"/donor/earmarks/{ref}", answer=word).status_code == 303

    session.expire_all()
    assert session.scalars(select(RedirectionAnswer)).one().says_yes is True
    assert held(session, given) == 0
    after = body(client, "/donor/earmarks/")
    assert "你答了可以" in after
    assert 'name="answer"' not in after


def test_a_second_press_asks_nobody_twice(app, session, now, given) -> None:
    ask(app, given)

    assert "最近刚问过" in ask(app, given)
    told = select(Notice).where(Notice.kind == NoticeKind.EARMARK_ASKED)
    assert len(session.scalars(told).all()) == 1


def test_a_case_worker_neither_sees_nor_asks(app, given) -> None:
    worker = colleague(app, "worker")

    assert "限定用途的钱" not in body(worker, "/staff/gap-fund/")
    asked = post(worker, f"/staff/gap-fund/restricted/{given.code}", reason="enough")
    assert asked.status_code == 404


def test_the_auditor_keeps_a_comparison_and_reads_it(app, session, now) -> None:
    an_account(session, Role.AUDITOR, login="shenji")
    session.commit()
    auditor = colleague(app, "shenji")
    assert "还没有记过" in body(auditor, "/staff/books/check")

    assert post(auditor, "/staff/books/check").status_code == 303

    page = body(auditor, "/staff/books/check")
    assert "记的：都对得上" in page
    assert "最早的从" in page
