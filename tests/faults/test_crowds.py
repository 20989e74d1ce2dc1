"""Many press one button at one moment, in threads and in processes: one is heard, the rest are told."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.accounts import Grant
from models.children import Child, Consent, Need
from models.notices import Notice
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.stipends import Fact
from services.children import consents
from services.pairing import matches
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.faults.processes import at_once
from tests.faults.test_same_moment import books_are_sound, count, in_a_request
from tests.plugins.examples import PROFILE
from tests.web.desks import post, sign_in
from tests.web.handing_over import World
from vocabulary import clock
from vocabulary.enums import (
    FactKind,
    GrantStatus,
    MatchStatus,
    NoticeKind,
    PledgeStatus,
    Purpose,
    Role,
)

pytestmark = [pytest.mark.faults, pytest.mark.slow]
THREADS = 20
ROUNDS = 200 if PROFILE == "full" else 12
APPROVERS = [viewer(Role.APPROVER, actor=f"account:approver{n}") for n in range(2)]


def in_threads(app: Flask, now: datetime, *presses: Callable[[], int]) -> list[int]:
    """Let every press begin at the same moment in a thread of its own; return the answers' codes."""
    barrier, codes = threading.Barrier(len(presses)), []

    def press(act: Callable[[], int]) -> None:
        with app.app_context():
            barrier.wait()
            codes.append(act())

    threads = [threading.Thread(target=press, args=(act,)) for act in presses]
    clock.stand_at(now)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        clock.stand_at(None)
    return sorted(codes)


def test_twenty_threads_of_school_and_family_confirm_at_once(
    app: Flask, session: Session, now: datetime
) -> None:
    world = World(app, session, now)
    officer = world.sign_in("school")
    page = officer.get(f"/school/batches/{world.batch}/confirm").get_data(as_text=True)
    order = re.findall(r'name="lines-\d+-ref"[^>]*value="([^"]+)"', page)
    form = {"evidence": "slip_paper"}
    for i, ref in enumerate(order):
        form |= {f"lines-{i}-{name}": "" for name in ("snag", "relation", "handed")}
        form |= {f"lines-{i}-ref": ref}
    session.rollback()

    def school() -> int:
        own = world.sign_in("school")
        return own.post(f"/school/batches/{world.batch}/confirm", data=form).status_code

    def family() -> int:
        phone = app.test_client()
        phone.get(f"/s/{world.tokens[world.refs[0]]}")
        return phone.post("/family/answer", data={"answer": "received"}).status_code

    codes = in_threads(app, now, *[school, family] * (THREADS // 2))

    assert set(codes) <= {200, 302, 303, 503}
    assert codes.count(503) < THREADS  # who waited too long for his turn was told so
    assert count(session, Fact.id, Fact.kind == FactKind.HANDED_OVER) == len(world.refs)
    assert count(session, Fact.id, Fact.kind == FactKind.CONFIRMED) == 1
    assert books_are_sound(session, now)


@pytest.fixture
def rival(session: Session) -> Callable[[], tuple[str, str, int]]:
    """Make a child for whom two different donors are proposed; return both refs and its key."""
    key, made = a_school(session).id, [0]

    def one() -> tuple[str, str, int]:
        made[0] += 1
        child = a_child(session, session.get_one(Organisation, key))
        refs = []
        for n in range(2):
            pledge, _ = a_pledge(session, f"139{made[0]:04d}000{n}")
            match = a_match(
                session, pledge, child, status=MatchStatus.PROPOSED, decided_by=None,
                decided_on=None, starts_on=None, decide_by=date(2026, 12, 1),
                need_id=child_need(session, child),
            )  # fmt: skip
            refs.append(match.child_ref)
        session.commit()
        return refs[0], refs[1], child.id

    return one


def child_need(session: Session, child: Child) -> int:
    return session.scalars(select(Need.id).where(Need.child_id == child.id)).one()


def test_two_officers_approve_two_donors_for_one_child_and_one_wins(
    session: Session, now: datetime, rival
) -> None:
    for n in range(ROUNDS):
        first, second, child_id = rival()

        ends = at_once(*(
            in_a_request(lambda s, by=by, ref=ref: matches.approve(s, by, ref, now=now))
            for by, ref in zip(APPROVERS, (first, second), strict=True)
        ))  # fmt: skip

        assert ends.count("done") == 1, (n, ends)
        active = (Match.child_id == child_id, Match.status == MatchStatus.ACTIVE)
        assert count(session, Match.id, *active) == 1, n
    told = count(session, Notice.id, Notice.kind == NoticeKind.MATCHED)
    assert told == ROUNDS  # the loser's donor hears nothing
    assert books_are_sound(session, now)


def test_an_approval_against_a_consent_withdrawn_leaves_no_match_without_consent(
    session: Session, now: datetime, rival
) -> None:
    worker = viewer(Role.CASE_WORKER, actor="account:worker")
    for n in range(ROUNDS // 2):
        first, _, child_id = rival()
        child_ref = session.get_one(Child, child_id).ref
        session.rollback()

        ends = at_once(
            in_a_request(lambda s, ref=first: matches.approve(s, APPROVERS[0], ref, now=now)),
            in_a_request(
                lambda s, ref=child_ref: consents.withdraw(
                    s, worker, ref, purpose=Purpose.SPONSORSHIP, now=now
                )
            ),
        )

        assert "done" in ends, (n, ends)
        session.rollback()
        begun = session.scalars(
            select(Match.starts_on).where(
                Match.child_id == child_id, Match.status == MatchStatus.ACTIVE
            )
        ).all()
        gone = session.scalars(
            select(Consent.withdrawn_on).where(
                Consent.child_id == child_id, Consent.purpose == Purpose.SPONSORSHIP
            )
        ).all()
        assert gone == [date(2026, 11, 21)], (n, ends)
        if ends != ["done", "done"]:
            assert begun == [], (n, ends)  # the withdrawal was first: nothing began
    assert books_are_sound(session, now)


def test_a_role_revoked_between_the_page_and_the_press_refuses_the_press(
    app: Flask, session: Session, now: datetime, rival
) -> None:
    first, _, child_id = rival()
    an_account(session, Role.APPROVER, login="approver")
    session.commit()
    client = app.test_client()
    sign_in(client, "approver")
    page = client.get("/staff/matches/")
    way = f"/staff/matches/{first}/approve"
    session.rollback()
    session.execute(
        update(Grant).where(Grant.role == Role.APPROVER).values(status=GrantStatus.ENDED)
    )
    session.commit()

    answer = post(client, way)

    assert page.status_code == 200
    assert first in page.get_data(as_text=True)
    assert answer.status_code == 404
    active = (Match.child_id == child_id, Match.status == MatchStatus.ACTIVE)
    assert count(session, Match.id, *active) == 0
    assert session.scalar(select(func.count(Pledge.id)).where(
        Pledge.status == PledgeStatus.CONFIRMED)) == 2  # fmt: skip
