"""What a pledge's terms mean for one match: its monthly sum, and the first day not covered."""

from datetime import date

from models.children import Child
from models.pledges import Pledge
from vocabulary.enums import PledgeEnd, Rhythm
from vocabulary.grades import GRADUATION, LAST_GRADE, finishes_on
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STANDARD, STEP_MONTHS, due_on, first_due


def units_of(pledge: Pledge) -> int:
    """Return a pledge's units of 50 yuan a month for one child; 0 when the sum is no multiple."""
    whole, rest = divmod(pledge.instalment_fen, UNIT * STEP_MONTHS[pledge.rhythm])
    return 0 if rest else whole


def units_for(instalment_fen: int, rhythm: Rhythm) -> int:
    """Return the units of 50 yuan a month that an instalment takes of a need, rounded up."""
    return -(-instalment_fen // (UNIT * STEP_MONTHS[rhythm]))


def instalment_for(pledge: Pledge, units: int) -> Fen:
    """Return the instalment of a pair that carries `units`."""
    return Fen(units * UNIT * STEP_MONTHS[pledge.rhythm])


def ends_on(pledge: Pledge, child: Child, *, starts_on: date) -> date | None:
    """Return the first day a match no longer covers, None while the donor goes on.

    A graduation is counted to the 1 September after it.
    """
    if pledge.until is PledgeEnd.UNTIL_STOPPED:
        return None
    if pledge.until is PledgeEnd.COUNT:
        scheme = STANDARD[pledge.rhythm]
        return due_on(scheme, first_due(scheme, starts_on) + (pledge.until_count or 1))
    return finishes_on(grade_of(child), GRADUATION[pledge.until], on=starts_on)


def grade_of(child: Child) -> int:
    """Return the child's grade; the last of its stage when the record has none."""
    return child.grade if child.grade is not None else LAST_GRADE[child.stage]
