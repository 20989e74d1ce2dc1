"""The one bad record stands on its page with its reason, however little of it can be read."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from tests.factories import PASSWORD, a_child, a_match, a_pledge, a_school, an_account
from vocabulary.enums import Role


def test_a_sum_that_is_no_number_is_set_aside_and_shown(app: Flask, session: Session, now) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL takes no letters for a number")
    an_account(session, Role.CASE_WORKER, login="jingban", region_code="150000000000")
    match = a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    session.execute(
        text("UPDATE matches SET instalment_fen = 'abc' WHERE id = :id"), {"id": match.id}
    )
    session.commit()
    Run(session, "stipends", period=date(2026, 11, 21)).execute(open_and_fund)

    client = app.test_client()
    client.post("/login", data={"login": "jingban", "password": PASSWORD})
    page = client.get("/staff/stipends/?show=aside")

    assert page.status_code == 200
    assert "读不出" in page.text
    assert "陈雨桐" in page.text
