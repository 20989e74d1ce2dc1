"""What a line of a statement is: only money that somebody gave is a donation."""

import re

from vocabulary.enums import LineKind, PaymentProvider
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference

_INTEREST = re.compile(r"结息|利息|存款息|活期息|季度息|^息$")
_FEE = re.compile(r"手续费|工本费|年费|管理费|账户费|服务费|汇划费|短信费|回单费")
_RETURNED = re.compile(r"退汇|退票|退回|汇款退|被退|冲退|原路退")
# A provider pays out under its own company's name; a donor's transfer through it says none of these.
_PROVIDERS = {
    PaymentProvider.WECHAT: re.compile(r"财付通|微信支付|腾讯支付"),
    PaymentProvider.ALIPAY: re.compile(r"支付宝"),
}
_PAYOUT = re.compile(r"结算|清算|提现|划款|划付|备付金|交易款|T\+?1", re.IGNORECASE)


def provider_of(text: str) -> PaymentProvider | None:
    """Return the one payment provider whose name stands in a line."""
    found = [kind for kind, name in _PROVIDERS.items() if name.search(text)]
    return found[0] if len(found) == 1 else None


def is_payout(text: str, payer: str, fen: Fen) -> bool:
    """Say whether a provider pays out: its company pays, and the line speaks of settling."""
    is_companys = payer == "" or provider_of(payer) is not None
    said = f"{payer} {text}"
    return (
        fen > 0
        and is_companys
        and provider_of(said) is not None
        and _PAYOUT.search(said) is not None
        and find_payment_reference(text) is None
    )


def kind_of(text: str, fen: Fen, payer: str = "") -> LineKind:
    """Tell by the bank's own words; a sum that leaves is never a donation, whatever it names."""
    if is_payout(text, payer, fen) and not _RETURNED.search(text):
        return LineKind.PAYOUT
    if _RETURNED.search(text):
        return LineKind.RETURNED
    if _FEE.search(text) and fen < 0:
        return LineKind.FEE
    if fen < 0:
        return LineKind.OUTGOING
    return LineKind.INTEREST if _INTEREST.search(text) else LineKind.DONATION
