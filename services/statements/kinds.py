"""What a line of a statement is: only money that somebody gave is a donation."""

import re

from vocabulary.enums import LineKind
from vocabulary.money import Fen

_INTEREST = re.compile(r"结息|利息|存款息|活期息|季度息|^息$")
_FEE = re.compile(r"手续费|工本费|年费|管理费|账户费|服务费|汇划费|短信费|回单费")
_RETURNED = re.compile(r"退汇|退票|退回|汇款退|被退|冲退|原路退")


def kind_of(text: str, fen: Fen) -> LineKind:
    """Tell by the bank's own words; a sum that leaves is never a donation, whatever it names."""
    if _RETURNED.search(text):
        return LineKind.RETURNED
    if _FEE.search(text) and fen < 0:
        return LineKind.FEE
    if fen < 0:
        return LineKind.OUTGOING
    return LineKind.INTEREST if _INTEREST.search(text) else LineKind.DONATION
