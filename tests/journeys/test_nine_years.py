"""A story replayed through the real services: children got what the pure schedule says."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cli.replay import outcome
from cli.replay.reading import BadStory, read
from privacy import viewers
from services.checking import checks
from vocabulary import clock
from vocabulary.dates import at

STORY = Path("data/scenarios/nine-years.json")


def told(**changes: Any) -> dict[str, Any]:
    """A small story of one school and two children, unless something else is said."""
    return {
        "now": "2024-12-31",
        "donor": {"key": "donor"},
        "places": {"p": "150723 吉文镇", "q": "150785 得耳布尔镇"},
        "schools": [{"key": "s", "place": "p"}, {"key": "t", "place": "q"}],
        "children": [{"key": "A", "school": "s"}, {"key": "B", "school": "t"}],
        "events": [],
    } | changes


def pledge(
    on: str, child: str = "A", every: str = "month", amount: int = 10_000, **more: Any
) -> dict[str, Any]:
    return {"on": on, "do": "pledge", "child": child, "amount_fen": amount, "every": every} | more


def end(on: str, child: str = "A") -> dict[str, Any]:
    return {"on": on, "do": "end_pledge", "child": child}


def play(story: dict[str, Any]) -> dict[str, Any]:
    return outcome(read(json.dumps(story).encode()))


@pytest.mark.slow
def test_the_nine_years_story_comes_out_as_it_was(app: Flask, session: Session) -> None:
    story = json.loads(STORY.read_text())

    result = play(story)

    assert result == {key: value for key, value in story["expected"].items() if key != "rule"}
    with clock.moved_to(at(read(STORY.read_bytes()).now, 18)):
        assert checks.report(session, viewers.console(), now=clock.now())["ok"] is True


CASES: dict[str, tuple[list[dict[str, Any]], dict[str, int], dict[str, int]]] = {
    "nothing happens": ([], {"A": 0, "B": 0}, {}),
    "a pledge in mid-month begins on the next first": (
        [pledge("2024-10-02")],
        {"A": 2, "B": 0},
        {},
    ),
    "a pledge on a due day begins there": ([pledge("2024-10-01")], {"A": 3, "B": 0}, {}),
    "an end on a due day leaves it out": (
        [pledge("2024-08-01"), end("2024-10-01")],
        {"A": 2, "B": 0},
        {},
    ),
    "an end the day after keeps it": (
        [pledge("2024-08-01"), end("2024-10-02")],
        {"A": 3, "B": 0},
        {},
    ),
    "begun and ended on one day": ([pledge("2024-08-01"), end("2024-08-01")], {"A": 0, "B": 0}, {}),
    "a term": ([pledge("2023-09-02", every="term", amount=60_000)], {"A": 2, "B": 0}, {}),
    "a year": ([pledge("2022-09-01", every="year", amount=120_000)], {"A": 3, "B": 0}, {}),
    "a leap day": (
        [pledge("2024-02-29"), end("2024-04-30")],
        {"A": 2, "B": 0},
        {},
    ),
    "two pledges at once, ended together": (
        [
            pledge("2024-08-15"),
            pledge("2024-09-01", every="term", amount=30_000),
            end("2024-11-01"),
        ],
        {"A": 3, "B": 0},
        {},
    ),
    "one after the other": (
        [pledge("2024-06-01"), end("2024-08-01"), pledge("2024-10-01", amount=7_777)],
        {"A": 5, "B": 0},
        {},
    ),
    "a sum that is on no list, and a very large one": (
        [pledge("2024-11-01", amount=1), pledge("2024-11-01", "B", amount=99_999_999_999)],
        {"A": 2, "B": 2},
        {},
    ),
    "an end that nothing began": ([end("2024-05-05", "B")], {"A": 0, "B": 0}, {}),
    "gifts: beside a pledge, after it, before its first due day, without one": (
        [
            pledge("2024-10-15"),
            {"on": "2024-10-20", "do": "gift", "child": "A", "amount_fen": 50_000, "why": "生日"},
            {"on": "2024-12-01", "do": "gift", "child": "A", "amount_fen": 1},
            end("2024-12-15"),
            {"on": "2024-12-20", "do": "gift", "child": "A", "amount_fen": 2},
            {"on": "2024-09-01", "do": "gift", "child": "B", "amount_fen": 33_333},
        ],
        {"A": 2, "B": 0},
        {"A": 50_003, "B": 33_333},
    ),
    "a transfer on a due day, and other news": (
        [
            pledge("2024-10-01"),
            {"on": "2024-11-01", "do": "school_transfer", "child": "A", "to": "t"},
            {"on": "2024-11-05", "do": "donor_moves", "to": "q"},
            {"on": "2024-11-06", "do": "milestone", "child": "B", "what": "prize"},
            {
                "on": "2024-11-07",
                "do": "reveal",
                "child": "A",
                "asked_by": "A",
                "donor_answers": "agree",
            },
            {"on": "2024-11-08", "do": "letter", "from": "A", "to": "donor", "text": "谢谢"},
        ],
        {"A": 3, "B": 0},
        {},
    ),
    "after now": (
        [pledge("2025-01-01"), {"on": "2025-01-01", "do": "gift", "child": "A", "amount_fen": 5}],
        {"A": 0, "B": 0},
        {},
    ),
    "events in no order": (
        [end("2024-11-15"), pledge("2024-09-01")],
        {"A": 3, "B": 0},
        {},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_other_stories_come_out_right(app: Flask, session: Session, name: str) -> None:
    events, payments, gifts = CASES[name]

    result = play(told(events=events))

    assert (result["payments"], result["gifts_fen"]) == (payments, gifts)
    assert (result["missed"], result["double"]) == (0, 0)
    assert result["grand_total_fen"] == sum(result["total_fen"].values())
    with clock.moved_to(at(read(json.dumps(told()).encode()).now, 18)):
        assert checks.report(session, viewers.console(), now=clock.now())["ok"] is True


def test_totals_hold_instalments_and_gifts(app: Flask) -> None:
    events, _, _ = CASES["gifts: beside a pledge, after it, before its first due day, without one"]

    result = play(told(events=events))

    assert result["total_fen"] == {"A": 2 * 10_000 + 50_003, "B": 33_333}


def test_children_and_schools_that_say_little_are_filled_in(app: Flask) -> None:
    story = told(schools=[{"key": "s"}], children=[{"key": "X"}], places={})
    story["events"] = [pledge("2024-12-01", "X")]

    assert play(story)["payments"] == {"X": 1}


def test_a_place_outside_the_region_is_told_of_and_stops_nothing(app: Flask) -> None:
    story = told(places={"p": "310115 浦东新区", "q": "北京"})
    story["events"] = [pledge("2024-12-01"), {"on": "2024-12-02", "do": "donor_moves", "to": "q"}]

    assert play(story)["payments"] == {"A": 1, "B": 0}


def test_of_two_donors_the_one_who_is_named_ends(app: Flask) -> None:
    events = [
        pledge("2024-10-01", donor="d1"),
        pledge("2024-10-01", amount=20_000, donor="d2"),
        end("2024-11-01") | {"donor": "d1"},
        {"on": "2024-12-31", "do": "gift", "child": "A", "amount_fen": 7, "donor": "d2"},
    ]

    result = play(told(events=events, donors=[{"key": "d1"}, {"key": "d2"}]))

    assert result["payments"] == {"A": 4, "B": 0}
    assert result["total_fen"] == {"A": 10_000 + 3 * 20_000 + 7, "B": 0}


def test_a_story_older_than_the_schedules_anchor_comes_out_right(app: Flask) -> None:
    events = [pledge("1998-03-02", every="term", amount=2_000), end("2000-09-01")]

    result = play(told(now="2001-01-01", events=events))

    assert (result["payments"], result["missed"]) == ({"A": 4, "B": 0}, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"do": "adopt"}, "events[1] (number 2, on 2024-05-01): unknown event 'adopt'"),
        ({"do": None}, "events[1] (number 2, on 2024-05-01): unknown event None"),
        ({"child": "Z"}, "unknown child 'Z'"),
        ({"amount_fen": -5}, "whole number above 0"),
        ({"amount_fen": "100"}, "whole number above 0"),
        ({"amount_fen": True}, "whole number above 0"),
        ({"every": "week"}, "unknown rhythm 'week'"),
        ({"on": "2023-02-29"}, "no day of the calendar"),
        ({"do": "school_transfer", "to": "u"}, "unknown school 'u'"),
        ({"do": "donor_moves", "to": "u"}, "unknown place 'u'"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_place(change: dict[str, Any], said: str) -> None:
    story = told(events=[pledge("2024-04-01"), pledge("2024-05-01") | change])

    with pytest.raises(BadStory) as refused:
        read(json.dumps(story).encode())

    assert said in str(refused.value)
    assert "events[1]" in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "line 1, column 1"),
        (b'{"now": }', "line 1, column 9"),
        (b"[]", "the file: an object is expected"),
        (b"\xff\xfe", "not UTF-8"),
        (json.dumps(told(now=None)).encode(), "now: a day"),
        (json.dumps(told(events={})).encode(), "events: a list"),
        (json.dumps(told(events=[3])).encode(), "events[0]: an object"),
        (
            json.dumps(told(children=[{"key": "A"}, {"key": "A"}])).encode(),
            "children[1]: the key 'A'",
        ),
        (
            json.dumps(told(children=[{"key": "A", "school": "u"}])).encode(),
            "children[0]: unknown school",
        ),
        (
            json.dumps(told(schools=[{"key": "s", "place": "u"}])).encode(),
            "schools[0]: unknown place",
        ),
    ],
)
def test_a_broken_file_is_refused_clearly(raw: bytes, said: str) -> None:
    with pytest.raises(BadStory) as refused:
        read(raw)

    assert said in str(refused.value)


def test_the_command_needs_no_database_and_leaves_none_behind(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    story = told(events=[pledge("2024-12-01")])
    wrong = deepcopy(story)
    wrong["events"].append({"on": "2024-12-02", "do": "dance"})
    good.write_text(json.dumps(story))
    bad.write_text(json.dumps(wrong))
    runner = app.test_cli_runner()

    done, refused = (runner.invoke(args=["replay", str(file), "--json"]) for file in (good, bad))

    assert json.loads(done.stdout)["payments"] == {"A": 1, "B": 0}
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "events[1] (number 2, on 2024-12-02): unknown event 'dance'" in refused.stderr
