"""The twins' script can be played with every day and hour that a donor's file may name."""

from datetime import date
from unittest.mock import MagicMock

import pytest

from cli.twins.donor import LAST_DAY
from cli.twins.script import steps
from cli.twins.story import SECRET

FIRST_MATCHING = date(2025, 9, 28), 20


@pytest.mark.parametrize("day", range(1, LAST_DAY + 1))
def test_whoever_pays_on_the_first_of_a_month_has_pledged_before(day: int) -> None:
    story = MagicMock()

    for step in steps(pay_in_day=day, hour_seen=0):
        if (step.on, step.hour) < FIRST_MATCHING:
            step.act(story)

    done = [(name, args) for name, args, _ in story.method_calls if SECRET in args]
    assert done.index(("pledge", (SECRET,))) < done.index(("pay", (SECRET,)))
