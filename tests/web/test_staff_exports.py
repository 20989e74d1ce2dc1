"""Taking a list out in the browser: asked with a reason, proven, downloaded, dead after a week."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.factories import BANNER, PASSWORD, a_child, a_school, an_account
from tests.web.test_auth import sign_in
from vocabulary import clock
from vocabulary.enums import Role

FORM = {"kind": "children", "region": BANNER, "month": "2026-11", "reason": "旗里检查要名单"}


@pytest.fixture
def signed_in(client: FlaskClient, session, now) -> FlaskClient:
    a_child(session, a_school(session))
    an_account(session, Role.CASE_WORKER, login="wulan")
    an_account(session, Role.AUDITOR, login="shenji")
    session.commit()
    sign_in(client)
    return client


def fetch(client: FlaskClient, code: str):
    return client.post(f"/staff/exports/{code}.xlsx")


def made(client: FlaskClient) -> str:
    assert client.post("/staff/exports/", data=FORM).status_code == 303
    page = client.get("/staff/exports/").text
    return page.split(".xlsx")[0].rpartition("/")[2]


def test_a_list_is_asked_for_fetched_and_counted(signed_in) -> None:
    code = made(signed_in)

    answer = fetch(signed_in, code)

    assert answer.headers["Content-Disposition"] == f"attachment; filename=weiguang-{code}.xlsx"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    assert code in load_workbook(BytesIO(answer.data)).active["A1"].value
    assert "1 次" in signed_in.get("/staff/exports/").text


def test_without_a_reason_nothing_is_made_and_what_was_chosen_stays(signed_in) -> None:
    page = signed_in.post("/staff/exports/", data=FORM | {"reason": "用"}).text

    assert "请写清楚做什么用" in page
    assert "还没有导出过" in page


def test_both_asking_and_fetching_want_a_fresh_proof(signed_in, now) -> None:
    code = made(signed_in)
    with clock.moved_to(now + timedelta(minutes=31)):
        assert signed_in.post("/staff/exports/", data=FORM).status_code == 401
        assert fetch(signed_in, code).status_code == 401
        signed_in.post("/account/prove", data={"password_again": PASSWORD})
        assert fetch(signed_in, code).status_code == 200


def test_after_seven_days_it_is_absent(signed_in, now) -> None:
    code = made(signed_in)
    with clock.moved_to(now + timedelta(days=7)):
        sign_in(signed_in)
        assert "过期了" in signed_in.get("/staff/exports/").text
        assert fetch(signed_in, code).status_code == 404


def test_the_auditor_lists_every_export_and_fetches_none_of_another(app, signed_in) -> None:
    code = made(signed_in)
    auditor = app.test_client()
    sign_in(auditor, "shenji")

    page = auditor.get("/staff/exports/").text

    assert code in page
    assert "旗里检查要名单" in page
    # What he may take out himself is the accountant's vouchers, which name nobody.
    assert 'value="children"' not in page
    assert fetch(auditor, code).status_code == 404
