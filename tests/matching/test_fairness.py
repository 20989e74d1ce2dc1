from matching.fairness import FEWEST, Seen, shares


def seen(sex, *, met, left, waited=10, answer=None):
    made = [Seen({"sex": sex}, waited, is_met=True, answer=answer)] * met
    return made + [Seen({"sex": sex}, waited * 3, is_met=False)] * left


def test_a_group_met_below_four_fifths_of_everybody_is_flagged_and_stands_first():
    boys, girls = shares(seen("F", met=18, left=2) + seen("M", met=10, left=10), "sex")

    assert (boys.group, boys.pool, boys.met) == ("M", 20, 10)
    assert round(boys.ratio, 3) == round(0.5 / 0.7, 3)
    assert (boys.is_flagged, girls.is_flagged) == (True, False)


def test_exactly_four_fifths_is_not_flagged():
    # 8 of 20 and 12 of 20: half of all are met, and 8 of 20 is four fifths of that.
    fewer, _ = shares(seen("M", met=8, left=12) + seen("F", met=12, left=8), "sex")

    assert fewer.ratio == 0.8
    assert not fewer.is_flagged


def test_a_group_too_small_to_say_is_not_flagged():
    found = shares(seen("F", met=20, left=0) + seen("M", met=0, left=FEWEST - 1), "sex")

    assert [share.is_flagged for share in found] == [False, False]


def test_waiting_and_answers_are_told_of_those_they_are_about():
    (share,) = shares(
        seen("F", met=3, left=1, answer=True) + seen("F", met=1, left=0, answer=False), "sex"
    )

    assert (share.waited_met, share.waited_left) == (10.0, 30.0)
    assert share.accepted == 0.75


def test_when_nobody_was_met_nobody_is_blamed():
    (share,) = shares(seen("F", met=0, left=30), "sex")

    assert share.ratio is None
    assert (share.is_flagged, share.accepted, share.waited_met) == (False, None, None)


def test_a_kind_that_nobody_has_gives_no_groups():
    assert shares(seen("F", met=1, left=1), "ethnicity") == ()
