"""Public figures: tens, not below ten, and only of months that are over."""

from datetime import date

from models.jobs import JobRun
from models.stipends import Stipend
from services import figures
from tests.factories import START, a_child, a_match, a_pledge, a_school
from vocabulary.dates import at
from vocabulary.enums import ChildStatus
from vocabulary.money import Fen

OCTOBER = date(2026, 10, 1)


def a_month(session, now, children):
    """So many children whose October instalment was handed over, all but one confirmed."""
    school, run = a_school(session), JobRun(name="stipends", period=OCTOBER, started_at=now)
    session.add(run)
    session.flush()
    pledge = a_pledge(session)[0]
    for n in range(children):
        match = a_match(session, pledge, a_child(session, school, status=ChildStatus.SUPPORTED))
        session.add(
            Stipend(
                match_id=match.id, due_on=OCTOBER, amount_fen=Fen(10_000), run_id=run.id,
                handed_over_on=date(2026, 10, 9), confirmed_on=date(2026, 10, 31) if n else None,
            )
        )  # fmt: skip
    session.flush()


def test_without_a_hand_over_there_are_no_figures(session, now):
    a_child(session, a_school(session))

    assert figures.public_totals(session, now=now) is None


def test_the_regions_month_in_tens(session, now):
    a_month(session, now, 24)
    school = a_school(session, "另一所")
    for n in range(16):
        a_child(session, school, verified_on=date(2026, 11, 5) if n < 1 else START)

    totals = figures.public_totals(session, now=now)

    assert (totals.month, totals.as_of) == (OCTOBER, date(2026, 10, 31))
    assert (totals.handed_over, totals.confirmed) == ("20", "20")
    assert (totals.supported, totals.waiting) == ("20", "20")


def test_below_ten_no_number_is_shown(session, now):
    a_month(session, now, 9)

    totals = figures.public_totals(session, now=now)
    leagues = figures.public_leagues(session, now=now)

    assert {totals.handed_over, totals.confirmed, totals.supported, totals.waiting} == {"不足 10"}
    assert len(leagues) == 12
    assert {(one.value, one.step, one.is_small) for one in leagues} == {(0, 0, True)}


def test_what_happens_this_month_changes_no_figure(session, now):
    a_month(session, now, 24)
    before = figures.public_totals(session, now=now)

    for _ in range(40):
        a_child(session, verified_on=date(2026, 11, 2))

    assert figures.public_totals(session, now=now) == before
    assert figures.public_totals(session, now=at(date(2026, 12, 1))).waiting == "40"
