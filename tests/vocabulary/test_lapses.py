"""Every month of a need is covered by its sponsors or wanted of the fund, never by both."""

import random
from datetime import date

import pytest

from vocabulary.dates import add_months
from vocabulary.enums import Rhythm
from vocabulary.lapses import LATELY_MONTHS, Span, Sponsorship, spans
from vocabulary.schedule import STEP_MONTHS

START = date(2027, 1, 1)
MONTHS = [add_months(START, n) for n in range(72)]
LISTED = (1, 2, 3, 4, 6, 10)


def given(starts: date, ends: date | None = None, **more) -> Sponsorship:
    values = {"key": 1, "rhythm": Rhythm.MONTH, "units": 2} | more
    return Sponsorship(starts_on=starts, ends_on=ends, **values)


def wanted(need: int, sponsors: list[Sponsorship], months: list[date]) -> list[Span]:
    return spans(need, sponsors, months, carried=0, listed=LISTED)


def test_what_was_never_covered_is_not_the_funds() -> None:
    assert wanted(2, [], MONTHS[:6]) == []


def test_from_the_first_month_without_a_sponsor_on_without_an_end() -> None:
    stopped = given(START, date(2027, 4, 1))

    assert wanted(2, [stopped], MONTHS[:6]) == [Span(date(2027, 4, 1), None, 2, 3)]


def test_a_pause_is_covered_to_its_last_month() -> None:
    paused = given(START, pauses=((date(2027, 3, 1), date(2027, 5, 1)),))

    assert wanted(2, [paused], MONTHS[:8]) == [Span(date(2027, 3, 1), date(2027, 5, 1), 2, 2)]


def test_a_successors_first_due_day_ends_it_not_the_day_of_his_approval() -> None:
    stopped = given(START, date(2027, 4, 1))
    follows = given(date(2027, 5, 17), key=2)

    found = wanted(2, [stopped, follows], MONTHS[:8])

    assert found == [Span(date(2027, 4, 1), date(2027, 6, 1), 2, 2)]


def test_no_more_than_was_given_and_no_more_than_is_open() -> None:
    stopped, beside = given(START, date(2027, 4, 1), units=4), given(START, key=2, units=3)

    assert [one.units for one in wanted(6, [stopped, beside], MONTHS[:4])] == [3]
    assert [one.units for one in wanted(20, [stopped, beside], MONTHS[:4])] == [4]
    assert [one.units for one in wanted(8, [given(START, MONTHS[3], units=5)], MONTHS[:4])] == [4]


def test_who_lost_his_sponsor_long_ago_is_not_begun_anew() -> None:
    stopped = given(START, date(2027, 4, 1))

    late = MONTHS[3 + LATELY_MONTHS :]
    assert wanted(2, [stopped], late) == []
    assert spans(2, [stopped], late, carried=2, listed=LISTED) != []


def changed(before: int, after: int, until: date | None = None) -> list[Sponsorship]:
    """A sponsor whose new terms make a new match of his pledge in April."""
    april = date(2027, 4, 1)
    return [
        given(START, april, units=before, pledge=7),
        given(april, until, key=2, units=after, pledge=7),
    ]


def test_who_raises_or_lowers_by_his_own_will_leaves_the_fund_nothing() -> None:
    assert wanted(6, changed(2, 4), MONTHS[:8]) == []
    assert wanted(6, changed(4, 2), MONTHS[:8]) == []


def test_who_changed_his_terms_and_then_stops_is_followed_by_his_latest_terms() -> None:
    may = date(2027, 5, 1)

    for before, after in ((2, 4), (4, 2)):
        found = wanted(6, changed(before, after, may), MONTHS[:8])
        assert found == [Span(may, None, after, 4)]


def test_what_a_successor_covers_is_no_longer_lost() -> None:
    stopped, follows = given(START, date(2027, 4, 1)), given(date(2027, 4, 1), key=2)

    assert wanted(6, [stopped, follows], MONTHS[:8]) == []


def test_two_who_stop_long_after_each_other_are_both_followed() -> None:
    first = given(START, date(2027, 4, 1))
    second = given(START, date(2028, 1, 1), key=2, units=4)

    found = wanted(6, [first, second], MONTHS[:18])

    assert [(one.starts_on, one.units) for one in found] == [
        (date(2027, 4, 1), 2),
        (date(2028, 1, 1), 6),
    ]


@pytest.mark.parametrize("seed", range(300))
def test_each_month_is_covered_once(seed: int) -> None:
    """Over six years, whoever starts, pauses and stops when: a unit is paid once or not at all."""
    dice = random.Random(seed)
    sponsors = [_drawn(dice, key) for key in range(dice.randrange(1, 5))]
    need = max(1, sum(one.units for one in sponsors) - dice.randrange(0, 3))

    found = wanted(need, sponsors, MONTHS)

    for month in MONTHS:
        own = [
            one.units
            for one in found
            if one.starts_on <= month and (one.ends_on is None or month < one.ends_on)
        ]
        sponsored = sum(one.units for one in sponsors if one.covers(month))
        assert len(own) <= 1, seed
        assert not own or sum(own) + sponsored <= need, (seed, month)
        lately = (add_months(month, -n) for n in range(1, LATELY_MONTHS + 1))
        had = max(sum(one.units for one in sponsors if one.covers(back)) for back in lately)
        assert bool(own) or had <= sponsored or need <= sponsored, (seed, month)


def _drawn(dice: random.Random, key: int) -> Sponsorship:
    rhythm = dice.choice(list(Rhythm))
    starts = add_months(START, dice.randrange(0, 60)).replace(day=dice.randrange(1, 28))
    ends = add_months(starts, dice.randrange(1, 40)) if dice.random() < 0.6 else None
    step = STEP_MONTHS[rhythm]
    first = add_months(MONTHS[0], step * dice.randrange(0, 60 // step))
    pauses = ((first, add_months(first, step * dice.randrange(1, 3))),)
    return Sponsorship(
        key, starts, ends, rhythm, dice.choice(LISTED), pauses if dice.random() < 0.4 else ()
    )
