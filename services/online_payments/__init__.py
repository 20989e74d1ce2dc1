"""Paying through a provider: an order, what the provider says of it, and what it pays out.

`orders` makes and shows them, `taking` books what came exactly once, `asking` settles what nobody
said, `payouts` meets the provider's sums on the bank's statement, `bills` reads its own bill.
"""

from collections.abc import Mapping

from vocabulary.enums import AccountKind, PaymentProvider

HELD_BY: Mapping[PaymentProvider, AccountKind] = {
    PaymentProvider.WECHAT: AccountKind.AT_WECHAT,
    PaymentProvider.ALIPAY: AccountKind.AT_ALIPAY,
}
"""The account of what a provider has taken in and not paid out yet."""
