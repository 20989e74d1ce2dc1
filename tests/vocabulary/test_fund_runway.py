"""How far the fund reaches: for each and for all, by one stated rule."""

from datetime import date

from vocabulary.enums import Rhythm
from vocabulary.fund_runway import HORIZON_MONTHS, Burden, reach
from vocabulary.money import Fen

TODAY = date(2026, 11, 22)


def burden(key: int, fen: int = 10_000, **more) -> Burden:
    return Burden(key, Fen(fen), **({"rhythm": Rhythm.MONTH, "from_on": TODAY} | more))


def test_nobody_to_carry_lasts_as_far_as_anybody_looks() -> None:
    found = reach(100, [], after=TODAY)

    assert (found.in_all, found.first_failure) == (HORIZON_MONTHS, None)


def test_the_longest_waiting_is_carried_longest_and_all_only_together() -> None:
    found = reach(30_000, [burden(1), burden(2)], after=TODAY)

    assert found.months == {1: 2, 2: 1}
    assert found.fails_on == {1: date(2027, 2, 1), 2: date(2027, 1, 1)}
    assert (found.in_all, found.first_failure) == (1, date(2027, 1, 1))


def test_what_is_out_of_reach_leaves_its_money_to_smaller_ones() -> None:
    found = reach(25_000, [burden(1, 30_000), burden(2)], after=TODAY)

    assert found.months == {1: 0, 2: 2}


def test_whoever_comes_later_costs_nothing_before_and_a_pause_nothing_after() -> None:
    later = burden(1, from_on=date(2027, 1, 1))
    paused = burden(2, until_on=date(2027, 1, 1))

    found = reach(30_000, [later, paused], after=TODAY)

    assert found.fails_on == {1: date(2027, 3, 1)}
    assert found.months == {1: 3, 2: HORIZON_MONTHS}


def test_a_term_costs_its_sum_on_its_own_days() -> None:
    found = reach(60_000, [burden(1, 60_000, rhythm=Rhythm.TERM)], after=TODAY)

    assert found.fails_on == {1: date(2027, 9, 1)}
    assert burden(1, 60_000, rhythm=Rhythm.TERM).monthly == 10_000
