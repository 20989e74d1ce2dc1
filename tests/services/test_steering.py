"""Whoever turns down pair after pair does not choose who supports whom by what is left (law 8)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.pledges import Match
from services.pairing import matches
from services.runs import nights
from tests.factories import a_child, a_pledge, viewer
from tests.services.deciding import ENGINE
from vocabulary.enums import DeclineReason, MatchStatus, Role
from vocabulary.errors import TurnedOthersDown

ME = viewer(Role.APPROVER, actor="account:me")
COLLEAGUE = viewer(Role.APPROVER, actor="account:colleague")


def proposed(session, day) -> Match:
    nights.pair_pledges(session, ENGINE, now=day)
    return session.scalars(select(Match).where(Match.status == MatchStatus.PROPOSED)).one()


@pytest.mark.parametrize("turned_down", [1, 2])
def test_after_two_of_his_own_noes_another_approves(session, now, turned_down) -> None:
    for number in range(1, 5):
        a_pledge(session, f"1380000000{number}")
    a_child(session)
    for night in range(turned_down):
        match = proposed(session, now + timedelta(days=night))
        matches.decline(
            session, ME, match.child_ref, reason=DeclineReason.OTHER, note="再看看", now=now
        )
    match = proposed(session, now + timedelta(days=turned_down))

    if turned_down == matches.STEERS_AFTER:
        with pytest.raises(TurnedOthersDown):
            matches.approve(session, ME, match.child_ref, now=now + timedelta(days=4))
    by = COLLEAGUE if turned_down == matches.STEERS_AFTER else ME
    matches.approve(session, by, match.child_ref, now=now + timedelta(days=4))

    assert match.status is MatchStatus.ACTIVE
