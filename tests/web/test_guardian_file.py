"""The guardian's pages: who looked, a copy, a wish and its answer; behind a slip only the way there."""

import subprocess

import pytest
from sqlalchemy import select

from extensions import db
from models.guardian_requests import GuardianRequest
from models.notices import Notice
from models.stipends import Stipend
from services import links, trace
from services.letters import letter_links
from services.links import Subject
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, an_account, viewer
from tests.web.desks import sign_in
from vocabulary.enums import LinkPurpose, NoticeKind, Role


@pytest.fixture
def child(app, session, now):
    """A child with money on its way, whose file a case worker read."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    school = a_school(session)
    child = a_child(session, school, remark="母亲住院", address="东街 3 号", id_number="150723X")
    other = a_child(session, school, name="别家的孩子")
    pairs = [a_match(session, a_pledge(session)[0], one) for one in (child, other)]
    a_sent_batch(session, school, *pairs)
    account = an_account(session, Role.CASE_WORKER, login="wulan")
    worker = viewer(Role.CASE_WORKER, actor=f"account:{account.ref}")
    trace.record(session, worker, "child.read", f"child:{child.ref}", now=now)
    session.commit()
    return child


@pytest.fixture
def guardian(client, session, child, now):
    token = letter_links.make(session, viewer(Role.ENGINE), f"letters:{child.ref}", now=now)
    session.commit()
    client.get(f"/p/{token}")
    return client


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def mark_of(text: str) -> str:
    return text.partition('name="mark" value="')[2].partition('"')[0]


def test_a_guardian_reads_who_looked_by_role_and_day(guardian) -> None:
    text = page(guardian, "/family/file")

    assert "经办人" in text
    assert "看了档案" in text
    assert "wulan" not in text
    assert "您提过的" not in text


def test_a_guardian_reads_how_a_consent_is_taken_back(guardian) -> None:
    text = page(guardian, "/family/file")

    assert "同意过的，随时可以收回，不用说理由。" in text


def test_a_guardian_gets_a_copy_on_a_page_and_as_a_pdf(guardian) -> None:
    text = page(guardian, "/family/file/copy")
    pdf = guardian.get("/family/file/copy.pdf")
    drawn = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf.data, stdout=-1, check=True
    )
    read = drawn.stdout.decode()

    assert pdf.mimetype == "application/pdf"
    assert guardian.get("/family/file/copy.pdf").data == pdf.data
    assert "no-store" in pdf.headers["Cache-Control"]
    for words in (text, read):
        assert "陈雨桐" in words
        assert "陈奶奶" in words
        assert "母亲住院" not in words
        assert "别家的孩子" not in words


def test_a_wish_is_kept_answered_by_staff_and_the_answer_stands_there(guardian, session) -> None:
    text = page(guardian, "/family/file/ask")
    said = {"wish": "correct", "part": "address", "words": "搬到西街了", "mark": mark_of(text)}
    assert guardian.post("/family/file/ask", data=said).status_code == 303
    assert "搬到西街了" in page(guardian, "/family/file")
    again = guardian.post("/family/file/ask", data=said)
    assert "这一处已经提过" in again.get_data(as_text=True)
    ref = session.scalars(select(GuardianRequest.ref)).one()

    desk = guardian.application.test_client()
    sign_in(desk, "wulan")
    assert "陈雨桐" in page(desk, "/staff/guardian-requests/")
    assert "搬到西街了" in page(desk, f"/staff/guardian-requests/{ref}")
    empty = desk.post(f"/staff/guardian-requests/{ref}", data={"agrees": "no"})
    assert "不同意要写明理由" in empty.get_data(as_text=True)
    answer = {"agrees": "yes", "words": "照您说的改了。"}
    assert desk.post(f"/staff/guardian-requests/{ref}", data=answer).status_code == 303

    assert "照您说的改了。" in page(guardian, "/family/file")


def test_a_name_is_not_agreed_to_before_two_people_changed_it(guardian, session) -> None:
    mark = mark_of(page(guardian, "/family/file/ask"))
    said = {"wish": "correct", "part": "name", "words": "是“彤”", "mark": mark}
    guardian.post("/family/file/ask", data=said)
    ref = session.scalars(select(GuardianRequest.ref)).one()
    desk = guardian.application.test_client()
    sign_in(desk, "wulan")

    answer = {"agrees": "yes", "words": "改了"}
    refused = desk.post(f"/staff/guardian-requests/{ref}", data=answer)

    assert "提修改，两个人办" in page(desk, f"/staff/guardian-requests/{ref}")
    assert "另一位同事对过户口本改好" in refused.get_data(as_text=True)


def test_a_page_of_another_childs_link_is_asked_for_again(guardian, session) -> None:
    said = {"wish": "delete", "words": "请删", "mark": "another"}

    assert guardian.post("/family/file/ask", data=said).status_code == 303
    assert session.scalars(select(GuardianRequest)).all() == []


def test_behind_a_slip_stands_the_way_to_the_link_and_nothing_of_the_file(
    client, session, child, now
) -> None:
    by, stipend_id = viewer(Role.SCHOOL_OFFICER), session.scalars(select(Stipend.id)).first()
    token = links.make(session, by, LinkPurpose.SLIP, Subject(stipend_id=stipend_id), now=now)
    session.commit()
    client.get(f"/s/{token}")

    assert "/family/file-link" in page(client, "/family/")
    text = page(client, "/family/file-link")
    assert child.name not in text
    assert "经办人" not in text
    assert client.post("/family/file-link").status_code == 303
    kind = Notice.kind == NoticeKind.GUARDIAN_FILE
    assert len(session.scalars(select(Notice).where(kind)).all()) == 1
    for path in ("/family/file", "/family/file/copy", "/family/file/copy.pdf", "/family/file/ask"):
        answer = client.get(path)
        assert answer.status_code != 200
        assert child.name not in answer.get_data(as_text=True)


def test_the_auditor_and_the_administrator_read_the_retention_report(
    client, session, child
) -> None:
    for role, login in ((Role.AUDITOR, "audit"), (Role.ADMINISTRATOR, "admin")):
        an_account(session, role, login=login)
        session.commit()
        desk = client.application.test_client()
        sign_in(desk, login)
        text = page(desk, "/staff/retention/")
        assert "会计档案管理办法" in text
        assert child.name not in text
