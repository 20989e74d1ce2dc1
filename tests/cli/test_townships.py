"""`flask townships place`: middles of townships come in, wrong ones stay out with their reason."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.care import CareMatch
from models.regions import Region
from models.trace import OrdinaryEntry
from models.volunteers import Volunteer
from services.care.market import offer_records, ready
from services.runs import nights
from tests.factories import BANNER, OTHER_BANNER, TOWNSHIP, an_account
from tests.services.care.worlds import a_volunteer, a_world
from tests.services.rosters.lists import xlsx
from vocabulary.dates import today
from vocabulary.enums import RegionLevel, Role

HEAD = "代码,经度,纬度\n"


def run(app: Flask, file: Path, *words: str) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["townships", "place", str(file), *words])


def place_of(session: Session, code: str) -> tuple[float | None, float | None]:
    session.rollback()
    region = session.get_one(Region, code)
    return region.longitude, region.latitude


@pytest.fixture
def others(session: Session) -> list[str]:
    """Three townships of the banner beside TOWNSHIP."""
    asked = select(Region.code).where(
        Region.parent_code == BANNER,
        Region.level == RegionLevel.TOWNSHIP,
        Region.code != TOWNSHIP,
    )
    return list(session.scalars(asked.order_by(Region.code).limit(3)))


def test_places_come_in_once_in_either_encoding_and_leave_a_trace(app, session, tmp_path) -> None:
    file = tmp_path / "苏木乡镇.csv"
    file.write_bytes((HEAD + f"{TOWNSHIP},123.7218,50.5921\n").encode("gb18030"))

    dry, first, second = (run(app, file, "--json", *words) for words in (["--dry-run"], [], []))

    fresh = {"fresh": 1, "same": 0, "left": []}
    assert [dry.exit_code, first.exit_code, second.exit_code] == [0, 0, 0]
    assert [json.loads(one.stdout) for one in (dry, first)] == [fresh, fresh]
    assert json.loads(second.stdout) == {"fresh": 0, "same": 1, "left": []}
    assert place_of(session, TOWNSHIP) == (123.7218, 50.5921)
    traced = select(OrdinaryEntry.detail).where(OrdinaryEntry.act == "townships.place")
    assert [one["places"] for one in session.scalars(traced)] == [1]


def test_a_dry_run_writes_nothing(app, session, tmp_path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + f"{TOWNSHIP},123.72,50.59\n", encoding="utf-8")

    run(app, file, "--dry-run")

    assert place_of(session, TOWNSHIP) == (None, None)


def test_a_workbook_with_nine_digits_in_any_order_of_columns_is_read(
    app, session, tmp_path
) -> None:
    name = session.get_one(Region, TOWNSHIP).name
    file = tmp_path / "a.xlsx"
    rows = [["纬度", "名称", "经度", "区划代码"], [50.59, name, 123.72, int(TOWNSHIP[:9])]]
    file.write_bytes(xlsx(rows))

    assert run(app, file).stdout == "新的 1 处，原来就这样的 0 处，没有用的 0 行。\n"
    assert place_of(session, TOWNSHIP) == (123.72, 50.59)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("15072310,123.7,50.5", "no_code"),
        ("'; DROP TABLE regions;--,123.7,50.5", "no_code"),
        ("159999999000,123.7,50.5", "unknown"),
        (f"{BANNER},123.7,50.5", "no_township"),
        (f"{TOWNSHIP},一百二十三,50.5", "no_number"),
        (f"{TOWNSHIP},nan,50.5", "no_number"),
        (f"{TOWNSHIP},1e999,50.5", "no_number"),
        (f"{TOWNSHIP},123_7,50.5", "no_number"),
        (f"{TOWNSHIP},,", "no_number"),
        (f"{TOWNSHIP}", "no_number"),
        (f"{TOWNSHIP},50.5,123.7", "swapped"),
        (f"{TOWNSHIP},0,0", "outside"),
        (f"{TOWNSHIP},105.7,38.8", "far"),
    ],
)
def test_a_wrong_line_stays_out_with_its_reason_and_the_others_come_in(
    app, session, tmp_path, *, others, line, fault
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + line + f"\n{others[0]},123.7,50.5\n", encoding="utf-8")

    answer = run(app, file, "--json")

    said = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert [(one["row"], one["fault"]) for one in said["left"]] == [(2, fault)]
    assert said["fresh"] == 1
    assert place_of(session, TOWNSHIP) == (None, None)
    assert place_of(session, others[0]) == (123.7, 50.5)


def test_of_two_lines_about_one_place_the_first_counts(app, session, tmp_path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + f"{TOWNSHIP},123.7,50.5\n{TOWNSHIP},123.8,50.6\n", encoding="utf-8")

    answer = run(app, file)

    assert "第 3 行：同一个地方前面已有一行，用前面的。" in answer.stdout
    assert place_of(session, TOWNSHIP) == (123.7, 50.5)


def test_another_name_than_the_codes_is_left(app, session, tmp_path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"名称,代码,经度,纬度\n无此苏木,{TOWNSHIP},123.7,50.5\n", encoding="utf-8")

    assert "名称和代码对不上" in run(app, file).stdout
    assert place_of(session, TOWNSHIP) == (None, None)


@pytest.mark.parametrize("data", [b"", b"\0\0\0", b"a,b\n1,2\n", b"PK\x03\x04broken", b"x" * 100])
def test_a_file_that_is_no_such_table_is_refused_in_chinese(app, session, tmp_path, data) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(data)

    answer = run(app, file)

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert any("一" <= sign <= "鿿" for sign in answer.stderr)


def test_a_file_that_is_not_there_is_said(app, session, tmp_path) -> None:
    assert "打不开这个文件" in run(app, tmp_path / "none.csv").stderr


def test_another_banners_case_worker_places_nothing_here(app, session, tmp_path) -> None:
    an_account(session, Role.CASE_WORKER, login="elsewhere", region_code=OTHER_BANNER)
    session.commit()
    file = tmp_path / "a.csv"
    file.write_text(HEAD + f"{TOWNSHIP},123.7,50.5\n", encoding="utf-8")

    answer = run(app, file, "--json", "--by", "elsewhere")

    assert [one["fault"] for one in json.loads(answer.stdout)["left"]] == ["not_yours"]
    assert place_of(session, TOWNSHIP) == (None, None)


def test_inside_a_banner_the_nearer_volunteer_goes_first_and_the_far_one_never(
    app, session, tmp_path, now, others
) -> None:
    world = a_world(session, now)
    world.mother.region_code = others[1]
    nearer = a_volunteer(session, now, name="托娅", region_code=others[0])
    session.commit()
    mother_id, nearer_id, worker = world.mother.id, nearer.id, world.who("worker", now)
    file = tmp_path / "a.csv"
    far = f"{TOWNSHIP},123.72,50.59\n{others[0]},123.80,50.60\n{others[1]},124.90,50.60\n"
    file.write_text(HEAD + far, encoding="utf-8")

    run(app, file)
    nights.pair_volunteers(session, worker, now=now)

    (pair,) = session.scalars(select(CareMatch))
    assert pair.volunteer_id == nearer_id
    (way,) = [part for part in pair.reasons if part["factor"] == "distance"]
    assert way["km"] == 5
    (seen, *_) = offer_records(
        session, ready(session, Volunteer.id == mother_id), [], on=today(now)
    )
    assert (seen.lat, seen.lon) == (5060, 12490)
    assert pair.runners_up == []
