"""How far a pair has faded: what each cause weighs, and that no one donor's silence is enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fading import Care, Cause, Giving, Level, care_fading, pledge_fading

DAYS = st.integers(0, 400)


@pytest.mark.parametrize(
    ("days", "missed", "level"),
    [
        (0, 0, Level.STEADY),
        (16, 0, Level.STEADY),
        (17, 1, Level.SLOWING),
        (30, 1, Level.SLOWING),
        (31, 2, Level.FADING),
        (300, 21, Level.FADING),
    ],
)
def test_meetings_missed_against_a_fortnight_count_after_three_days_of_grace(days, missed, level):
    found = care_fading(Care(every_days=14, since_met=days))

    assert found.level is level
    assert [one.count for one in found.reasons] == ([missed] if missed else [])
    assert found.points == 3 * min(missed, 3)


def test_late_accounts_alone_bring_a_kind_word_and_one_late_account_nothing():
    once, thrice = (care_fading(Care(7, 0, late_accounts=n)) for n in (1, 3))

    assert (once.level, thrice.level) == (Level.STEADY, Level.SLOWING)
    assert [one.cause for one in thrice.reasons] == [Cause.ACCOUNTS]


def test_the_weightiest_reason_is_said_first():
    found = care_fading(Care(7, 40, late_accounts=2, letter_days=70))

    assert [one.cause for one in found.reasons] == [Cause.MISSED, Cause.LETTER, Cause.ACCOUNTS]


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (Giving(), Level.STEADY),
        (Giving(letter_days=4000), Level.STEADY),
        (Giving(unreceipted=1, receipt_days=30), Level.STEADY),
        (Giving(unreceipted=1, receipt_days=30, letter_days=60), Level.SLOWING),
        (Giving(unreceipted=2, receipt_days=30), Level.SLOWING),
        (Giving(unreceipted=9, receipt_days=29), Level.STEADY),
        (Giving(dry_days=1), Level.FADING),
    ],
)
def test_a_pledges_pair(facts, level):
    assert pledge_fading(facts).level is level


@given(st.integers(1, 31), DAYS, st.integers(0, 5), DAYS, DAYS)
def test_more_days_never_make_a_pair_stand_better(every, since, late, letter, more):
    before = care_fading(Care(every, since, late, letter))
    after = care_fading(Care(every, since + more, late, letter + more))

    assert before.points <= after.points <= 15


@given(st.booleans(), st.integers(0, 9), DAYS, DAYS, DAYS)
def test_more_silence_never_makes_a_pledges_pair_stand_better(dry, count, days, letter, more):
    before = pledge_fading(Giving(int(dry), count, days, letter))
    after = pledge_fading(Giving(int(dry), count, days + more, letter + more))

    assert before.points <= after.points <= 11
