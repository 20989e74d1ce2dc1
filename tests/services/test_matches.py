"""What becomes of proposals and matches: declined, lapsed, ended; and who steps aside."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.pledges import Exclusion, Match, Pledge
from services.pairing import approvals, matches
from services.pairing.approvals import Block, Shown
from services.runs import nights
from tests.factories import a_child, viewer
from tests.services.deciding import APPROVER, ENGINE, a_proposal, child_of, withdraw
from vocabulary.enums import ChildStatus, DeclineReason, MatchStatus, PledgeEnd, PledgeStatus, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, SteppedAside


def test_a_decline_keeps_its_reason_and_the_pair_stays_apart(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    reason = DeclineReason.CIRCUMSTANCES_CHANGED

    matches.decline(session, APPROVER, match.child_ref, reason=reason, note=" 搬家了 ", now=now)
    nights.pair_pledges(session, ENGINE, now=now + timedelta(days=1))

    assert session.scalar(select(func.count(Match.id))) == 1
    assert (match.status, match.decline_reason, match.decline_note) == (
        MatchStatus.DECLINED, reason, "搬家了",
    )  # fmt: skip


def test_a_lifted_pair_is_proposed_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    reason = DeclineReason.PAPERS_TO_CHECK
    matches.decline(session, APPROVER, match.child_ref, reason=reason, now=now)

    matches.lift(session, APPROVER, match.child_ref, now=now)
    nights.pair_pledges(session, ENGINE, now=now)

    live = select(Match).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).one().id != match.id
    with pytest.raises(AlreadyDecided):
        matches.lift(session, APPROVER, match.child_ref, now=now)


def test_another_reason_must_be_said_in_words(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)

    with pytest.raises(BadInput) as refusal:
        matches.decline(
            session, APPROVER, match.child_ref, reason=DeclineReason.OTHER, note="  ", now=now
        )

    assert refusal.value.params["field"] == "note"


def test_who_steps_aside_decides_nothing_of_that_child_and_the_child_loses_nothing(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    kin = viewer(Role.APPROVER, actor="account:kin")

    matches.step_aside(session, kin, match.child_ref, now=now)
    matches.step_aside(session, kin, match.child_ref, now=now)

    assert approvals.desk(session, kin, ref=match.child_ref, show=Shown.ALL, now=now)["block"] == (
        Block.ASIDE
    )
    for act in (
        lambda: matches.approve(session, kin, match.child_ref, now=now),
        lambda: matches.decline(
            session, kin, match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        ),
    ):
        with pytest.raises(SteppedAside):
            act()
    assert matches.approve(session, APPROVER, match.child_ref, now=now)["status"] is (
        MatchStatus.ACTIVE
    )


def test_a_declined_kinship_is_not_lifted_by_whoever_said_it(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    kin, related = viewer(Role.APPROVER, actor="account:kin"), DeclineReason.RELATED

    matches.decline(session, kin, match.child_ref, reason=related, now=now)

    shut = session.scalars(select(Exclusion)).one()
    assert (match.status, shut.reason) == (MatchStatus.DECLINED, related)
    with pytest.raises(ActedBefore):
        matches.lift(session, kin, match.child_ref, now=now)
    matches.lift(session, APPROVER, match.child_ref, now=now)
    assert shut.lifted_on == date(2026, 11, 21)


def test_an_undecided_proposal_lapses_after_seven_days_and_frees_the_pledge(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    other = a_child(session, name="另一个")

    assert matches.lapse_overdue(session, ENGINE, now=now + timedelta(days=7)) == 0
    assert matches.lapse_overdue(session, ENGINE, now=now + timedelta(days=8)) == 1
    nights.pair_pledges(session, ENGINE, now=now + timedelta(days=8))

    assert (match.status, match.decline_reason) == (
        MatchStatus.LAPSED, DeclineReason.NOT_DECIDED,
    )  # fmt: skip
    live = select(Match.child_id).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).all() == [other.id]


def test_a_proposal_that_breaks_a_rule_by_now_is_taken_back_at_night(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    assert matches.lapse_broken(session, ENGINE, now=now) == 0
    withdraw(session, match)

    assert matches.lapse_broken(session, ENGINE, now=now) == 1
    assert match.status is MatchStatus.LAPSED
    assert session.scalar(select(func.count(Exclusion.id))) == 0


def test_when_a_pledge_ends_its_child_is_open_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    day = date(2026, 12, 1)

    ended = matches.end_of_pledge(
        session, ENGINE, match.pledge_id, on=day, now=now, reason="pledge ended"
    )

    assert (ended, match.status, match.ends_on) == (1, MatchStatus.ENDED, day)
    assert child_of(session, match).status is ChildStatus.OPEN


def test_when_a_childs_record_ends_its_pledge_has_a_place_again(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    other = a_child(session, name="另一个")
    child_of(session, match).status = ChildStatus.ENDED

    matches.end_of_child(
        session, ENGINE, match.child_id, on=date(2026, 12, 1), now=now, reason="moved_away"
    )
    nights.pair_pledges(session, ENGINE, now=now)

    live = select(Match.child_id).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).all() == [other.id]


def test_a_match_whose_term_is_over_ends_and_its_pledge_is_not_matched_again(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.COUNT, until_count=1)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    assert matches.end_of_term(session, ENGINE, now=now) == 0
    later = now + timedelta(days=60)

    assert matches.end_of_term(session, ENGINE, now=later) == 1
    nights.pair_pledges(session, ENGINE, now=later)

    assert match.status is MatchStatus.ENDED
    assert match.ends_on == date(2027, 1, 1)
    assert session.get_one(Pledge, match.pledge_id).status is PledgeStatus.ENDED
    assert session.scalar(select(func.count(Match.id))) == 1
