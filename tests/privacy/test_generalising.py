"""Whole populations: every set of words is said of five children, and no count tells of fewer."""

from collections import Counter
from random import Random

from matching.wishes import Wishes, wish_counts
from privacy.generalising import FEWEST_ALIKE, STEP, Profile, coarsened, in_fives
from tests.plugins.examples import for_seeds

STAGES, LEAGUES, SEXES = ("preschool", "primary", "junior", "senior"), ("L1", "L2", "L3"), "FM"
ROUNDS = 300


def some_children(dice):
    sizes = dice.choice(((0, 1, 2), (0, 1, 4, 5, 6), (0, 0, 3, 30)))
    found = {Profile(s, l): dice.choice(sizes) for s in STAGES for l in LEAGUES}  # noqa: E741
    return {profile: count for profile, count in found.items() if count}


@for_seeds(ROUNDS)
def test_every_set_of_words_is_said_of_five_or_nothing_is_said(seed):
    children = some_children(Random(seed))
    said = coarsened(children)

    sizes = Counter()
    for profile, count in children.items():
        sizes[said[profile]] += count
    nothing = Profile(None, None)

    assert all(size >= FEWEST_ALIKE for words, size in sizes.items() if words != nothing)
    assert sizes[nothing] == 0 or sizes[nothing] >= FEWEST_ALIKE or set(sizes) == {nothing}


@for_seeds(ROUNDS)
def test_what_is_said_is_true_and_the_league_goes_first(seed):
    said = coarsened(some_children(Random(seed)))

    assert set(said.values()) <= {
        words for own in said for words in (own, Profile(own.stage, None), Profile(None, None))
    }
    assert all(words.stage in (None, own.stage) for own, words in said.items())
    assert all(words.league in (None, own.league) for own, words in said.items())


def test_five_are_told_of_in_full_and_four_are_not():
    said = coarsened({Profile("primary", "L1"): 5, Profile("primary", "L2"): 4})

    # The four alone in coarser words would be known to be the four: the five go with them.
    assert set(said.values()) == {Profile("primary", None)}


def test_large_classes_keep_their_words():
    profiles = {
        Profile("primary", "L1"): 30,
        Profile("primary", "L2"): 5,
        Profile("junior", "L1"): 8,
    }

    assert coarsened(profiles) == {profile: profile for profile in profiles}


def a_pool(dice):
    every = [(league, stage, sex) for league in LEAGUES for stage in STAGES for sex in SEXES]
    return {key: dice.choice((0, 1, 1, 2, 4, 5, 9, 23)) for key in every}


@for_seeds(ROUNDS)
def test_whoever_is_alone_could_be_nobody_or_several(seed):
    """A world with other counts gives the same answers to every question that can be asked."""
    dice = Random(seed)
    pool = a_pool(dice)
    lone = [key for key, count in pool.items() if 0 < count < FEWEST_ALIKE]
    steps = in_fives(pool)

    for key in lone:
        others = [_fitted(pool, key, count) for count in (0, 1, 2, 3, 4) if steps[key] == 0]
        others += [_fitted(pool, key, count) for count in (1, 2, 5, 9) if steps[key] == STEP]
        assert len(others) >= 4
        assert all(in_fives(other) == steps for other in others)


def _fitted(pool, key, count):
    """Return a pool with this count there that has the same steps as the given one, by its neighbours."""
    steps, keys = in_fives(pool), sorted(pool, key=repr)
    other, at = {}, keys.index(key)
    before = sum(steps[one] for one in keys[:at])
    running = 0
    for n, one in enumerate(keys):
        bins = sum(steps[each] for each in keys[: n + 1])
        if n < at:
            ends = bins + (_room(count, steps[key]) if n == at - 1 or bins == before else 0)
        elif n == at:
            ends = running + count
        else:
            ends = max(running, bins)
        other[one], running = ends - running, ends
    assert min(other.values()) >= 0
    return other


def _room(count, step):
    """Where the count before has to end within its five, so that the wanted one fits after it."""
    return max(0, step - count) if step else 0


@for_seeds(60)
def test_every_run_of_counts_is_right_within_four(seed):
    pool = a_pool(Random(seed))
    steps, keys = in_fives(pool), sorted(pool, key=repr)

    for n in range(len(keys) + 1):
        exact, said = (sum(one[key] for key in keys[:n]) for one in (pool, steps))
        assert 0 <= exact - said < STEP
    assert all(count % STEP == 0 for count in steps.values())


def test_no_wish_is_answered_by_fewer_than_five():
    pool = in_fives({("L1", "primary", "F"): 1, ("L1", "primary", "M"): 13})
    by_sex = {(sex, stage, league): count for (league, stage, sex), count in pool.items()}

    assert wish_counts(by_sex, Wishes(sex="F")).fit == 0
    assert wish_counts(by_sex, Wishes()).fit == 10
