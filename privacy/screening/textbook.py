"""People of the English books that every school reads: Li Lei and Han Meimei are nobody's secret."""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator

_FIGURE = re.compile(
    r"(?<![A-Za-z])(?:(?P<sure>Li Lei|Han Mei ?[Mm]ei|Jim Green|Kate Green|Lucy King|Lily King)|Li Ming|Wu Yifan|Wu Binbin|Zhang Peng|Chen Jie|Mike Black|Sarah Miller|Amy Jones|Jenny Smith|Danny Dinosaur|Wei Hua|Liu Tao|Yang Ling|Su Hai|Su Yang|Wang Bing|Gao Shan|Zhou Pei)(?![A-Za-z])"
)
_OF_A_BOOK = re.compile(
    r"课本|课文|教材|英语(?:书|课|第|里)|听力|对话|课里|演|(?i:textbook|dialogue|unit [0-9]|lesson [0-9])"
)
_OWN = re.compile(r"(?:我[叫是]|名字?[是叫]?|(?i:my name is|i am|i'm|this is)) *[:,]? *$")
_NEAR = 14


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield the people of a textbook, unless somebody says it is his own name."""
    book = _OF_A_BOOK.search(text)
    for one in _FIGURE.finditer(text):
        own = _OWN.search(text, max(0, one.start() - _NEAR), one.start())
        if not own and (one["sure"] or book):
            yield one.span()
