"""Who may know what: reveals, requests to see, incidents, and two people's changes."""

from enum import StrEnum


class AmendmentKind(StrEnum):
    """What two people change together."""

    CHILD_IDENTITY = "child_identity"
    SCHOOL_ACCOUNT = "school_account"
    SCHOOL_CONTACT = "school_contact"
    CHILD_CARD = "child_card"
    KIN_PHONE = "kin_phone"


class AmendmentStatus(StrEnum):
    """AGREED: both said yes, and it holds after some days (a school's other account)."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"
    TURNED_DOWN = "turned_down"


class TransferStatus(StrEnum):
    """A child handed over to another banner: until it is accepted all stays with the old one."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    TURNED_DOWN = "turned_down"
    TAKEN_BACK = "taken_back"


class Called(StrEnum):
    """Who was told at once that a child may be harmed."""

    POLICE = "police"
    HOTLINE = "hotline"
    CIVIL_AFFAIRS = "civil_affairs"
    NOT_YET = "not_yet"


class Complained(StrEnum):
    """Whom a fear for a child is about: the case goes round these people."""

    UNKNOWN = "unknown"
    FAMILY = "family"
    SCHOOL = "school"
    VILLAGE = "village"
    VOLUNTEER = "volunteer"
    OFFICE = "office"


class HarmOutcome(StrEnum):
    """How a fear for a child ended."""

    MISTAKE = "mistake"
    SAFE = "safe"
    HANDED_ON = "handed_on"


class RevealSide(StrEnum):
    """Who asked to know the other (双方愿意时互相认识)."""

    DONOR = "donor"
    FAMILY = "family"


class RevealStatus(StrEnum):
    """What became of one side's asking; the asker is shown SHOWN and nothing else of it.

    ASKED: the other side has not been asked yet. PUT: it has been. ENDED: the asker took it back.
    """

    ASKED = "asked"
    PUT = "put"
    DECLINED = "declined"
    AGREED = "agreed"
    CHECKING = "checking"
    TURNED_DOWN = "turned_down"
    SHOWN = "shown"
    ENDED = "ended"


class ChildWord(StrEnum):
    """What the child itself said to being known, asked by the staff."""

    WILLING = "willing"
    UNWILLING = "unwilling"
    TOO_YOUNG = "too_young"


class RevealBar(StrEnum):
    """Why the staff let nothing be shown."""

    CHILD_UNWILLING = "child_unwilling"
    GUARDIAN_UNWILLING = "guardian_unwilling"
    NOT_SUITABLE = "not_suitable"


class Chain(StrEnum):
    ORDINARY = "ordinary"
    CUSTODIAN = "custodian"


class CustodyStatus(StrEnum):
    """A request to join the halves for one pledge: agreed by a second person, looked at once."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SHOWN = "shown"


class CustodyReason(StrEnum):
    """Why an identity has to be known. The donor is told which of these it was."""

    WRONG_PAYMENT = "wrong_payment"
    RECEIPT_BY_LAW = "receipt_by_law"
    DONOR_ASKED = "donor_asked"
    SAFETY = "safety"
    COURT_OR_POLICE = "court_or_police"
    OTHER = "other"


class AskedFor(StrEnum):
    """For whom the custodian asks."""

    CUSTODIAN = "custodian"
    APPROVER = "approver"
    AUTHORITY = "authority"


class AccessStatus(StrEnum):
    """A look into the details of a child not one's own. OPENED: in an emergency, at once."""

    ASKED = "asked"
    OPENED = "opened"
    GRANTED = "granted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class AccessReason(StrEnum):
    """Why the details are needed."""

    COVERING = "covering"
    HOME_VISIT = "home_visit"
    COMPLAINT = "complaint"
    CHILD_IN_DANGER = "child_in_danger"
    OTHER = "other"


class LookKind(StrEnum):
    """How somebody looked at a child's file."""

    FILE = "file"
    DETAILS = "details"
    AUDIT = "audit"
    EXPORT = "export"


class GuardianWish(StrEnum):
    """What a guardian wants done with something in the child's file."""

    CORRECT = "correct"
    DELETE = "delete"
    COPY = "copy"


class FilePart(StrEnum):
    """Which part of the file is wrong."""

    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"
    PHONE = "phone"
    SCHOOL = "school"
    OTHER = "other"


class GuardianWishStatus(StrEnum):
    """AGREED: done as asked. REFUSED: not done, and the answer says why."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


class Harmed(StrEnum):
    """What kinds of data an incident touched."""

    CHILD_IDENTITY = "child_identity"
    CHILD_CASE = "child_case"
    FAMILY_CONTACT = "family_contact"
    DONOR_IDENTITY = "donor_identity"
    BANK_ACCOUNT = "bank_account"
    STAFF = "staff"
    NOT_KNOWN = "not_known"


class FoundBy(StrEnum):
    """How an incident came to light."""

    STAFF = "staff"
    FAMILY = "family"
    DONOR = "donor"
    HONEY = "honey"
    OUTSIDE = "outside"


class Told(StrEnum):
    """Whom the law wants told of a leak (PIPL 57; minors' network rules 35)."""

    AUTHORITY = "authority"
    POLICE = "police"
    SUPERIOR = "superior"
    GUARDIANS = "guardians"
    DONORS = "donors"
    STAFF = "staff"
