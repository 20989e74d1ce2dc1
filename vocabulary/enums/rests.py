"""What is left under a stopped pledge, and lines of the bank that two desks explain."""

from enum import StrEnum


class RestStatus(StrEnum):
    """Where the rest of a stopped pledge stands. WITHDRAWN: it went back under its pledge unasked."""

    WAITING = "waiting"
    PAYING = "paying"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class RestWay(StrEnum):
    """What its donor says becomes of it."""

    NEXT_CHILD = "next_child"
    TO_FUND = "to_fund"
    PAY_BACK = "pay_back"


class PayBackDesk(StrEnum):
    """Who may know to whom it goes: whoever reads payers, or for what names none the custodian."""

    COLLECTING = "collecting"
    CUSTODY = "custody"


class PayBackStatus(StrEnum):
    """WAITS for its account, MADE out by one, AGREED by another, RELEASED by the paying desk.

    REFUSED by the bank before it left, BOUNCED after: either is made out anew as another one.
    """

    WAITS = "waits"
    MADE = "made"
    AGREED = "agreed"
    RELEASED = "released"
    PAID = "paid"
    BOUNCED = "bounced"
    REFUSED = "refused"


class TieKind(StrEnum):
    """What a credit without any word of ours was.

    Our own payment come back, the bank's mistake, or what a hand kept and pays back.
    """

    BOUNCED = "bounced"
    BANKS_ERROR = "banks_error"
    KEPT = "kept"
