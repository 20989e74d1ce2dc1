"""An approval obeys every rule at the moment it is given, and of two at once one wins."""

import itertools
import threading
from contextlib import suppress
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from models.children import Child, Need
from models.notices import Notice
from models.pledges import Match, Pledge
from models.trace import OrdinaryEntry, StateChange
from services.pairing import approvals, matches, proposing
from services.pairing.approvals import Shown
from services.runs import nights
from services.writing import begin_writing
from tests.factories import OTHER_BANNER, a_child, a_match, a_pledge, viewer
from tests.services.deciding import APPROVER, ENGINE, a_proposal, child_of, withdraw
from vocabulary.enums import (
    ChildStatus,
    DeclineReason,
    MatchStatus,
    NoticeKind,
    PledgeEnd,
    PledgeStatus,
    Role,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    NeedCovered,
    NoConsent,
    NoLongerFits,
    NoPlaceLeft,
    NotFound,
    NotPermitted,
    Refused,
)
from vocabulary.money import Fen


def test_an_approval_starts_the_match_and_supports_the_child(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.JUNIOR)

    card = matches.approve(session, APPROVER, match.child_ref, now=now)

    assert card["status"] is MatchStatus.ACTIVE
    assert (match.decided_by, match.starts_on) == (APPROVER.actor, date(2026, 11, 21))
    assert match.ends_on == date(2032, 9, 1)
    assert child_of(session, match).status is ChildStatus.SUPPORTED


