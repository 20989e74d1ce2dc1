"""Notices, links, and who was told."""

from enum import StrEnum


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
    MONEY_BACK = "money_back"
    BATCH_BOUNCED = "batch_bounced"
    ACCOUNT_CHANGES = "account_changes"
    FUND_RUNS_OUT = "fund_runs_out"
    FAMILY_DISPUTE = "family_dispute"
    HARM_SUSPECTED = "harm_suspected"
    PAYMENT_DUE = "payment_due"
    JOB_ALARM = "job_alarm"
    LATE_RELEASE = "late_release"
    REVEAL_ASKED = "reveal_asked"
    REVEAL_SHOWN = "reveal_shown"
    REVEAL_CHECK = "reveal_check"
    FACTOR_RESET = "factor_reset"
    CLASS_CODE = "class_code"
    HONEY_OPENED = "honey_opened"
    CUSTODY_WAITS = "custody_waits"
    CUSTODY_DECIDED = "custody_decided"
    IDENTITY_SHOWN = "identity_shown"
    FILE_ASKED = "file_asked"
    FILE_OPENED = "file_opened"
    FILE_DECIDED = "file_decided"
    LETTER_CAME = "letter_came"
    LETTER_BACK = "letter_back"
    LETTER_WORRIES = "letter_worries"
    LETTERS_WAIT = "letters_wait"
    GUARDIAN_FILE = "guardian_file"
    GUARDIAN_ASKS = "guardian_asks"
    GUARDIAN_ANSWERED = "guardian_answered"


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
    CLASS_TEACHER = "class_teacher"
    SCHOOL_CONTACT = "school_contact"


class LinkPurpose(StrEnum):
    DONOR_HOME = "donor_home"
    CLASS_LIST = "class_list"
    SLIP = "slip"
    FIRST_PASSWORD = "first_password"
    REVEAL = "reveal"
    LETTERS = "letters"
