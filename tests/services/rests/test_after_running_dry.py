"""Who paid late and stopped may give his rest to a next child; who still owes, not before he paid."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.children import Need
from models.pledges import Match, Pledge
from services.giving import resting
from services.pairing import market
from services.pledges import changes
from services.vault import vault
from tests.factories import a_child, a_match
from tests.services.gap_fund import (
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    left,
    run,
    sponsored,
)
from tests.services.rests.world import comes, donor_of, in_books, rest_of
from vocabulary.dates import add_months, at
from vocabulary.enums import MatchStatus, PledgeStatus, RestStatus, RestWay
from vocabulary.money import Fen

LATE = SEPTEMBER + timedelta(days=25)
NOW = at(OCTOBER, 10)


def dry_then_stopped(session, fen: int, *, instalment: int = 10_000) -> tuple[Pledge, Match]:
    """September is the fund's, on the 26th the pledge is dry; then so much comes, and he stops."""
    feed(session, 300_000)
    match, reference = sponsored(session, instalment_fen=Fen(instalment))
    pledge = session.get_one(Pledge, match.pledge_id)
    run(session, SEPTEMBER)
    run(session, LATE)
    session.refresh(match)
    assert match.dry_on == LATE
    comes(session, reference, fen, LATE)
    him = donor_of(session, pledge)
    changes.stop(session, him, pledge.donor_ref, reason=None, now=at(LATE, 10))
    run(session, OCTOBER)
    session.refresh(match)
    session.refresh(pledge)
    return pledge, match


def test_paid_after_all_his_rest_may_go_to_a_next_child_and_pays_it_so_many_times(session) -> None:
    pledge, match = dry_then_stopped(session, 34_000)
    before = left(session)
    assert (match.dry_on, in_books(session, pledge)) == (None, (0, 24_000))
    him = donor_of(session, pledge)

    way = RestWay.NEXT_CHILD.value
    resting.answer(session, him, pledge.donor_ref, way, now=NOW)

    assert [one.id for one in market.open_pledges(session)] == [pledge.id]
    child = a_child(session, None, name="乌日娜")
    need_id = session.scalar(select(Need.id).where(Need.child_id == child.id))
    november = add_months(OCTOBER, 1)
    times = pledge.until_count or 0
    following = a_match(
        session, pledge, child, need_id=need_id, starts_on=november, decided_on=OCTOBER,
        ends_on=add_months(november, times),
    )  # fmt: skip
    for n in range(times + 3):
        run(session, add_months(november, n))
    assert [paid for _, paid in instalments(session, following)] == ["donor"] * times
    assert in_books(session, pledge)[0] < 10_000
    assert left(session) <= before
    assert not broken(session, add_months(november, times + 2)).keys() - {"due_against_done"}


@pytest.mark.parametrize("fen", [100, 6_000, 9_999])
def test_less_than_he_owes_is_no_next_childs_and_is_not_forgotten(session, fen) -> None:
    pledge, match = dry_then_stopped(session, fen)

    assert (match.status, pledge.status) == (MatchStatus.ENDED, PledgeStatus.ENDED)
    assert in_books(session, pledge) == (0, fen)
    card = resting.one(session, donor_of(session, pledge), pledge.donor_ref)
    assert card["ways"] == [RestWay.TO_FUND, RestWay.PAY_BACK]
    assert rest_of(session, pledge).status is RestStatus.WAITING
    assert broken(session, OCTOBER) == {}


def test_what_he_owes_comes_first_even_where_the_rest_is_more_than_a_smaller_instalment(
    session,
) -> None:
    pledge, _ = dry_then_stopped(session, 15_000, instalment=20_000)
    pledge.instalment_fen = Fen(10_000)
    session.flush()

    card = resting.one(session, donor_of(session, pledge), pledge.donor_ref)

    assert RestWay.NEXT_CHILD not in card["ways"]
    assert in_books(session, pledge) == (0, 15_000)


def test_once_the_rest_of_what_he_owed_comes_it_is_paid_back_to_the_fund(session) -> None:
    pledge, match = dry_then_stopped(session, 6_000)
    before = left(session)

    comes(session, vault.reference_of(session, pledge.id), 10_000, OCTOBER)
    run(session, OCTOBER + timedelta(days=1))

    assert left(session) == before + 10_000
    assert in_books(session, pledge) == (0, 6_000)
    session.refresh(match)
    assert match.dry_on is None
    assert broken(session, OCTOBER + timedelta(days=1)) == {}
