"""Every closed list of words. Values are what the database keeps; labels live in web/labels.py."""

from enum import StrEnum


class Rhythm(StrEnum):
    MONTH = "month"
    TERM = "term"
    YEAR = "year"


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class Stage(StrEnum):
    PRESCHOOL = "preschool"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    UNIVERSITY = "university"


class RegionLevel(StrEnum):
    REGION = "region"
    LEAGUE = "league"
    BANNER = "banner"
    TOWNSHIP = "township"
    VILLAGE = "village"


class OrganisationKind(StrEnum):
    FEDERATION = "federation"
    SCHOOL = "school"
    WORK_UNIT = "work_unit"
    INSTITUTION = "institution"


class Role(StrEnum):
    """Whom a viewer stands for. `PUBLIC` needs no account; links stand for the next five."""

    PUBLIC = "public"
    DONOR = "donor"
    FAMILY = "family"
    CLASS_TEACHER = "class_teacher"
    CASE_WORKER = "case_worker"
    APPROVER = "approver"
    COLLECTING_DESK = "collecting_desk"
    PAYING_DESK = "paying_desk"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"
    STATISTICS = "statistics"
    ADMINISTRATOR = "administrator"
    SCHOOL_OFFICER = "school_officer"
    VILLAGE_DIRECTOR = "village_director"
    VOLUNTEER = "volunteer"
    CONSOLE = "console"
    ENGINE = "engine"


class NeedKind(StrEnum):
    FINANCIAL = "financial"
    TUTORING = "tutoring"
    DAILY_CARE = "daily_care"
    PSYCHOLOGICAL = "psychological"
    COMPANIONSHIP = "companionship"
    MATERIAL = "material"


class AmendmentKind(StrEnum):
    """What two people change together."""

    CHILD_IDENTITY = "child_identity"
    SCHOOL_ACCOUNT = "school_account"


class AmendmentStatus(StrEnum):
    ASKED = "asked"
    DONE = "done"
    TURNED_DOWN = "turned_down"


class NeedStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ChildStatus(StrEnum):
    DRAFT = "draft"
    VERIFIED = "verified"
    OPEN = "open"
    SUPPORTED = "supported"
    ENDED = "ended"


class HeldReason(StrEnum):
    """What a child's record still lacks (待补材料)."""

    NO_GUARDIAN = "no_guardian"
    NO_CONSENT = "no_consent"
    NOT_AGREED = "not_agreed"
    NO_SCHOOL = "no_school"
    NO_PHONE = "no_phone"
    NO_SEX = "no_sex"
    NO_PLACE = "no_place"


class EndReason(StrEnum):
    GRADUATED = "graduated"
    ADOPTED = "adopted"
    WITHDREW = "withdrew"
    DIED = "died"
    GROWN_UP = "grown_up"
    MOVED_AWAY = "moved_away"


class Category(StrEnum):
    """Why the child is on the roster (民政 categories); case staff only."""

    ORPHAN = "orphan"
    UNATTENDED = "unattended"
    LEFT_BEHIND = "left_behind"
    MIGRANT = "migrant"
    ILL_OR_DISABLED = "ill_or_disabled"
    LOW_INCOME = "low_income"
    SINGLE_PARENT = "single_parent"
    OTHER = "other"


class Route(StrEnum):
    SCHOOL = "school"
    CARD = "card"
    VILLAGE = "village"
    INSTITUTION = "institution"
    WORK_UNIT = "work_unit"


class KinRole(StrEnum):
    """Only a guardian by law or appointment consents; a carer receives and confirms."""

    GUARDIAN = "guardian"
    CARER = "carer"


class Purpose(StrEnum):
    """What a consent covers; each may be withdrawn alone."""

    CASE_FILE = "case_file"
    SPONSORSHIP = "sponsorship"
    LETTERS = "letters"
    PHOTO = "photo"
    STATISTICS = "statistics"


