import json
from pathlib import Path

import pytest

from gateways.spreadsheets import read
from services.rosters import open_children, open_schools, open_volunteers

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))


def sheet(name):
    return read(name, (SAMPLES / name).read_bytes())


@pytest.fixture(scope="module")
def children():
    return open_children(sheet("困境儿童花名册.xlsx")).report()


def test_every_child_row_appears_under_its_own_number_with_its_one_problem(children):
    expected = [(c["row"], (c["problem"],) if c["problem"] else ()) for c in EXPECTED["children"]]

    assert [(r.row, r.problems) for r in children.rows] == expected


def test_outcomes_follow_from_the_problems(children):
    outcomes = {(r.problems, r.outcome.value) for r in children.rows}

    assert outcomes == {
        ((), "ready"),
        (("no_consent",), "held"),
        (("id_checksum",), "refused"),
        (("sex_mismatch",), "refused"),
        (("duplicate",), "refused"),
        (("no_name",), "refused"),
    }


def test_values_are_normalised_as_expected(children):
    """Of repeated rows expected.json gives a child that the file does not hold, so they are left
    out; of the two wrong IDs it gives the right number."""
    expected = {c["row"]: c for c in EXPECTED["children"] if c["problem"] != "duplicate"}

    for row in children.rows:
        if row.row not in expected:
            continue
        want, got = expected[row.row], row.record
        known = want["id"][:17] if want["problem"] == "id_checksum" else want["id"]
        assert got.id_number[: len(known)] == known
        assert (got.name, str(got.birth), got.sex.value, got.guardian_phone) == (
            want["name"],
            want["birth"],
            want["sex"],
            want["phone"],
        )
        assert ([n.value for n in got.needs], got.amount_fen) == (want["needs"], want["amount_fen"])


def test_footers_and_the_second_sheet_are_shown_not_dropped(children):
    assert [(s.row, s.why.value) for s in children.skipped] == [(67, "footer"), (68, "footer")]
    assert "填写说明" in children.notes[0]


def test_a_known_school_is_no_news(children):
    names = {row.record.school for row in children.rows}

    report = open_children(sheet("困境儿童花名册.xlsx"), known_schools=names).report()

    assert {row.notes for row in children.rows} == {("school_new",)}
    assert {row.notes for row in report.rows} == {()}


def test_volunteers_are_read_from_gb18030():
    report = open_volunteers(sheet("爱心妈妈报名表.csv")).report()

    got = [
        {
            "row": r.row,
            "name": r.record.name,
            "phone": r.record.phone,
            "capacity": r.record.capacity,
            "checked": r.record.checked,
        }
        for r in report.rows
    ]
    assert got == EXPECTED["volunteers"]
    assert {(r.problems, r.notes) for r in report.rows} == {((), ())}


def test_a_volunteers_skills_and_papers_are_told_apart():
    record = open_volunteers(sheet("爱心妈妈报名表.csv")).report().rows[1].record

    assert record.skills == ("做饭", "数学辅导", "心理咨询（二级）")
    assert record.languages == ("蒙古语", "汉语")
    assert (record.checked, record.trained, record.availability) == (False, False, "寒暑假")


def test_schools_are_read_whole():
    report = open_schools(sheet("学校名单.xlsx")).report()

    assert [r.row for r in report.rows] == list(range(2, 10))
    assert {r.outcome.value for r in report.rows} == {"ready"}
    first = report.rows[0].record
    assert (first.name, first.banner, first.township, first.contact, first.phone) == (
        "吉文中学",
        "鄂伦春自治旗",
        "吉文镇",
        "秦晓燕",
        "13898340931",
    )
    assert (first.account_name, first.bank) == ("吉文中学", "某农村信用社")
