"""爱心妈妈 and children: what becomes of a proposal, and why a pair is refused or ends."""

from enum import StrEnum


class CareStatus(StrEnum):
    """PROPOSED: she is asked. ACCEPTED: two of the staff decide. TRIAL: 磨合期, 60 days."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    TRIAL = "trial"
    ACTIVE = "active"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ENDED = "ended"


class CareTime(StrEnum):
    """When a visit is possible; a volunteer and a child who name none are free at any time."""

    WEEKDAY = "weekday"
    EVENING = "evening"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class CareRefusal(StrEnum):
    """Why a proposed pair was not made. The first four are hers, then the staff's, two of the clock's.

    SHE_LEAVES: she gave notice before two had agreed; it shuts nobody out.
    """

    TOO_FAR = "too_far"
    NO_TIME = "no_time"
    NOT_ABLE = "not_able"
    KNOWS_FAMILY = "knows_family"
    CIRCUMSTANCES_CHANGED = "circumstances_changed"
    CHILD_UNWILLING = "child_unwilling"
    PAPERS_TO_CHECK = "papers_to_check"
    RELATED = "related"
    OTHER = "other"
    NOT_ANSWERED = "not_answered"
    NOT_DECIDED = "not_decided"
    SHE_LEAVES = "she_leaves"


HER_REASONS = (
    CareRefusal.NO_TIME,
    CareRefusal.TOO_FAR,
    CareRefusal.NOT_ABLE,
    CareRefusal.KNOWS_FAMILY,
    CareRefusal.OTHER,
)
STAFF_REASONS = (
    CareRefusal.CIRCUMSTANCES_CHANGED,
    CareRefusal.CHILD_UNWILLING,
    CareRefusal.PAPERS_TO_CHECK,
    CareRefusal.RELATED,
    CareRefusal.OTHER,
)


class CareEnd(StrEnum):
    """Why a pair of a volunteer and a child ended."""

    NOT_SUITED = "not_suited"
    NEED_MET = "need_met"
    SHE_LEFT = "she_left"
    CHILD_LEFT = "child_left"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    HANDED_ON = "handed_on"
    OTHER = "other"


STAFF_ENDS = (
    CareEnd.NOT_SUITED,
    CareEnd.NEED_MET,
    CareEnd.SHE_LEFT,
    CareEnd.CHILD_LEFT,
    CareEnd.OTHER,
)


class VisitKind(StrEnum):
    """How a volunteer and a child met: at its home, by telephone, or out together."""

    VISIT = "visit"
    CALL = "call"
    OUTING = "outing"


class ChildMood(StrEnum):
    """How the child was that day, as the volunteer saw it."""

    VERY_LOW = "very_low"
    LOW = "low"
    FAIR = "fair"
    GOOD = "good"
    BRIGHT = "bright"


class VisitSign(StrEnum):
    """What a volunteer noticed, by a tap: for the case worker's next look, no alarm."""

    UNWELL = "unwell"
    SLEEPS_EATS_BADLY = "sleeps_eats_badly"
    SCHOOL_TROUBLE = "school_trouble"
    HOME_TROUBLE = "home_trouble"
    WANTS_THINGS = "wants_things"


class VisitRhythm(StrEnum):
    """How often the two agreed to meet."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


class FadingStep(StrEnum):
    """What one of the staff did about a pair that fades."""

    NOTED = "noted"
    TALKED = "talked"
    SUCCESSOR = "successor"
