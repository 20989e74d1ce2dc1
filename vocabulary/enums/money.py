"""What becomes of an instalment, and the books of it."""

from enum import StrEnum


class Route(StrEnum):
    """By whom money comes. OFFICE: the banner's own staff. PERSONAL: an old private arrangement."""

    SCHOOL = "school"
    CARD = "card"
    VILLAGE = "village"
    INSTITUTION = "institution"
    WORK_UNIT = "work_unit"
    OFFICE = "office"
    PERSONAL = "personal"


class RouteReason(StrEnum):
    """Why a child's money comes another way; no hand is ever told."""

    ENTERED = "entered"
    SUSPENDED = "suspended"
    LEFT_SCHOOL = "left_school"
    MOVED = "moved"
    HAND_SILENT = "hand_silent"
    FAMILY_WISH = "family_wish"
    CHECKED = "checked"
    CARD_READY = "card_ready"
    CARD_FAILED = "card_failed"
    OLD_ARRANGEMENT = "old_arrangement"
    OWN_STAFF = "own_staff"
    OTHER = "other"


class HolidayKind(StrEnum):
    WINTER = "winter"
    SUMMER = "summer"
    OTHER = "other"


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
    # What was missing was brought to the family later: of whom, and why, nothing is told.
    MADE_GOOD = "made_good"


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
    """Why a hand could not hand over as listed. OWN_STAFF: a guardian works in the unit itself."""

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
    OWN_STAFF = "own_staff"


class WriteOffReason(StrEnum):
    """Why money that left for a child is given up for lost."""

    LOST = "lost"
    STOLEN = "stolen"
    HAND_GONE = "hand_gone"
    KEPT = "kept"


class LossEnd(StrEnum):
    """What the bank said late of money given up for lost. CAME_TWICE: it had been paid again."""

    CAME = "came"
    CAME_TWICE = "came_twice"
    CAME_BACK = "came_back"


class Answer(StrEnum):
    """What a family says to "did it come?"."""

    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    WRONG_SUM = "wrong_sum"
    WRONG_DAY = "wrong_day"


class CheckWay(StrEnum):
    """How a drawn family is asked: by a message, behind its slip's code, or by a person."""

    SMS = "sms"
    SLIP = "slip"
    CALL = "call"


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


class PaymentProvider(StrEnum):
    """Through whom a donor may pay beside the bank."""

    WECHAT = "wechat"
    ALIPAY = "alipay"


class OnlineOrderStatus(StrEnum):
    """Where one payment through a provider stands.

    UNKNOWN: the provider was asked and did not answer clearly. HELD: another sum came than was
    asked for; it waits at the collecting desk.
    """

    OPEN = "open"
    UNKNOWN = "unknown"
    PAID = "paid"
    HELD = "held"
    CLOSED = "closed"


class EarmarkKind(StrEnum):
    """What money may be used for and for nothing else, by its giver's word."""

    GIRLS = "girls"
    SURGERY = "surgery"
    ONE_CHILD = "one_child"


class GiftPurpose(StrEnum):
    """What a one-time sum pays for, as far as a restriction of money asks."""

    ANY = "any"
    SURGERY = "surgery"


class RedirectReason(StrEnum):
    """Why a donor is asked whether his restricted money may be used for other children."""

    NOBODY_FITS = "nobody_fits"
    ENOUGH = "enough"
    FUND_SHORT = "fund_short"


class UnclaimedWay(StrEnum):
    """What becomes of money whose payer nobody found. CLAIMED: he came forward after all."""

    GIVE_BACK = "give_back"
    TO_FUND = "to_fund"
    CLAIMED = "claimed"


class AccountKind(StrEnum):
    """Ledger accounts; a posting names one of these and, where apt, a pledge or organisation."""

    BANK = "bank"
    PREPAID = "prepaid"
    PROMISED = "promised"
    OWED = "owed"
    IN_TRANSIT = "in_transit"
    UNMATCHED = "unmatched"
    GAP_FUND = "gap_fund"
    # Given to the gap fund for one purpose alone, by the giving pledge.
    EARMARKED = "earmarked"
    # What is left under a stopped pledge, until its donor says what becomes of it.
    REST = "rest"
    # What hands kept and owe us, and what the gap fund bore of it until they pay.
    KEPT = "kept"
    KEPT_BORNE = "kept_borne"
    BANK_FEES = "bank_fees"
    # What a payment provider has taken in for us and not paid out yet.
    AT_WECHAT = "at_wechat"
    AT_ALIPAY = "at_alipay"


class TransactionKind(StrEnum):
    OPENED = "opened"
    RECEIVED = "received"
    INTEREST = "interest"
    BANK_FEE = "bank_fee"
    PAID_OUT = "paid_out"
    PROVIDER_FEE = "provider_fee"
    # Of 待核对到账: to the gap fund, out of it again, or back to where it came from.
    UNCLAIMED = "unclaimed"
    RECLAIMED = "reclaimed"
    GIVEN_BACK = "given_back"
    # Of a stopped pledge: set apart, back under it, to the fund, or back to where it came from.
    RESTED = "rested"
    UNRESTED = "unrested"
    REST_TO_FUND = "rest_to_fund"
    REST_PAID = "rest_paid"
    FUNDED = "funded"
    BRIDGED = "bridged"
    REPAID = "repaid"
    REDIRECTED = "redirected"
    LOST = "lost"
    # What a hand kept of an instalment, and what it paid back of that.
    KEPT = "kept"
    KEPT_PAID = "kept_paid"
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
    # A payment provider pays out what it took in for us, in one sum.
    PAYOUT = "payout"


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
    # Likely what a person booked by hand; a debit without our memo; a fee too dear to be one by its
    # words; what calls itself 退汇 and names nothing of ours.
    BY_HAND = "by_hand"
    NO_MEMO = "no_memo"
    DEAR_FEE = "dear_fee"
    NOT_OURS_BACK = "not_ours_back"


class DebitWas(StrEnum):
    """What a person says a debit without our memo was; UNKNOWN stops all sending."""

    FEE = "fee"
    GIVEN_BACK = "given_back"
    BANKS_ERROR = "banks_error"
    UNKNOWN = "unknown"


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
