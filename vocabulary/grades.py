"""School grades as numbers: 0 preschool, 1-6 primary, 7-9 junior, 10-12 senior, then university."""

from datetime import date

from vocabulary.dates import school_year_of
from vocabulary.enums import PledgeEnd, Stage

LAST_GRADE = {
    Stage.PRESCHOOL: 0,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 9,
    Stage.SENIOR: 12,
    Stage.UNIVERSITY: 16,
}
GRADUATION = {PledgeEnd.JUNIOR: 9, PledgeEnd.SENIOR: 12, PledgeEnd.UNIVERSITY: 16}


def stage_of(grade: int) -> Stage:
    """Return the stage that a grade belongs to."""
    return next(
        stage for stage, last in LAST_GRADE.items() if grade <= last or stage is Stage.UNIVERSITY
    )


def finishes_on(grade: int, last_grade: int, *, on: date) -> date:
    """Return the 1 September after the summer in which a child in `grade` finishes `last_grade`."""
    return date(school_year_of(on) + 1 + max(0, last_grade - grade), 9, 1)
