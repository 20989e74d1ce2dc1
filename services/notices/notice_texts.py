"""What every notice says: the one table, by kind and by who receives it."""

from collections.abc import Mapping

from services.notices.texts import donors, families, staff
from services.notices.texts.text import Text
from vocabulary.enums import NoticeKind, RecipientKind

TEXTS: Mapping[RecipientKind, Mapping[NoticeKind, Text]] = {
    RecipientKind.DONOR: donors.TO_DONORS,
    RecipientKind.FAMILY: families.TO_FAMILIES,
    RecipientKind.ACCOUNT: staff.TO_ACCOUNTS,
    RecipientKind.CLASS_TEACHER: families.TO_TEACHERS,
    RecipientKind.SCHOOL_CONTACT: families.TO_CONTACTS,
    RecipientKind.GUARDIAN: families.TO_GUARDIANS,
}

AT_ONCE = frozenset(
    {
        NoticeKind.PRIVATE_LINK,
        NoticeKind.CLASS_CODE,
        NoticeKind.GUARDIAN_FILE,
        NoticeKind.HARM_SUSPECTED,
        NoticeKind.LETTER_WORRIES,
        NoticeKind.VISIT_WORRIES,
        NoticeKind.FILE_OPENED,
        NoticeKind.FACTOR_RESET,
        NoticeKind.LOGIN_REPLACED,
        NoticeKind.HONEY_OPENED,
        NoticeKind.ACCOUNT_CHANGES,
        NoticeKind.CARD_CHANGES,
        NoticeKind.PHONE_CHANGES,
    }
)
# What tells of lateness itself is never held for being late.
NEVER_HELD = AT_ONCE | {
    NoticeKind.LATE_RELEASE,
    NoticeKind.JOB_ALARM,
    NoticeKind.BOOKS_ALARM,
}
# Only who may decide for a child hears of these; a carer or a school never does.
TO_GUARDIANS = frozenset(
    {
        NoticeKind.REVEAL_ASKED,
        NoticeKind.REVEAL_SHOWN,
        NoticeKind.LETTER_CAME,
        NoticeKind.LETTER_BACK,
        NoticeKind.GUARDIAN_FILE,
        NoticeKind.GUARDIAN_ANSWERED,
    }
)
# What stands in the kept copy instead of a live token.
HIDDEN = "…"


def title_of(to: RecipientKind, kind: NoticeKind) -> str:
    """Return a notice's headline."""
    return TEXTS[to][kind].title