def test_an_approval_tells_the_donor_by_his_own_ref(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    told = session.execute(
        select(Notice.kind, Notice.subject).where(Notice.kind == NoticeKind.MATCHED)
    ).all()
    assert told == [(NoticeKind.MATCHED, f"match:{match.donor_ref}")]


def test_an_approval_leaves_a_trace_and_a_step_of_the_lifecycle(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    entry = session.scalars(select(OrdinaryEntry).order_by(OrdinaryEntry.seq.desc())).first()
    steps = session.execute(
        select(StateChange.to_state, StateChange.by).where(StateChange.kind == "matches")
    ).all()
    assert (entry.act, entry.actor, entry.subject) == (
        "match.approve", APPROVER.actor, f"match:{match.child_ref}",
    )  # fmt: skip
    assert steps == [("active", APPROVER.actor)]


def test_a_counted_pledge_ends_on_the_first_day_it_does_not_cover(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.COUNT, until_count=3)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    assert match.ends_on == date(2027, 3, 1)


def test_who_proposed_by_hand_does_not_approve(session: Session, now: datetime) -> None:
    child, pledge = a_child(session), a_pledge(session)[0]
    need = session.scalars(select(Need)).one()
    both = viewer(Role.CASE_WORKER, Role.APPROVER, actor="account:both")
    ref = proposing.propose_pair(
        session, both, pledge_code=pledge.code, child_ref=child.ref, need_ref=need.ref, now=now
    )

    with pytest.raises(ActedBefore):
        matches.approve(session, both, ref, now=now)

    assert matches.approve(session, APPROVER, ref, now=now)["status"] is MatchStatus.ACTIVE


def test_who_entered_the_child_does_not_approve(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    enterer = viewer(Role.APPROVER, actor="account:enterer")

    with pytest.raises(ActedBefore):
        matches.approve(session, enterer, match.child_ref, now=now)

    assert match.status is MatchStatus.PROPOSED


@pytest.mark.parametrize("role", [Role.CASE_WORKER, Role.CONSOLE, Role.ENGINE, Role.SCHOOL_OFFICER])
def test_only_an_approver_decides(session: Session, now: datetime, role: Role) -> None:
    match = a_proposal(session, now)

    with pytest.raises(NotPermitted):
        matches.approve(session, viewer(role), match.child_ref, now=now)
    with pytest.raises(NotPermitted):
        matches.decline(
            session, viewer(role), match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        )


def test_an_approver_of_another_banner_finds_nothing(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    stranger = viewer(Role.APPROVER, regions=(OTHER_BANNER,))

    assert matches.queue(session, stranger) == []
    for act in (
        lambda: matches.approve(session, stranger, match.child_ref, now=now),
        lambda: matches.step_aside(session, stranger, match.child_ref, now=now),
        lambda: matches.lift(session, stranger, match.child_ref, now=now),
        lambda: approvals.desk(session, stranger, ref=match.child_ref, show=Shown.ALL, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_consent_withdrawn_after_the_proposal_stops_the_approval(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    withdraw(session, match)

    with pytest.raises(NoConsent):
        matches.approve(session, APPROVER, match.child_ref, now=now)

    assert match.status is MatchStatus.PROPOSED


def test_a_need_covered_meanwhile_stops_the_approval(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    a_match(session, a_pledge(session, "13800000002", instalment_fen=Fen(5_000))[0],
            child_of(session, match), need_id=match.need_id)  # fmt: skip

    with pytest.raises(NeedCovered):
        matches.approve(session, APPROVER, match.child_ref, now=now)


def test_a_pledge_without_a_place_stops_the_approval(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    pledge = session.get_one(Pledge, match.pledge_id)
    a_match(session, pledge, a_child(session, name="别人"))

    with pytest.raises(NoPlaceLeft):
        matches.approve(session, APPROVER, match.child_ref, now=now)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": PledgeStatus.PAUSED}, NoPlaceLeft),
        ({"status": PledgeStatus.ENDED}, NoPlaceLeft),
        ({"instalment_fen": Fen(5_000)}, NoPlaceLeft),
        ({"wish_league": "150100000000"}, NoLongerFits),
    ],
)
def test_a_pledge_changed_meanwhile_stops_the_approval(
    session: Session, now: datetime, change: dict[str, object], refusal: type[Refused]
) -> None:
    match = a_proposal(session, now)
    pledge = session.get_one(Pledge, match.pledge_id)
    for name, value in change.items():
        setattr(pledge, name, value)
    session.flush()

    with pytest.raises(refusal):
        matches.approve(session, APPROVER, match.child_ref, now=now)


def test_a_decided_proposal_is_not_decided_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)

    with pytest.raises(AlreadyDecided):
        matches.approve(session, APPROVER, match.child_ref, now=now)
    with pytest.raises(AlreadyDecided):
        matches.decline(
            session, APPROVER, match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        )


def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told(
    app: Flask, session: Session, now: datetime
) -> None:
    ref = a_proposal(session, now).child_ref
    session.commit()
    start, answers = threading.Barrier(2), []

    def approve(actor: str) -> None:
        with app.app_context():
            own = db.session()
            start.wait()
            begin_writing(own)
            try:
                matches.approve(own, viewer(Role.APPROVER, actor=actor), ref, now=now)
                own.commit()
                answers.append("won")
            except AlreadyDecided:
                own.rollback()
                answers.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(f"account:{n}",)) for n in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    active = select(func.count(Match.id)).where(Match.status == MatchStatus.ACTIVE)
    session.rollback()
    assert sorted(answers) == ["told", "won"]
    assert session.scalar(active) == 1


def test_two_proposals_of_one_need_are_not_both_approved_beyond_it(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    need = session.scalars(select(Need)).one()
    for n in "12":
        a_pledge(session, f"1380000000{n}", instalment_fen=Fen(5_000))
    nights.pair_pledges(session, ENGINE, now=now)
    first, second = session.scalars(select(Match.child_ref).order_by(Match.id)).all()
    need.monthly_fen = Fen(5_000)
    session.flush()

    matches.approve(session, APPROVER, first, now=now)
    with pytest.raises(NeedCovered):
        matches.approve(session, APPROVER, second, now=now)

    assert child.status is ChildStatus.SUPPORTED


def test_no_match_has_one_person_at_two_of_its_steps(session: Session, now: datetime) -> None:
    """Whoever enters the child, proposes by hand and approves, in any mixture."""
    people = [viewer(Role.CASE_WORKER, Role.APPROVER, actor=f"account:{one}") for one in "abc"]
    for n, (enters, proposes, approves) in enumerate(itertools.product(people, repeat=3)):
        child = a_child(session, name=f"孩子{n}", entered_by=enters.actor)
        pledge = a_pledge(session, f"138{n:08d}")[0]
        need = session.scalars(select(Need).where(Need.child_id == child.id)).one()
        pair = {"pledge_code": pledge.code, "child_ref": child.ref, "need_ref": need.ref}
        with suppress(ActedBefore):
            ref = proposing.propose_pair(session, proposes, **pair, now=now)
            matches.approve(session, approves, ref, now=now)

    approved = session.execute(
        select(Child.entered_by, Match.proposed_by, Match.decided_by)
        .join(Match, Match.child_id == Child.id)
        .where(Match.status == MatchStatus.ACTIVE)
    ).all()
    assert len(approved) == 3 * 2 * 2  # whoever approves is neither of the other two
    assert [row for row in approved if row.decided_by in row[:2]] == []
