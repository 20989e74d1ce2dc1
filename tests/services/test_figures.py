"""Public figures: published once by the clock, by the rule, and never counted again."""

from datetime import date

import pytest
from sqlalchemy import select, text

from models import triggers
from models.figures import Figure, Release
from models.jobs import JobRun
from models.stipends import Stipend
from privacy import viewers
from services.checking import checks, figure_checks
from services.figures import figures, releases
from tests.factories import LEAGUE, START, a_child, a_match, a_pledge, a_school
from vocabulary.dates import at
from vocabulary.enums import ChildStatus, FigureSpan
from vocabulary.errors import FiguresDamaged, NotPermitted
from vocabulary.money import Fen

OCTOBER, DECEMBER = date(2026, 10, 1), date(2026, 12, 1)
ENGINE = viewers.engine("figures")


def instalments(session, now, children, *, months=(OCTOBER,), schools=1):
    """So many children whose instalments were handed over; one of them never said so."""
    run = JobRun(name="stipends", period=OCTOBER, started_at=now)
    session.add(run)
    session.flush()
    pledge, towns = a_pledge(session)[0], [a_school(session, f"第{n}") for n in range(schools)]
    for n in range(children):
        child = a_child(session, towns[n % schools], status=ChildStatus.SUPPORTED)
        match = a_match(session, pledge, child)
        for month in months:
            session.add(
                Stipend(
                    match_id=match.id, due_on=month, run_id=run.id, amount_fen=Fen(10_000),
                    handed_over_on=month.replace(day=9),
                    confirmed_on=month.replace(day=30) if n else None,
                )
            )  # fmt: skip
    session.flush()


def publish(session, now):
    for month in releases.due(session, ENGINE, now=now):
        releases.publish(session, ENGINE, month, now=now)


def totals(session):
    return figures.public_month(session).totals


def test_without_a_hand_over_there_is_nothing_to_publish(session, now):
    a_child(session, a_school(session))
    publish(session, now)

    assert releases.due(session, ENGINE, now=now) == []
    assert figures.public_month(session) is None
    assert figures.public_quarter(session) is None


def test_the_regions_month_in_tens(session, now):
    instalments(session, now, 24)
    school = a_school(session, "另一所")
    for n in range(16):
        a_child(session, school, verified_on=date(2026, 11, 5) if n < 1 else START)
    publish(session, now)

    found = totals(session)

    assert (found.month, found.as_of) == (OCTOBER, date(2026, 10, 31))
    assert found.published_on == date(2026, 11, 21)
    assert (found.handed_over, found.confirmed) == ("20", "20")
    assert (found.supported, found.waiting) == ("20", "20")


def test_below_ten_no_number_is_shown(session, now):
    instalments(session, now, 9)
    publish(session, now)

    found = totals(session)
    leagues = figures.public_month(session).leagues

    assert {found.handed_over, found.confirmed, found.supported, found.waiting} == {"不足 10"}
    assert len(leagues) == 12
    assert {(one.value, one.step, one.is_small) for one in leagues} == {(0, 0, True)}


def test_what_comes_in_after_publication_changes_nothing_of_it(session, now):
    instalments(session, now, 24)
    publish(session, now)
    before = figures.public_month(session)

    instalments(session, now, 40)
    for _ in range(40):
        a_child(session)
    publish(session, now)

    assert figures.public_month(session) == before
    assert len(session.scalars(select(Release)).all()) == 1


def test_a_month_that_was_missed_is_published_later_each_once(session, now):
    instalments(session, now, 24)
    publish(session, now)
    later = at(date(2027, 2, 3))

    assert releases.due(session, ENGINE, now=later) == [
        date(2026, 11, 1), DECEMBER, date(2027, 1, 1),
    ]  # fmt: skip
    publish(session, later)

    assert releases.due(session, ENGINE, now=later) == []
    spans = session.execute(select(Release.span, Release.starts_on).order_by(Release.id)).all()
    assert [tuple(one) for one in spans if one[0] is FigureSpan.QUARTER] == [
        (FigureSpan.QUARTER, OCTOBER)
    ]


def test_one_small_league_is_not_what_the_whole_leaves_over(session, now):
    """Nine in one league, twenty in another: the whole and the twenty would give the nine."""
    for _ in range(20):
        a_child(session)
    for _ in range(9):
        a_child(session, league_code="150400000000", banner_code="150430000000")
    instalments(session, now, 1)
    publish(session, now)

    month = figures.public_month(session)

    assert month.totals.waiting == "30"
    assert {one.name: one.waiting for one in month.leagues if one.waiting != "不足 10"} == {
        "呼伦贝尔市": "不公布"
    }


def test_a_banner_is_told_of_once_a_quarter_if_three_schools_stand_behind_it(session, now):
    instalments(session, now, 12, months=(DECEMBER,), schools=3)
    lone = a_school(session, "独一所", region_code="150430100000")
    for _ in range(30):
        a_child(session, lone, league_code="150400000000", banner_code="150430000000")
    publish(session, at(date(2027, 1, 2)))

    quarter = figures.public_quarter(session)

    (banner,) = quarter.banners
    assert (quarter.starts_on, quarter.as_of) == (OCTOBER, date(2026, 12, 31))
    assert (banner.name, banner.league) == ("鄂伦春自治旗", "呼伦贝尔市")
    assert (banner.handed_over, banner.supported, banner.waiting) == ("10", "10", "不公布")


def test_ten_instalments_of_four_children_are_not_ten_people(session, now):
    instalments(session, now, 4, months=(OCTOBER, date(2026, 11, 1), DECEMBER), schools=4)
    publish(session, at(date(2027, 1, 2)))

    assert figures.public_quarter(session) is None


def test_only_the_clock_publishes(session, now):
    with pytest.raises(NotPermitted):
        releases.publish(session, viewers.public(), OCTOBER, now=now)


def test_a_figure_that_was_changed_is_not_shown(session, now):
    instalments(session, now, 24)
    publish(session, now)
    triggers.drop_of(session.connection(), "figures")
    session.execute(text("UPDATE figures SET shown = 500 WHERE shown = 20"))

    with pytest.raises(FiguresDamaged):
        figures.public_month(session)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE figures SET shown = 500 WHERE shown = 20",
        "DELETE FROM figures WHERE shown = 20",
        "UPDATE releases SET digest = 'x'",
        "DELETE FROM releases",
    ],
)
def test_check_names_a_release_that_was_changed(session, now, damage):
    instalments(session, now, 24)
    publish(session, now)
    assert figure_checks.damaged(session) == []

    for table in ("figures", "releases"):
        triggers.drop_of(session.connection(), table)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(damage))
    found = checks.report(session, viewers.console(), now=now)["checks"]

    (lines,) = [one["findings"] for one in found if one["name"] == "figures"]
    assert [line.partition("：")[0] for line in lines] == ["release:month:2026-10-01"]


def test_the_database_keeps_what_was_published(session, now):
    instalments(session, now, 24)
    publish(session, now)

    for statement in ("UPDATE figures SET shown = 10", "DELETE FROM releases"):
        with pytest.raises(Exception, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def test_no_exact_number_is_kept(session, now):
    instalments(session, now, 24)
    publish(session, now)

    kept = {one for one in session.scalars(select(Figure.shown)) if one is not None}

    assert kept == {20}
    assert LEAGUE in set(session.scalars(select(Figure.region_code)))
