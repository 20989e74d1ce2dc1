"""Ways to pay: by bank as ever, and through providers where the settings name them.

The rest of the house knows `Provider` alone; which library speaks to whom stands in one module each.
"""

from gateways.payments.protocol import (
    Account,
    Asked,
    CallbackRefused,
    Paid,
    Provider,
    Standing,
    Step,
    Unreachable,
    WhyRefused,
)

__all__ = [
    "Account",
    "Asked",
    "CallbackRefused",
    "Paid",
    "Provider",
    "Standing",
    "Step",
    "Unreachable",
    "WhyRefused",
]
