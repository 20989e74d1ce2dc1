"""The ready sentences: none says that a child owes anything, none promises results."""

import re

import pytest

from vocabulary.enums import LetterSide
from vocabulary.letters import sentences

# What a child would say as a debtor, or as somebody who has to earn it by marks.
DEBT = re.compile(r"失望|辜负|报答|回报|恩|一定|保证|争气|对得起|不会让|好好学习|成绩|进步|考")
# What a grown-up would say to one.
DEMANDS = re.compile(r"失望|辜负|报答|恩|争气|成绩|名次|考|一定要|别让")


@pytest.mark.parametrize("sentence", sentences(LetterSide.FAMILY))
def test_no_ready_sentence_makes_a_child_a_debtor_or_promises_results(sentence: str) -> None:
    assert DEBT.search(sentence) is None


@pytest.mark.parametrize("side", [LetterSide.DONOR, LetterSide.VOLUNTEER])
def test_no_ready_sentence_demands_anything_of_a_child(side: LetterSide) -> None:
    assert [one for one in sentences(side) if DEMANDS.search(one)] == []


def test_what_stood_here_before_would_be_found() -> None:
    assert DEBT.search("我会好好学习，不让您失望。")
