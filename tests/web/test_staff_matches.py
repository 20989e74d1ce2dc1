"""The approval desk in the browser's eyes: what it shows, refuses, traces and costs."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from extensions import db
from models.children import Consent, Need
from models.pledges import Match, Pledge
from models.trace import OrdinaryEntry
from privacy import viewers
from services.pairing import proposing
from services.runs import nights
from tests.factories import (
    OTHER_BANNER,
    PASSWORD,
    TOWNSHIP,
    a_child,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from vocabulary.enums import DeclineReason, MatchStatus, Rhythm, Role
from vocabulary.money import Fen

NAMES = ("陈雨桐", "乌云嘎", "包晓军")


@pytest.fixture
def desk(session: Session, now: datetime) -> list[str]:
    """Three proposals in one banner, and an approver, a case worker and a stranger who log in."""
    an_account(session, Role.APPROVER, login="approver", name="高敏")
    an_account(session, Role.CASE_WORKER, login="worker")
    an_account(session, Role.APPROVER, login="stranger", region_code=OTHER_BANNER)
    proposals(session, now, names=NAMES)
    return list(session.scalars(select(Match.child_ref).order_by(Match.id)))


def proposals(session: Session, now: datetime, names: tuple[str, ...]) -> None:
    school = a_school(session)
    for number, name in enumerate(names):
        a_child(session, school, name=name, region_code=TOWNSHIP)
        a_pledge(session, f"138{number:08d}")
    nights.pair_pledges(session, viewers.engine("matching"), now=now)
    session.commit()


def sign_in(client: FlaskClient, login: str) -> None:
    db.session.rollback()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303


def body(client: FlaskClient, path: str) -> str:
    db.session.rollback()
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def same(answer: TestResponse) -> str:
    """Return a page without what is drawn anew for every answer."""
    return re.sub(r'(nonce|name="csrf_token" value)="[^"]*"', "", answer.get_data(as_text=True))


def status_of(session: Session, ref: str) -> MatchStatus:
    session.rollback()
    status = session.scalars(select(Match.status).where(Match.child_ref == ref)).one()
    session.rollback()
    return status


def test_no_number_stands_beside_a_childs_name_in_the_list(
    client: FlaskClient, desk: list[str]
) -> None:
    sign_in(client, "approver")

    rows = re.findall(
        r'<a class="queue-row".*?</a>', body(client, "/staff/matches/"), flags=re.DOTALL
    )
    words = [re.sub(r"<[^>]+>", " ", row).split() for row in rows]

    assert len(words) == 3
    assert {row[0] for row in words} == set(NAMES)
    assert all("还有" in row and "等了" in row for row in words)
    assert not any(re.search(r"\b\d+ / \d+\b|匹配度", " ".join(row)) for row in words)


def test_the_points_of_the_reasons_add_up_to_the_fit(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")

    page = body(client, f"/staff/matches/{desk[0]}")

    points = [int(p) for p, _ in re.findall(r"<span>(\d+) / (\d+)</span>", page)]
    fit = int(re.search(r'<p class="fit"><b>(\d+)</b>', page).group(1))
    assert sum(points) == fit
    assert len(points) == 5
    assert "付款人" in page


def test_an_approval_leads_to_the_next_one(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")
    after = re.search(r'name="after" value="(\w+)"', body(client, f"/staff/matches/{desk[0]}"))

    answer = client.post(f"/staff/matches/{desk[0]}/approve", data={"after": after.group(1)})

    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"/staff/matches/{after.group(1)}",
    )  # fmt: skip
    assert after.group(1) in desk[1:]
    assert "结对了，第一笔 12月1日拨付" in body(client, answer.headers["Location"])
    assert status_of(session, desk[0]) is MatchStatus.ACTIVE


def test_a_first_payment_in_another_year_names_the_year(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    match = session.scalars(select(Match).where(Match.child_ref == desk[0])).one()
    pledge = session.get_one(Pledge, match.pledge_id)
    for one in (match, pledge):
        one.rhythm, one.instalment_fen = Rhythm.YEAR, Fen(120_000)
    session.commit()
    sign_in(client, "approver")

    page = body(client, f"/staff/matches/{desk[0]}")
    answer = client.post(f"/staff/matches/{desk[0]}/approve")

    assert "第一笔 2027年9月1日拨付" in page
    assert "结对了，第一笔 2027年9月1日拨付" in body(client, answer.headers["Location"])


def test_a_second_approval_is_told_that_somebody_was_first(
    client: FlaskClient, desk: list[str]
) -> None:
    sign_in(client, "approver")
    client.post(f"/staff/matches/{desk[0]}/approve")

    answer = client.post(f"/staff/matches/{desk[0]}/approve", follow_redirects=True)

    assert "别人刚刚已经处理了这一件" in answer.get_data(as_text=True)


def test_withdrawn_consent_takes_the_button_away_and_refuses_the_post(
    client: FlaskClient, session: Session, desk: list[str], now: datetime
) -> None:
    sign_in(client, "approver")
    for consent in session.scalars(select(Consent)):
        consent.withdrawn_on = now.date()
    session.commit()

    page = body(client, f"/staff/matches/{desk[0]}")
    answer = client.post(f"/staff/matches/{desk[0]}/approve", follow_redirects=True)

    assert "没有同意书" in page
    assert f"/staff/matches/{desk[0]}/approve" not in page
    assert "还缺监护人的同意书" in answer.get_data(as_text=True)
    assert status_of(session, desk[0]) is MatchStatus.PROPOSED


def test_a_no_without_a_reason_comes_back_with_what_was_typed(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")
    path = f"/staff/matches/{desk[0]}/decline"

    bare = client.post(path, data={"note": "等一等再说"}).get_data(as_text=True)
    other = client.post(path, data={"reason": "other", "note": ""}).get_data(as_text=True)

    assert "选一个原因" in bare
    assert 'value="等一等再说"' in bare
    assert "请写一句是什么" in other
    assert status_of(session, desk[0]) is MatchStatus.PROPOSED


def test_a_no_keeps_its_coded_reason(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")

    client.post(f"/staff/matches/{desk[0]}/decline", data={"reason": "child_unwilling"})

    reason = select(Match.decline_reason).where(Match.child_ref == desk[0])
    assert status_of(session, desk[0]) is MatchStatus.DECLINED
    assert session.scalar(reason) is DeclineReason.CHILD_UNWILLING
    assert "孩子不愿意" in body(client, "/staff/matches/turned-down")


def test_a_turned_down_pair_can_be_lifted(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")
    client.post(f"/staff/matches/{desk[0]}/decline", data={"reason": "papers_to_check"})

    client.post(f"/staff/matches/{desk[0]}/lift")

    assert "没有不再提的" in body(client, "/staff/matches/turned-down")


def test_what_one_proposed_oneself_is_seen_but_not_decided(
    client: FlaskClient, session: Session, desk: list[str], now: datetime
) -> None:
    both = an_account(session, Role.CASE_WORKER, Role.APPROVER, login="both")
    child, pledge = a_child(session, name="自己提的"), a_pledge(session, "13999999999")[0]
    need = session.scalars(select(Need).where(Need.child_id == child.id)).one()
    by = viewer(Role.CASE_WORKER, actor=f"account:{both.ref}")
    ref = proposing.propose_pair(
        session, by, pledge_code=pledge.code, child_ref=child.ref, need_ref=need.ref, now=now
    )
    session.commit()
    sign_in(client, "both")

    page = body(client, f"/staff/matches/{ref}")
    answer = client.post(f"/staff/matches/{ref}/approve", follow_redirects=True)

    assert "你提出的" in page
    assert "要由另一位审批人来决定" in page
    assert 'data-key="a"' not in page
    assert "前一步是你做的" in answer.get_data(as_text=True)
    assert status_of(session, ref) is MatchStatus.PROPOSED


def test_a_case_worker_reads_but_does_not_decide(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "worker")

    page = body(client, f"/staff/matches/{desk[0]}")

    assert 'data-key="a"' not in page
    assert client.post(f"/staff/matches/{desk[0]}/approve").status_code == 404
    assert client.post(f"/staff/matches/{desk[0]}/lift").status_code == 404
    assert client.post(f"/staff/matches/{desk[0]}/aside").status_code == 303
    assert status_of(session, desk[0]) is MatchStatus.PROPOSED
    assert "你申报过回避" in body(client, f"/staff/matches/{desk[0]}")


def test_an_approver_of_another_banner_gets_the_same_404_as_for_nothing(
    client: FlaskClient, desk: list[str]
) -> None:
    sign_in(client, "stranger")

    hidden, absent = client.get(f"/staff/matches/{desk[0]}"), client.get("/staff/matches/NOTHING22")

    assert (hidden.status_code, same(hidden)) == (404, same(absent))
    assert client.post(f"/staff/matches/{desk[0]}/approve").status_code == 404
    assert "都批完了" in body(client, "/staff/matches/")


def test_reading_the_desk_is_traced_child_by_child(
    client: FlaskClient, session: Session, desk: list[str]
) -> None:
    sign_in(client, "approver")
    body(client, f"/staff/matches/{desk[0]}")

    session.rollback()
    last = session.scalars(select(OrdinaryEntry).order_by(OrdinaryEntry.seq.desc())).first()
    assert last.act == "child.read"
    assert len(last.detail["subjects"]) == 3
    assert all(subject.startswith("child:") for subject in last.detail["subjects"])


@pytest.mark.parametrize("path", ["/staff/matches/", "in_hand"])
def test_the_desk_takes_at_most_eight_statements_at_20_and_50_rows(
    app: Flask, client: FlaskClient, session: Session, now: datetime, path: str
) -> None:
    an_account(session, Role.APPROVER, login="approver")
    counts = []
    for names in (range(20), range(20, 50)):
        proposals(session, now, names=tuple(f"孩子{n}" for n in names))
        ref = session.scalars(select(Match.child_ref).order_by(Match.id)).first()
        session.commit()
        sign_in(client, "approver")
        counts.append(statements(client, f"/staff/matches/{ref}" if path == "in_hand" else path))

    (few, rows_few), (many, rows_many) = counts
    assert (rows_few, rows_many) == (20, 50)
    assert many == few <= 8


def statements(client: FlaskClient, path: str) -> tuple[int, int]:
    """Count the statements of one page, and the rows it shows."""
    seen: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        if statement.split()[0].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        page = body(client, path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen), page.count('class="queue-row"')
