"""How far a pair has faded: what was agreed beside what happened, said as reasons with points.

The points belong to the pair and decide one thing: who is reminded, and what the staff are shown
early. They stand on no page and rate nobody; docs/matching.md says what each is worth and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SLOWS_FROM, FADES_FROM = 3, 6
"""Points from which a volunteer is reminded, and from which the staff see a pair at once."""
GRACE_DAYS = 3
"""A meeting this much after its day was not missed: children fall ill, roads are snowed in."""
LATE_ACCOUNT_DAYS = 7
LETTER_DAYS, LETTER_LONG_DAYS = 21, 60
RECEIPT_DAYS = 30
_MISSED, _MOST_MISSED = 3, 3
_MOST_ACCOUNTS, _DRY = 3, 6


class Level(StrEnum):
    """STEADY: nothing to do. SLOWING: a kind word to her first. FADING: the staff look at it."""

    STEADY = "steady"
    SLOWING = "slowing"
    FADING = "fading"


class Cause(StrEnum):
    """What a reason is about."""

    MISSED = "missed"
    ACCOUNTS = "accounts"
    LETTER = "letter"
    PAYMENT = "payment"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Care:
    """A volunteer's pair: how often they agreed to meet, and what came of it.

    `since_met` days since the last visit, call or outing, or since the pair began; of the last five
    accounts `late_accounts` were written over a week later; a letter of the child's waits
    `letter_days` for hers, 0 where none does.
    """

    every_days: int
    since_met: int
    late_accounts: int = 0
    letter_days: int = 0


@dataclass(frozen=True, slots=True)
class Giving:
    """A pledge's pair: `dry_days` since its money has run dry, 0 while it has not.

    `unreceipted` instalments were sent and no family's word came, the oldest `receipt_days` ago; a
    letter of the child's waits `letter_days`. Who gives is no part of it, nor that a payment is a
    few days late: who hears that somebody paid yesterday would find his child by it.
    """

    dry_days: int = 0
    unreceipted: int = 0
    receipt_days: int = 0
    letter_days: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause with its points: so many times, for so many days."""

    cause: Cause
    points: int
    count: int
    days: int


@dataclass(frozen=True, slots=True)
class Fading:
    """What a pair's facts come to."""

    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """Add up the reasons."""
        return sum(one.points for one in self.reasons)

    @property
    def level(self) -> Level:
        """Say what the points come to."""
        if self.points >= FADES_FROM:
            return Level.FADING
        return Level.SLOWING if self.points >= SLOWS_FROM else Level.STEADY


def care_fading(facts: Care) -> Fading:
    """Score a volunteer's pair.

    Each meeting missed against the agreed rhythm is 3 points, three at most; two or more of the
    last five accounts written late are a point each, three at most; a child's letter without an
    answer is 2 points after 21 days and 3 after 60.
    """
    missed = max(0, facts.since_met - GRACE_DAYS) // max(1, facts.every_days)
    late = facts.late_accounts if facts.late_accounts > 1 else 0
    return _fading(
        Reason(Cause.MISSED, _MISSED * min(missed, _MOST_MISSED), missed, facts.since_met),
        Reason(Cause.ACCOUNTS, min(late, _MOST_ACCOUNTS), late, LATE_ACCOUNT_DAYS),
        Reason(Cause.LETTER, _letter(facts.letter_days, (2, 3)), 1, facts.letter_days),
    )


def pledge_fading(facts: Giving) -> Fading:
    """Score a pledge's pair.

    Money that has run dry is 6 points; a family's word missing for 30 days is 2, two such 4. Nobody
    owes a letter: one without an answer for 60 days is 1 point and never enough alone.
    """
    owed = _DRY if facts.dry_days else 0
    silent = facts.unreceipted if facts.receipt_days >= RECEIPT_DAYS else 0
    return _fading(
        Reason(Cause.PAYMENT, owed, 1, facts.dry_days),
        Reason(Cause.RECEIPT, 2 * min(silent, 2), silent, facts.receipt_days),
        Reason(Cause.LETTER, _letter(facts.letter_days, (0, 1)), 1, facts.letter_days),
    )


def _letter(days: int, points: tuple[int, int]) -> int:
    if days >= LETTER_LONG_DAYS:
        return points[1]
    return points[0] if days >= LETTER_DAYS else 0


def _fading(*reasons: Reason) -> Fading:
    return Fading(tuple(_weighed(reasons)))


def _weighed(reasons: Iterable[Reason]) -> list[Reason]:
    """Return the reasons that weigh something, the weightiest first."""
    return sorted((one for one in reasons if one.points), key=lambda one: -one.points)
