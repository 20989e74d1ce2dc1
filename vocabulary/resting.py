"""The words in which a donor is asked what becomes of the rest of a stopped pledge, by version.

A version once used is never changed: a new wording is a new line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vocabulary.enums import RestWay


@dataclass(frozen=True, slots=True)
class Wording:
    """The question, and what each way does; {sum} is written in yuan, {times} in figures."""

    question: str
    effects: Mapping[RestWay, str]


CURRENT = "2026-1"
WORDINGS: Mapping[str, Wording] = {
    "2026-1": Wording(
        "你停了的一份还余 {sum}。怎么用，你来定；不急，没有答复就一直留着。",
        {
            RestWay.NEXT_CHILD: "给下一个也等着助学金的孩子，照原来的数给 {times} 期，给完自动结束。"
            "结对由工作人员核对，结好了告诉你。",
            RestWay.TO_FUND: "哪个孩子的资助断了，到期那天先由它付。转进去以后不能再退。",
            RestWay.PAY_BACK: "只退回当初付款的账户，两个人核对户名，由银行退。一般 10 个工作日。",
        },
    ),
}
