"""Letters between a child's family and those who support it."""

from enum import StrEnum


class LetterSide(StrEnum):
    """Who wrote a letter."""

    FAMILY = "family"
    DONOR = "donor"
    VOLUNTEER = "volunteer"


class LetterVoice(StrEnum):
    """Whose words a family's letter holds."""

    CHILD = "child"
    GUARDIAN = "guardian"


class LetterHand(StrEnum):
    """Who handed a family's letter in: the family itself, or somebody whom it asked."""

    ITSELF = "itself"
    VILLAGE = "village"
    SCHOOL = "school"


class LetterStatus(StrEnum):
    """SUBMITTED: a case worker looks first, or the words have to be typed from the paper.

    SCREENED: somebody may edit, release or return it. RELEASED: it goes with the next batch.
    """

    SUBMITTED = "submitted"
    SCREENED = "screened"
    RELEASED = "released"
    RETURNED = "returned"
    DELIVERED = "delivered"


class LetterStage(StrEnum):
    """What a writer is told: why a letter is still with us has no part in it."""

    WITH_US = "with_us"
    RETURNED = "returned"
    DELIVERED = "delivered"


class LetterReturn(StrEnum):
    """Why a letter comes back. A closed list: words of our own could tell who somebody is."""

    TELLS_WHO = "tells_who"
    ASKS_MONEY = "asks_money"
    ASKS_MEETING = "asks_meeting"
    HURTS = "hurts"
    NOT_READABLE = "not_readable"
    TALK_FIRST = "talk_first"


class LetterConcern(StrEnum):
    """Why somebody of the case staff reads a letter before anything else happens to it."""

    HARM = "harm"
    SELF_HARM = "self_harm"
    MONEY = "money"
    MEETING = "meeting"
    SECRECY = "secrecy"
    SEXUAL = "sexual"
    KNOWS_CHILD = "knows_child"
    RAISED = "raised"
