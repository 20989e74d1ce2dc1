"""Sizes from a stated error, and a draw that anybody can make again."""

from datetime import date
from fractions import Fraction

import pytest

from vocabulary import sampling
from vocabulary.sampling import Before


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 0), (1, 1), (10, 10), (100, 50), (240, 69), (3480, 94), (10**6, 97)],
)
def test_sizes_are_those_of_the_finite_population_formula(population, size) -> None:
    assert sampling.size_for(population) == size


def test_a_narrower_error_asks_more() -> None:
    assert sampling.size_for(3480, margin_points=5) == 347


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3), Fraction(99, 100)])
def test_batch_by_batch_a_month_is_asked_its_share_of_the_term_to_within_one(start) -> None:
    batches = [7, 3, 12, 1, 30, 9, 2]
    term = sum(batches) * sampling.MONTHS_A_TERM
    listed = asked = 0
    for more in batches:
        before = Before(listed, asked, start)
        size = sampling.size_of_batch(before, listed=more, term=term, least=0)
        listed, asked = listed + more, asked + size

    assert abs(asked - sampling.size_for(term) / sampling.MONTHS_A_TERM) < 1


def test_the_first_batch_of_a_month_is_drawn_from_no_oftener_than_any_other() -> None:
    """A school of one pupil whose batch always comes first cannot foretell that it is drawn."""
    share = sampling.size_for(240) / 240
    times = sum(
        sampling.size_of_batch(
            Before(start=sampling.start_of(f"seed-{n}")), listed=1, term=240, least=0
        )
        for n in range(2000)
    )

    assert abs(times / 2000 - share) < 0.04


def test_a_school_not_asked_this_term_is_asked_once_and_no_batch_more_than_it_holds() -> None:
    idle = Before(listed=1000, asked=500)

    assert sampling.size_of_batch(idle, listed=5, term=6000, least=1) == 1
    assert sampling.size_of_batch(idle, listed=5, term=6000, least=0) == 0
    assert sampling.size_of_batch(idle, listed=0, term=6000, least=1) == 0
    assert sampling.size_of_batch(Before(), listed=2, term=2, least=1) == 2


def test_the_draw_depends_on_seed_and_refs_alone() -> None:
    refs = [f"REF{n}" for n in range(50)]

    first = sampling.drawn("SEED", refs, 7)

    assert sampling.drawn("SEED", list(reversed(refs)), 7) == first
    assert sampling.drawn("SEED", refs, 8)[:7] == first
    assert sampling.drawn("OTHER", refs, 7) != first


def test_every_ref_is_drawn_about_as_often() -> None:
    refs = [f"REF{n}" for n in range(20)]
    times = dict.fromkeys(refs, 0)
    for seed in range(2000):
        for ref in sampling.drawn(f"seed-{seed}", refs, 5):
            times[ref] += 1

    assert min(times.values()) > 420
    assert max(times.values()) < 580


def test_terms_begin_in_march_and_september() -> None:
    assert sampling.term_of(date(2026, 8, 1)) == (date(2026, 3, 1), date(2026, 9, 1))
    assert sampling.term_of(date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 3, 1))
    assert sampling.term_of(date(2027, 2, 1)) == (date(2026, 9, 1), date(2027, 3, 1))
