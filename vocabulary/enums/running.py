"""The installation at work: accounts, jobs, imports, exports."""

from enum import StrEnum


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
    UNHEARD = "unheard"
    TWICE = "twice"
    LEAPT = "leapt"
    DAMAGED = "damaged"


class RunStatus(StrEnum):
    """What became of a matching run. Before RELEASED nobody's desk or clock knows of its pairs.

    EMPTY: nothing was new, nothing was matched. REPLACED: a later run was made over newer records.
    DAMAGED: its proof is no longer what was kept; what it proposed stands, nothing is read from it.
    """

    ASKED = "asked"
    RUNNING = "running"
    DRAFT = "draft"
    RELEASED = "released"
    DISCARDED = "discarded"
    REPLACED = "replaced"
    STOPPED = "stopped"
    EMPTY = "empty"
    DAMAGED = "damaged"


class TrialStatus(StrEnum):
    """What became of weights that somebody wanted to try; nothing but a page ever comes of them."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ImportKind(StrEnum):
    CHILDREN = "children"
    VOLUNTEERS = "volunteers"
    SCHOOLS = "schools"


class ImportStatus(StrEnum):
    """READING: judged part by part. TAKING: confirmed, and on its way slice by slice."""

    READING = "reading"
    PREVIEWED = "previewed"
    TAKING = "taking"
    TAKEN = "taken"
    DISCARDED = "discarded"


class ReturnReason(StrEnum):
    """Why a row that could be read was not taken after all."""

    ALREADY_KNOWN = "already_known"
    OTHER_BANNER = "other_banner"


class AccountStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    ENDED = "ended"


class GrantStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    ENDED = "ended"


class Activity(StrEnum):
    """What a person with a login finds under 最近活动: by day and kind of device, no more."""

    SIGNED_IN = "signed_in"
    FAILED_TRY = "failed_try"
    WRONG_CODE = "wrong_code"
    PASSWORD_CHANGED = "password_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_RESET = "factor_reset"
    CODES_RENEWED = "codes_renewed"
    RECOVERY_USED = "recovery_used"
    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    SESSIONS_ENDED = "sessions_ended"


class Device(StrEnum):
    """The kind of a device, all that is kept of it."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    OTHER = "other"


class Limited(StrEnum):
    """For what tries are counted; each purpose has windows of its own (services/limits.py)."""

    SIGN_IN_ADDRESS = "sign_in_address"
    SECOND_FACTOR = "second_factor"
    PROOF = "proof"
    RESET = "reset"
    PLEDGE = "pledge"
    RELINK = "relink"
    CLASS_CODE = "class_code"


class ExportKind(StrEnum):
    """The lists that staff may take out as a sheet."""

    CHILDREN = "children"
    STIPENDS = "stipends"
    BATCHES = "batches"
    VOUCHERS = "vouchers"


class FigureSpan(StrEnum):
    """How long a release of public figures covers."""

    MONTH = "month"
    QUARTER = "quarter"


class FigureKind(StrEnum):
    """What a public figure counts."""

    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    SUPPORTED = "supported"
    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"


class FigureState(StrEnum):
    """SHOWN: a rounded number. FEW: below ten. WITHHELD: hidden, or another could be worked out."""

    SHOWN = "shown"
    FEW = "few"
    WITHHELD = "withheld"
