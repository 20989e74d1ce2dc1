"""How far money reaches: a day is covered whole or not at all, and what is owed is told whole."""

from datetime import date

from vocabulary.enums import PledgeKind, PledgeStatus, Rhythm
from vocabulary.money import Fen
from vocabulary.runway import Due, Runway, reach
from vocabulary.todo import Thing, Todo, first_thing

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


def reached(fen: int) -> Runway:
    dues = [Due("match", day, Fen(10_000), Rhythm.MONTH) for day in (DECEMBER, OCTOBER, NOVEMBER)]
    return reach(Fen(fen), dues, paid_through=None)


def test_what_is_owed_counts_every_due_day_that_has_come() -> None:
    runway = reached(3_000)

    assert (runway.next_on, runway.next_amount) == (OCTOBER, 7_000)
    on = date(2026, 11, 23)
    assert (runway.owed(on), runway.days_owed(on)) == (17_000, 2)
    assert runway.covered == frozenset()


def test_money_for_a_later_day_alone_covers_none() -> None:
    """A day is covered whole, in their order: what is left over lies ahead of the first one."""
    runway = reached(15_000)

    assert runway.covered == {("match", OCTOBER)}
    assert runway.lacking == [(NOVEMBER, 5_000), (DECEMBER, 10_000)]


def test_nothing_lacks_where_all_is_paid() -> None:
    runway = reached(30_000)

    assert (runway.next_on, runway.next_amount, runway.owed(DECEMBER)) == (None, 0, 0)
    assert runway.through == DECEMBER


def test_the_first_line_tells_all_that_is_owed_and_since_when() -> None:
    card = {
        "donor_ref": "REF",
        "runway": reached(0),
        "instalment_fen": Fen(10_000),
        "children_wanted": 1,
        "status": PledgeStatus.CONFIRMED,
        "kind": PledgeKind.CHILD,
        "remind_days": 14,
        "announced_on": None,
        "supports": ["one"],
    }

    todo = first_thing([card], on=date(2026, 11, 23))

    assert todo == Todo(Thing.PAY_NOW, "REF", Fen(20_000), OCTOBER, days=2)
