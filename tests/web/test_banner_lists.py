"""A hundred banners stand under their twelve leagues wherever one is chosen; in one league alone."""

import re

import pytest
from sqlalchemy import select

from models.regions import Region
from tests.factories import an_account
from tests.web.desks import sign_in
from vocabulary.enums import RegionLevel, Role
from vocabulary.leagues import LEAGUES
from web.forms.places import by_league, leagues_of, with_leagues

WHOLE, LEAGUE = "150000000000", "150700000000"
GROUP = re.compile(r'<optgroup label="([^"]+)">(.*?)</optgroup>', re.DOTALL)


@pytest.fixture
def banners(session):
    rows = session.scalars(
        select(Region).where(Region.level == RegionLevel.BANNER).order_by(Region.code)
    )
    return [{"code": one.code, "name": one.name} for one in rows]


def test_every_banner_stands_under_its_own_league(banners) -> None:
    choices = by_league(banners)

    assert len(choices) == len(banners) > 100
    assert {one.optgroup for one in choices} == set(LEAGUES.values())
    assert all(LEAGUES[f"{one.value[:4]}00000000"] == one.optgroup for one in choices)


def test_the_banners_of_one_league_need_no_heading_and_the_whole_has_none(banners) -> None:
    near = [one for one in banners if one["code"].startswith("1507")]
    whole = {"code": WHOLE, "name": "全部"}

    assert {one.optgroup for one in by_league(near)} == {None}
    assert by_league([whole, *banners])[0].optgroup is None
    assert leagues_of([]) == []


def test_an_auditor_may_choose_the_whole_of_a_league(banners) -> None:
    near = [one for one in banners if one["code"].startswith("1507")]
    wholes = {one.value: one.label for one in with_leagues(banners) if one.value in LEAGUES}

    assert wholes == {code: f"{name}（全部）" for code, name in LEAGUES.items()}
    assert with_leagues(near) == by_league(near)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.AUDITOR, "/staff/audit-samples/"),
        (Role.CASE_WORKER, "/staff/calendar/"),
        (Role.CASE_WORKER, "/staff/children/"),
        (Role.CASE_WORKER, "/staff/children/new"),
        (Role.PAYING_DESK, "/staff/exports/"),
    ],
)
def test_a_page_for_the_whole_region_groups_its_banners(client, session, role, path) -> None:
    account = an_account(session, role, login="wide", region_code=WHOLE)
    session.commit()
    sign_in(client, account.login)

    answer = client.get(path)
    found = dict(GROUP.findall(answer.get_data(as_text=True)))

    assert answer.status_code == 200
    assert set(found) == set(LEAGUES.values())
    assert "鄂伦春" in found["呼伦贝尔市"]


def test_a_page_for_one_league_has_no_headings(client, session) -> None:
    account = an_account(session, Role.CASE_WORKER, login="near", region_code=LEAGUE)
    session.commit()
    sign_in(client, account.login)

    page = client.get("/staff/calendar/").get_data(as_text=True)

    assert GROUP.findall(page) == []
    assert "鄂伦春" in page
