"""A page that a refusal keeps from being shown says why, once, instead of leading to itself."""

from sqlalchemy import update

from models.matching_runs import MatchingRun
from services.runs import nights
from tests.factories import PASSWORD, a_child, a_pledge, an_account
from tests.services.deciding import ENGINE
from vocabulary.enums import Role


def test_a_damaged_runs_page_says_that_it_is_damaged(app, session, now) -> None:
    a_child(session)
    a_pledge(session)
    ref = nights.pair_pledges(session, ENGINE, now=now).run_ref
    session.execute(update(MatchingRun).values(certificate=b"no certificate"))
    an_account(session, Role.STATISTICS, login="tongji", region_code="150000000000")
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "tongji", "password": PASSWORD})

    answer = client.get(f"/staff/matching/{ref}")

    assert answer.status_code == 409
    assert "这一次配对的证明和存下来的时候不一样了" in answer.text
    assert client.get("/staff/matching/").status_code == 200
