"""What becomes of an instalment, and the books of it."""

from enum import StrEnum


class Route(StrEnum):
    SCHOOL = "school"
    CARD = "card"
    VILLAGE = "village"
    INSTITUTION = "institution"
    WORK_UNIT = "work_unit"


class FactKind(StrEnum):
    """What happened to an instalment; BRIDGED: the gap fund paid, whatever its donor does.

    A fact is taken back by a further row that names it.
    """

    PROMISED = "promised"
    RECEIVED = "received"
    BRIDGED = "bridged"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    NOT_HANDED_OVER = "not_handed_over"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"


class StipendStatus(StrEnum):
    """Derived from the facts, never stored."""

    DUE = "due"
    FUNDED = "funded"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    IN_DISPUTE = "in_dispute"
    HELD_UP = "held_up"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"


class Snag(StrEnum):
    """Why a school could not hand over as listed."""

    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    LEFT_SCHOOL = "left_school"
    BOARDING = "boarding"
    SOMEONE_ELSE = "someone_else"
    REFUSED = "refused"
    PARTLY = "partly"
    WRONG_DETAILS = "wrong_details"
    UNDELIVERABLE = "undeliverable"


class WriteOffReason(StrEnum):
    """Why money that left for a child is given up for lost."""

    LOST = "lost"
    STOLEN = "stolen"
    HAND_GONE = "hand_gone"


class Answer(StrEnum):
    """What a family says to "did it come?"."""

    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    WRONG_SUM = "wrong_sum"


class Outcome(StrEnum):
    """What staff found out about a family's "it did not come"."""

    CAME_LATER = "came_later"
    MADE_GOOD = "made_good"
    MISUNDERSTOOD = "misunderstood"
    NOT_RECEIVED = "not_received"


class Evidence(StrEnum):
    """On what a fact rests."""

    WORD = "word"
    SLIP_PHOTO = "slip_photo"
    SLIP_SCAN = "slip_scan"
    SLIP_PAPER = "slip_paper"
    LINK = "link"
    ASSISTED = "assisted"
    BANK = "bank"
    LEDGER = "ledger"
    STORY = "story"


class AccountKind(StrEnum):
    """Ledger accounts; a posting names one of these and, where apt, a pledge or organisation."""

    BANK = "bank"
    PREPAID = "prepaid"
    PROMISED = "promised"
    OWED = "owed"
    IN_TRANSIT = "in_transit"
    UNMATCHED = "unmatched"
    GAP_FUND = "gap_fund"
    INTEREST = "interest"
    BANK_FEES = "bank_fees"


class TransactionKind(StrEnum):
    OPENED = "opened"
    RECEIVED = "received"
    INTEREST = "interest"
    BANK_FEE = "bank_fee"
    FUNDED = "funded"
    BRIDGED = "bridged"
    REPAID = "repaid"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"
    REVERSED = "reversed"


class LineKind(StrEnum):
    """What a line of the bank's statement is. Interest, fees and what came back are no donations."""

    DONATION = "donation"
    OUTGOING = "outgoing"
    INTEREST = "interest"
    FEE = "fee"
    RETURNED = "returned"


class LineState(StrEnum):
    """Where a line of a statement stands; KNOWN was in a statement before.

    Of what left or came back: SETTLED fits a batch to the fen, UNSETTLED names one and does not.
    """

    MATCHED = "matched"
    SPLIT = "split"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    KNOWN = "known"
    ASIDE = "aside"
    SETTLED = "settled"
    UNSETTLED = "unsettled"


class LineReason(StrEnum):
    """Why a line of a statement waits, is only suggested, or settles no batch."""

    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    TYPING_ERROR = "typing_error"
    ANNOUNCED = "announced"
    SOME_UNKNOWN = "some_unknown"
    DOES_NOT_SPLIT = "does_not_split"
    UNKNOWN_MEMO = "unknown_memo"
    SEVERAL_MEMOS = "several_memos"
    WRONG_SUM = "wrong_sum"
    TOO_EARLY = "too_early"
    PAID_TWICE = "paid_twice"
    BACK_TWICE = "back_twice"
    NOT_SENT_YET = "not_sent_yet"
    HAND_SPOKE = "hand_spoke"


class FundReason(StrEnum):
    """Why the gap fund carries a child, or soon has to."""

    STOPPED = "stopped"
    PAUSED = "paused"
    DRY = "dry"
    UNPAID = "unpaid"
    ENDING = "ending"


class BatchStatus(StrEnum):
    """ORDERED: the bank has the order. UNCLEAR: it did not say what became of it."""

    OPEN = "open"
    ORDERED = "ordered"
    UNCLEAR = "unclear"
    SENT = "sent"
    CLOSED = "closed"


class BankAnswer(StrEnum):
    """What the bank did with one line of a payment order."""

    PAID = "paid"
    NOT_PAID = "not_paid"
    UNCLEAR = "unclear"


class SetAsideReason(StrEnum):
    """Why an instalment that was due was not opened."""

    PAUSED = "paused"
    NO_CONSENT = "no_consent"
    BAD_RECORD = "bad_record"
