"""What a line of a statement is: only money that somebody gave is a donation."""

import re

from vocabulary.bank_fees import most
from vocabulary.enums import LineKind, PaymentProvider
from vocabulary.money import Fen
from vocabulary.refs import find_payment_reference

_INTEREST = re.compile(r"结息|利息|存款息|活期息|季度息|^息$")
# Interest that a giver speaks of is his gift; the bank's own says none of these.
_GIVEN = re.compile(r"捐|助学|善款|爱心|孩子")
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


def speaks_of_a_fee(text: str) -> bool:
    """Say whether a line calls itself a fee."""
    return _FEE.search(text) is not None


def kind_of(text: str, fen: Fen, payer: str = "") -> LineKind:
    """Tell by the bank's own words, as long as none of our references and memos decides.

    A sum that leaves is never a donation, whatever it names; a dear fee is no fee by its words alone.
    """
    if is_payout(text, payer, fen) and not _RETURNED.search(text):
        return LineKind.PAYOUT
    if _RETURNED.search(text):
        return LineKind.RETURNED
    if _FEE.search(text) and -most() <= fen < 0:
        return LineKind.FEE
    if fen < 0:
        return LineKind.OUTGOING
    is_gift = find_payment_reference(text) is not None or _GIVEN.search(text)
    return LineKind.INTEREST if _INTEREST.search(text) and not is_gift else LineKind.DONATION
