"""The words in which a donor is asked whether restricted money may help other children, by version.

A version once used is never changed: a new wording is a new line.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The question and its two answers; {fen} is written in yuan, {use} and {why} are listed words."""

    question: str
    yes: str
    no: str


CURRENT = "2026-1"
WORDINGS: Mapping[str, Wording] = {
    "2026-1": Wording(
        "你捐的钱里有 {sum} 说好{use}。{why}。这 {sum} 能不能放进爱心备用金，帮别的孩子？",
        "可以，帮别的孩子",
        "不可以，照原来的用途",
    ),
}
