"""回避 where two people wrote a month of the same child off: the other months step aside all the same."""

import pytest
from sqlalchemy import select

from models.stipends import Stipend
from services.books import write_offs
from services.handover import handovers
from services.work_units import stepping_aside
from tests.services.routes.worlds import FIRST, SECOND
from tests.services.test_stepping_aside import MONTHS, list_of
from tests.services.test_unit_hands import NOW, World, hand_of
from vocabulary.enums import Snag, WriteOffReason


@pytest.fixture
def lost(session):
    """A unit's list, and its first and last line; the first is written off, and the fund is empty."""
    world = World(session)
    batch, first = list_of(session, world)
    (card,) = world.list_of(session, world.unit)
    asked = write_offs.ask(session, FIRST, first, reason=WriteOffReason.LOST, now=NOW)
    write_offs.agree(session, SECOND, asked, now=NOW)
    return hand_of(world.unit), batch, card["lines"][-1]["ref"]


def test_the_other_months_step_aside(session, lost) -> None:
    me, batch, last = lost

    assert stepping_aside.say(session, me, batch, own_staff=[last], now=NOW) == MONTHS - 1

    held = select(Stipend.snag).where(Stipend.not_handed_over_on.is_not(None))
    assert session.scalars(held).all() == [Snag.OWN_STAFF] * (MONTHS - 1)


def test_the_other_months_are_handed_over(session, lost) -> None:
    me, batch, _ = lost
    stepping_aside.say(session, me, batch, own_staff=(), now=NOW)

    assert handovers.confirm_all(session, me, batch, now=NOW) == MONTHS - 1
