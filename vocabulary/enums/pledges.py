"""Pledges, matches, and how a pledge's donor is called."""

from enum import StrEnum


class Rhythm(StrEnum):
    MONTH = "month"
    TERM = "term"
    YEAR = "year"


class PledgeStatus(StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


class PledgeKind(StrEnum):
    """A listed sum goes to one child; any other sum would give its giver away.

    BRIDGE is the gap fund's own: nobody gives it, children without a sponsor hang on it.
    """

    CHILD = "child"
    GAP_FUND = "gap_fund"
    BRIDGE = "bridge"


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
    HANDED_ON = "handed_on"
    NOT_SAID = "not_said"


class Naming(StrEnum):
    """How a pledge's donor is called towards the child's family, from hidden to known."""

    SEALED = "sealed"
    ALIAS = "alias"
    NAMED = "named"


class GiverKind(StrEnum):
    """Who gives under one pledge, when it is not one person: a unit, or some people together."""

    UNIT = "unit"
    GROUP = "group"


class VoidReason(StrEnum):
    """Why a certificate holds no more; a further one stands in its place, if anything is left."""

    RENEWED = "renewed"
    CORRECTED = "corrected"


class ReceiptWay(StrEnum):
    """Who makes out a donor's fiscal receipt: PAYER, the desk that sees the payer anyway."""

    PAYER = "payer"
    SEALED = "sealed"
    WAIVED = "waived"


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


class GiftOccasion(StrEnum):
    """Why a sum is given once beside the instalments.

    Of a list, so that no word of a donor's own tells who he is. SURGERY is asked for by staff and
    agreed to by another of them, never by a donor; SHORTFALL is the part of an instalment that did
    not reach the child.
    """

    UNIVERSITY = "university"
    SENIOR = "senior"
    JUNIOR = "junior"
    TERM = "term"
    NEW_YEAR = "new_year"
    JUST = "just"
    SURGERY = "surgery"
    SHORTFALL = "shortfall"


class GiftStatus(StrEnum):
    """GIVEN: it stands as an instalment of its own. LAPSED: its money or its child was not there."""

    WAITING = "waiting"
    GIVEN = "given"
    UNDONE = "undone"
    LAPSED = "lapsed"


class MoveStatus(StrEnum):
    """Another person is asked to pay a pledge; UNDONE by who asked, DECLINED by who was asked."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    UNDONE = "undone"
    LAPSED = "lapsed"
