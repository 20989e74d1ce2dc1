"""A successor begins where what is paid already ends: no month twice, none left out (law 4)."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.pledges import Match, PledgeChange
from models.stipends import Stipend
from tests.services.gap_fund import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    own_matches,
    pay,
    run,
    sponsored,
)
from tests.services.test_standing_in import ended, stopped_in_october, successor
from vocabulary.dates import add_months, at
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    ChildStatus,
    EndReason,
    MatchStatus,
    PledgeEnd,
    Rhythm,
)
from vocabulary.money import Fen

DRY = date(2026, 9, 21)
MARCH = date(2027, 3, 1)
MONTHS = {Rhythm.TERM: 6, Rhythm.YEAR: 12}


def months_paid(session: Session) -> list[date]:
    """Every month that somebody has paid for, as often as it was paid."""
    rows = session.execute(
        select(Stipend.due_on, Match.rhythm, Match.id)
        .join(Match, Match.id == Stipend.match_id)
        .where(Stipend.is_funded)
    )
    return sorted(
        add_months(due, n) for due, rhythm, _ in rows for n in range(MONTHS.get(rhythm, 1))
    )


def test_approved_on_a_due_day_after_the_run_he_leaves_that_day_to_the_fund(
    session: Session,
) -> None:
    match = stopped_in_october(session)
    run(session, OCTOBER)
    run(session, NOVEMBER)

    follows = successor(session, match, NOVEMBER)
    run(session, date(2026, 11, 2))
    run(session, DECEMBER)

    (own,) = own_matches(session)
    assert (follows.starts_on, own.ends_on) == (DECEMBER, DECEMBER)
    assert months_paid(session) == [SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER]
    assert broken(session, DECEMBER) == {}


def test_approved_on_a_due_day_before_the_run_he_pays_it(session: Session) -> None:
    match = stopped_in_october(session)
    run(session, OCTOBER)

    follows = successor(session, match, NOVEMBER)
    run(session, NOVEMBER)

    assert follows.starts_on == NOVEMBER
    assert instalments(session, follows) == [(NOVEMBER, "donor")]
    assert months_paid(session) == [SEPTEMBER, OCTOBER, NOVEMBER]


def test_approved_on_a_due_day_that_the_fund_paid_for_one_run_dry(session: Session) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)
    for day in (SEPTEMBER, DRY, OCTOBER, NOVEMBER):
        run(session, day)

    follows = successor(session, match, NOVEMBER)
    run(session, date(2026, 11, 2))
    run(session, DECEMBER)

    assert (follows.starts_on, match.ends_on) == (DECEMBER, DECEMBER)
    assert months_paid(session) == [SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER]
    assert broken(session, DECEMBER) == {}


@pytest.mark.parametrize(
    ("rhythm", "fen", "end"),
    [(Rhythm.TERM, 60_000, MARCH), (Rhythm.YEAR, 120_000, date(2027, 9, 1))],
)
def test_a_term_or_year_that_the_fund_paid_is_not_paid_by_the_month_as_well(
    session: Session, rhythm: Rhythm, fen: int, end: date
) -> None:
    feed(session, 288_800)
    match, _ = sponsored(session, instalment_fen=Fen(fen), rhythm=rhythm)
    run(session, SEPTEMBER)
    run(session, DRY)

    follows = successor(session, match, date(2026, 10, 5))
    day = NOVEMBER
    while day <= end:
        run(session, day)
        day = add_months(day, 1)

    assert (follows.starts_on, match.ends_on) == (end, end)
    paid = months_paid(session)
    assert len(paid) == len(set(paid)) == MONTHS[rhythm] + 1
    assert broken(session, end) == {}


def test_a_term_that_its_sponsor_paid_before_he_stopped_is_not_paid_again(
    session: Session,
) -> None:
    match, reference = sponsored(session, instalment_fen=Fen(60_000), rhythm=Rhythm.TERM)
    pay(session, reference, 60_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, date(2026, 10, 20))

    follows = successor(session, match, date(2026, 10, 25))
    run(session, DECEMBER)

    assert follows.starts_on == MARCH
    assert instalments(session, follows) == []


def test_a_term_that_nobody_paid_keeps_no_successor_waiting_and_is_no_more_the_funds(
    session: Session,
) -> None:
    match, _ = sponsored(session, instalment_fen=Fen(60_000), rhythm=Rhythm.TERM)
    run(session, SEPTEMBER)
    run(session, DRY)

    follows = successor(session, match, date(2026, 10, 5))
    feed(session, 288_800, on=date(2026, 10, 6))
    run(session, date(2026, 10, 7))
    run(session, NOVEMBER)

    assert instalments(session, match) == [(SEPTEMBER, "nobody")]
    assert instalments(session, follows) == [(NOVEMBER, "donor")]
    assert months_paid(session) == [NOVEMBER]


def test_a_term_opened_on_the_day_of_approval_and_paid_by_nobody_costs_one_month(
    session: Session,
) -> None:
    match, _ = sponsored(session, instalment_fen=Fen(60_000), rhythm=Rhythm.TERM)
    for day in (SEPTEMBER, DRY, MARCH):
        run(session, day)

    follows = successor(session, match, MARCH)
    feed(session, 288_800, on=MARCH)
    run(session, date(2027, 3, 2))

    assert (follows.starts_on, match.ends_on) == (date(2027, 4, 1), date(2027, 4, 1))
    assert instalments(session, match) == [(SEPTEMBER, "nobody"), (MARCH, "nobody")]
    assert broken(session, date(2027, 3, 2)) == {}


def test_where_the_need_has_room_for_both_nothing_moves(session: Session) -> None:
    feed(session, 188_800)
    match, _ = sponsored(session, instalment_fen=Fen(60_000), rhythm=Rhythm.TERM)
    session.execute(update(Need).values(monthly_fen=Fen(20_000)))
    run(session, SEPTEMBER)
    run(session, DRY)

    follows = successor(session, match, date(2026, 10, 5))
    run(session, NOVEMBER)

    assert follows.starts_on == date(2026, 10, 5)
    assert instalments(session, follows) == [(NOVEMBER, "donor")]


def test_a_number_of_times_is_counted_from_where_he_begins(session: Session) -> None:
    match = stopped_in_october(session)
    run(session, OCTOBER)

    follows = successor(session, match, OCTOBER, until=PledgeEnd.COUNT, until_count=3)

    assert (follows.starts_on, follows.ends_on) == (NOVEMBER, date(2027, 2, 1))


def test_who_ends_on_a_due_day_after_the_run_has_given_that_month(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 30_000, SEPTEMBER)
    run(session, SEPTEMBER)
    run(session, OCTOBER)

    ended(session, match, OCTOBER)
    run(session, date(2026, 10, 2))
    run(session, NOVEMBER)

    assert months_paid(session) == [SEPTEMBER, OCTOBER, NOVEMBER]
    assert [instalments(session, own) for own in own_matches(session)] == [[(NOVEMBER, "fund")]]
    assert broken(session, NOVEMBER) == {}


@pytest.mark.parametrize(("before", "after"), [(10_000, 20_000), (20_000, 10_000)])
def test_who_changes_his_sum_makes_the_fund_add_nothing(
    session: Session, before: int, after: int
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session, instalment_fen=Fen(before))
    session.execute(update(Need).values(monthly_fen=Fen(30_000)))
    pay(session, reference, 110_000, SEPTEMBER)
    run(session, SEPTEMBER)
    change = PledgeChange(
        pledge_id=match.pledge_id,
        kind=ChangeKind.TERMS,
        status=ChangeStatus.WAITING,
        effective_on=OCTOBER,
        instalment_fen=Fen(after),
        rhythm=Rhythm.MONTH,
        asked_at=at(SEPTEMBER, 10),
    )
    session.add(change)

    run(session, OCTOBER)
    run(session, NOVEMBER)

    assert own_matches(session) == []
    assert broken(session, NOVEMBER) == {}


def test_what_the_fund_will_never_pay_keeps_nothing_of_its_money_back(session: Session) -> None:
    """An ended child's instalment stands unpaid; the fund has enough for the one who needs it."""
    gone, _ = sponsored(session, "13800000009", name="包晓军")
    run(session, SEPTEMBER)
    child = session.get_one(Child, gone.child_id)
    child.status, child.end_reason = ChildStatus.ENDED, EndReason.ADOPTED
    child.ended_on = gone.ends_on = date(2026, 9, 2)
    gone.status = MatchStatus.ENDED
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    feed(session, 15_000)
    run(session, date(2026, 9, 3))
    ended(session, match, OCTOBER)

    run(session, OCTOBER)

    (own,) = own_matches(session)
    assert instalments(session, own) == [(OCTOBER, "fund")]