class PledgeStatus(StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


class PledgeKind(StrEnum):
    """A listed sum goes to one child; any other sum would give its giver away."""

    CHILD = "child"
    GAP_FUND = "gap_fund"


class PledgeEnd(StrEnum):
    """Until when a pledge runs."""

    JUNIOR = "junior"
    SENIOR = "senior"
    UNIVERSITY = "university"
    COUNT = "count"
    UNTIL_STOPPED = "until_stopped"


class StopReason(StrEnum):
    GRADUATED = "graduated"
    MONEY = "money"
    LOST_CONTACT = "lost_contact"
    DIED = "died"
    UNIT_DISSOLVED = "unit_dissolved"
    HELP_OTHERS = "help_others"
    NOT_SAID = "not_said"


class Naming(StrEnum):
    """How a pledge's donor is called towards the child's family; the order is from hidden to known."""

    SEALED = "sealed"
    ALIAS = "alias"
    NAMED = "named"


class ContactKind(StrEnum):
    PHONE = "phone"
    MAIL = "mail"


class MatchStatus(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ENDED = "ended"


class DeclineReason(StrEnum):
    CIRCUMSTANCES_CHANGED = "circumstances_changed"
    CHILD_UNWILLING = "child_unwilling"
    PAPERS_TO_CHECK = "papers_to_check"
    RELATED = "related"
    NOT_DECIDED = "not_decided"
    OTHER = "other"


class FactKind(StrEnum):
    """What happened to an instalment: the first five are the petals.

    A fact is taken back by a further row that names it.
    """

    PROMISED = "promised"
    RECEIVED = "received"
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


class Language(StrEnum):
    """In which language a family gave its answer to whoever entered it."""

    CHINESE = "zh"
    MONGOLIAN = "mn"
    DAUR = "dta"
    EVENKI = "evn"
    OROQEN = "orh"
    OTHER = "other"


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


class TransactionKind(StrEnum):
    OPENED = "opened"
    RECEIVED = "received"
    FUNDED = "funded"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"
    REVERSED = "reversed"


class BatchStatus(StrEnum):
    OPEN = "open"
    SENT = "sent"
    CLOSED = "closed"


class NoticeKind(StrEnum):
    """Each kind has its text in services/notice_texts.py."""

    PRIVATE_LINK = "private_link"
    PLEDGE_CONFIRMED = "pledge_confirmed"
    MATCHED = "matched"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    CHANGE_TAKES_EFFECT = "change_takes_effect"
    MONEY_RUNS_OUT = "money_runs_out"
    GRADUATION_NEAR = "graduation_near"
    PROPOSALS_WAIT = "proposals_wait"
    BATCH_SENT = "batch_sent"
    SCHOOL_REMINDER = "school_reminder"
    SCHOOL_SILENT = "school_silent"
    FAMILY_DISPUTE = "family_dispute"
    HARM_SUSPECTED = "harm_suspected"
    PAYMENT_DUE = "payment_due"
    JOB_ALARM = "job_alarm"
    LATE_RELEASE = "late_release"
    CUSTODY_WAITS = "custody_waits"
    CUSTODY_DECIDED = "custody_decided"
    IDENTITY_SHOWN = "identity_shown"
    FILE_ASKED = "file_asked"
    FILE_OPENED = "file_opened"
    FILE_DECIDED = "file_decided"


class NoticeStatus(StrEnum):
    """SENDING: claimed, about to leave the house. UNCLEAR: it may have left; never sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNCLEAR = "unclear"
    FAILED = "failed"
    DROPPED = "dropped"


class Channel(StrEnum):
    INBOX = "inbox"
    MAIL = "mail"
    SMS = "sms"


class RecipientKind(StrEnum):
    ACCOUNT = "account"
    DONOR = "donor"
    FAMILY = "family"


class Called(StrEnum):
    """Who was told at once that a child may be harmed."""

    POLICE = "police"
    HOTLINE = "hotline"
    CIVIL_AFFAIRS = "civil_affairs"
    NOT_YET = "not_yet"


class LinkPurpose(StrEnum):
    DONOR_HOME = "donor_home"
    CLASS_LIST = "class_list"
    SLIP = "slip"
    FIRST_PASSWORD = "first_password"


class Chain(StrEnum):
    ORDINARY = "ordinary"
    CUSTODIAN = "custodian"


class JobStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Trouble(StrEnum):
    """What the watchdog shouts about."""

    SILENT = "silent"
    FAILED = "failed"
    SHORT = "short"
    UNDELIVERED = "undelivered"


class ImportKind(StrEnum):
    CHILDREN = "children"
    VOLUNTEERS = "volunteers"
    SCHOOLS = "schools"


class ImportStatus(StrEnum):
    """TAKING: confirmed, and on its way slice by slice."""

    PREVIEWED = "previewed"
    TAKING = "taking"
    TAKEN = "taken"
    DISCARDED = "discarded"


class ReturnReason(StrEnum):
    """Why a row that could be read was not taken after all."""

    ALREADY_KNOWN = "already_known"
    OTHER_BANNER = "other_banner"


class Clearance(StrEnum):
    """What a volunteer needs before she is ever proposed (data/clearance.toml)."""

    RECORD_CHECK = "record_check"
    TRAINING = "training"
    INSURANCE = "insurance"


class VolunteerStatus(StrEnum):
    APPLIED = "applied"
    CLEARANCE = "clearance"
    TRAINING = "training"
    CLEARED = "cleared"
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    ENDED = "ended"


class AccountStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    ENDED = "ended"


class GrantStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    ENDED = "ended"


class ChangeStatus(StrEnum):
    """A donor's change to a pledge waits for its day and can be undone until then."""

    WAITING = "waiting"
    APPLIED = "applied"
    UNDONE = "undone"


class ChangeKind(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    TERMS = "terms"
    STOP = "stop"


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
    """A look into the details of a child that is not one's own. OPENED: in an emergency, at once."""

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


class SetAsideReason(StrEnum):
    """Why an instalment that was due was not opened."""

    PAUSED = "paused"
    NO_CONSENT = "no_consent"
    BAD_RECORD = "bad_record"
