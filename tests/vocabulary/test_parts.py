"""Parts of several givers add up to the whole, whatever came, went and came back."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vocabulary.money import Fen
from vocabulary.parts import ITSELF, Moved, Paid, of_moves

DAY = date(2026, 9, 1)
PAYMENTS = st.lists(
    st.tuples(
        st.integers(1, 100_000),
        st.dictionaries(st.integers(1, 5), st.integers(0, 9_999), max_size=5),
    ),
    min_size=1,
    max_size=6,
)


def paid(fen, **shares):
    return Paid(DAY, Fen(fen), {ord(name) - 96: share for name, share in shares.items()})


def moved(fen, about=0):
    return Moved(DAY, fen, about)


def test_a_payment_is_divided_by_what_each_said_to_the_fen():
    assert paid(10_000, a=50, b=30, c=20).parts == {1: 5_000, 2: 3_000, 3: 2_000}
    assert paid(100, a=1, b=1, c=1).parts == {1: 34, 2: 33, 3: 33}


def test_with_nobody_on_the_list_it_is_the_wholes_own():
    assert paid(10_000).parts == {ITSELF: 10_000}
    assert paid(10_000, a=0).parts == {ITSELF: 10_000}


def test_the_oldest_money_goes_first_whoever_joined_since():
    both = [paid(10_000, a=1), paid(10_000, b=1)]

    assert of_moves(both, [moved(10_000), moved(6_000)]) == [{1: 10_000}, {2: 6_000}]


def test_what_comes_back_is_his_again_and_goes_first_again():
    both = [paid(10_000, a=3, b=1), paid(10_000, c=1)]

    found = of_moves(both, [moved(10_000, 7), moved(-10_000, 7), moved(12_000, 8)])

    assert found == [{1: 7_500, 2: 2_500}, {1: -7_500, 2: -2_500}, {1: 7_500, 2: 2_500, 3: 2_000}]


def test_what_comes_back_in_another_sum_is_nobodys_but_the_wholes():
    found = of_moves([paid(10_000, a=1)], [moved(8_000, 7), moved(-5_000, 7), moved(7_000, 8)])

    assert found == [{1: 8_000}, {ITSELF: -5_000}, {1: 2_000, ITSELF: 5_000}]


@given(PAYMENTS, st.lists(st.integers(1, 40_000), max_size=12), st.data())
def test_no_fen_is_lost_and_nobody_pays_more_than_his_part(payments, wanted, data):
    came = [Paid(DAY, Fen(fen), shares) for fen, shares in payments]
    there, moves, out = sum(one.fen for one in came), [], []
    for about, fen in enumerate(wanted):
        if out and data.draw(st.booleans()):
            back = out.pop(data.draw(st.integers(0, len(out) - 1)))
            moves.append(moved(-back.fen, back.about))
            there += back.fen
        if fen <= there:
            moves.append(moved(fen, about))
            out.append(moves[-1])
            there -= fen

    found = of_moves(came, moves)

    assert all(sum(one.parts.values()) == one.fen for one in came)
    assert [sum(parts.values()) for parts in found] == [one.fen for one in moves]
    mine = {key for one in came for key in one.parts}
    for key in mine:
        gave = sum(one.parts.get(key, 0) for one in came)
        assert 0 <= sum(parts.get(key, 0) for parts in found) <= gave
