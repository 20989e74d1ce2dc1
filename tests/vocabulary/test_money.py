"""Fen are read from what people type, written for them, and split without losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.errors import BadInput
from vocabulary.money import Fen, format_yuan, format_yuan_short, parse_yuan, split


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("100", 10_000), ("１００", 10_000), ("100元", 10_000), ("￥5", 500),
        ("¥1,200.50", 120_050),
        (" 1 000 ", 100_000), ("0.01", 1), ("1.5", 150), ("300块", 30_000), ("200元整", 20_000),
        ("1000000", 100_000_000),
        ("᠑᠐᠐", 10_000),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_people_write_it(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.00",
        "-5",
        "1.234",
        "1,00",
        "一百",
        "100美元",
        "1e3",
        "1000001",
        "NaN",
        "💯",
        "=1+1",
    ],
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_yuan(text)


@pytest.mark.parametrize("text", ["99999999999", "10000000", "1000001", "9,999,999,999", "0"])
def test_a_sum_that_is_too_large_is_one_all_the_same(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_yuan(text)

    assert refused.value.params["reason"] == "out_of_range"


@given(st.integers(1, 100_000_000))
def test_what_is_written_can_be_read_again(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
    assert parse_yuan(format_yuan_short(fen)) == fen


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        fen = parse_yuan(text)
    except BadInput:
        return
    assert 0 < fen <= 100_000_000


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_parts_sum_to_the_whole_and_differ_by_less_than_a_fen(
    total: int, weights: list[int]
) -> None:
    if sum(weights) == 0:
        with pytest.raises(BadInput):
            split(Fen(total), weights)
        return

    parts = split(Fen(total), weights)

    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
