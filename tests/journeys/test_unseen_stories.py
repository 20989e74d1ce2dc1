"""Stories of many shapes, against a reckoning that shares no line with ours."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.replay import outcome
from cli.replay.player import Player
from cli.replay.playing import play
from cli.replay.reading import BadStory, read
from models.pledges import Match, Pledge
from models.stipends import Gift
from privacy import viewers
from services.checking import checks
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.errors import NoConsent

Event = dict[str, Any]


def pledge(on: str, child: str, amount: int = 10_000, every: str = "month", **more: Any) -> Event:
    return {"on": on, "do": "pledge", "child": child, "amount_fen": amount, "every": every} | more


def end(on: str, child: str, **more: Any) -> Event:
    return {"on": on, "do": "end_pledge", "child": child} | more


def gift(on: str, child: str, amount: int, **more: Any) -> Event:
    return {"on": on, "do": "gift", "child": child, "amount_fen": amount} | more


def told(events: Iterable[Event], **more: Any) -> dict[str, Any]:
    return {
        "now": "2024-12-31",
        "donors": [{"key": "d1"}, {"key": "d2"}, {"key": "d3"}],
        "places": {"p": "150723 吉文镇", "q": "150785 得耳布尔镇"},
        "schools": [{"key": "s", "place": "p"}, {"key": "t", "place": "q"}],
        "children": [{"key": "A", "school": "s"}, {"key": "B", "school": "t"}, {"key": "C"}],
        "events": list(events),
    } | more


def periods(events: list[Event], first: str) -> list[Event]:
    """Give each pledge the day on which it ends, and its donor."""
    running: list[Event] = []
    for one in events:
        who = one.get("donor")
        if one["do"] == "pledge":
            running.append(one | {"until": "9999", "of": who or first})
        for mine in running if one["do"] == "end_pledge" else ():
            is_meant = mine["child"] == one["child"] and who in (None, mine["of"])
            if is_meant and mine["until"] == "9999":
                mine["until"] = one["on"]
    return running


def days(mine: Event, last: str) -> list[str]:
    """Count the firsts of months on which a pledge is due, with no schedule of ours."""
    months = {"month": range(1, 13), "term": (3, 9), "year": (9,)}[mine["every"]]
    every = [date(year, month, 1).isoformat() for year in range(1980, 2030) for month in months]
    return [day for day in every if mine["on"] <= day < mine["until"] and day <= last]


def reckoned(story: dict[str, Any]) -> dict[str, Any]:
    """Work out by hand what a story comes to."""
    last = str(story["now"])[:10]
    events = sorted((one for one in story["events"] if one["on"] <= last), key=lambda e: e["on"])
    gifts: Counter[str] = Counter()
    for one in events:
        if one["do"] == "gift":
            gifts[one["child"]] += one["amount_fen"]
    paid, total = Counter[str](), Counter(gifts)
    for mine in periods(events, story.get("donors", [{"key": "donor"}])[0]["key"]):
        count = len(days(mine, last))
        paid[mine["child"]] += count
        total[mine["child"]] += count * mine["amount_fen"]
    kids = [child["key"] for child in story["children"]]
    return {
        "payments": {key: paid[key] for key in kids},
        "total_fen": {key: total[key] for key in kids},
        "gifts_fen": {key: gifts[key] for key in kids if gifts[key]},
        "grand_total_fen": sum(total.values()),
        "missed": 0,
        "double": 0,
    }


STORIES: dict[str, dict[str, Any]] = {
    "three donors and three children, crosswise": told([
        pledge("2024-05-31", "A", donor="d1"), pledge("2024-06-01", "A", 20_000, donor="d2"),
        pledge("2024-06-02", "B", donor="d1"), pledge("2024-07-31", "B", 5_000, donor="d3"),
        pledge("2024-08-01", "C", donor="d3"), end("2024-09-01", "A", donor="d2"),
        end("2024-10-02", "B"), gift("2024-10-02", "B", 700, donor="d3"),
        gift("2024-10-03", "A", 900, donor="d3"),
    ]),
    "sums that change, on due days and between, the end told first or last": told([
        pledge("2024-01-31", "A"), end("2024-04-01", "A"), pledge("2024-04-01", "A", 15_000),
        pledge("2024-03-31", "B"), pledge("2024-06-15", "B", 30_000, donor="d2"),
        end("2024-06-15", "B", donor="d1"), end("2024-08-31", "B"),
        pledge("2024-08-31", "B", 7_777), end("2024-11-30", "A"),
    ]),
    "a pause told as an end and a beginning": told([
        pledge("2024-02-01", "A"), end("2024-04-30", "A"), pledge("2024-09-30", "A"),
        pledge("2024-02-29", "B", every="term"), end("2024-03-02", "B"),
        pledge("2024-09-02", "B", every="term"),
    ]),
    "leap days, the 31st and the turn of years": told(now="2025-03-01", events=[
        pledge("2023-12-31", "A"), end("2024-02-29", "A"), pledge("2024-02-29", "A", 3),
        end("2024-03-31", "A"), pledge("2024-12-31", "A", 5), gift("2024-02-29", "B", 29),
        gift("2024-12-31", "B", 31), gift("2025-03-01", "B", 1), gift("2025-03-02", "B", 999),
    ]),
    "terms and years over a decade, older than the anchors": told(now="2003-09-01", events=[
        pledge("1994-03-01", "A", 60_000, "term"), end("1999-09-01", "A"),
        pledge("1993-09-02", "B", 120_000, "year"), end("2003-09-02", "B"),
        pledge("1999-12-31", "C", 60_000, "term"), pledge("2000-02-29", "C", 50, "year"),
    ]),
    "a donor dies, another takes his children over months later": told([
        pledge("2024-01-01", "A", donor="d1"), pledge("2024-01-01", "B", donor="d1"),
        pledge("2024-01-01", "C", donor="d2"), end("2024-05-17", "A", donor="d1", why="去世"),
        end("2024-05-17", "B", donor="d1", why="去世"), pledge("2024-08-17", "A", donor="d2"),
        pledge("2024-09-01", "B", donor="d3"), end("2024-09-01", "C", donor="d1"),
    ]),
    "the end of a stage: news, another school, another pledge": told([
        pledge("2024-03-01", "A"), {"on": "2024-08-01", "do": "milestone", "child": "A"},
        end("2024-09-01", "A", why="graduated"),
        {"on": "2024-09-01", "do": "school_transfer", "child": "A", "to": "t"},
        pledge("2024-09-01", "A", 30_000, donor="d2"), gift("2024-09-01", "A", 50_000, donor="d2"),
        {"on": "2024-09-01", "do": "donor_moves", "to": "q"},
    ]),
    "told backwards": told(reversed([
        pledge("2024-06-01", "A"), pledge("2024-07-31", "B", donor="d2"), gift("2024-08-01", "A", 5),
        end("2024-10-01", "A"), end("2024-12-01", "B"), pledge("2024-11-30", "A", 4),
    ])),
    "a day of many turns: ended, begun, ended and begun anew; a gift before its pledge": told([
        pledge("2024-01-01", "A"), end("2024-06-01", "A"), pledge("2024-06-01", "A", 20_000),
        end("2024-06-01", "A"), pledge("2024-06-01", "A", 5_000), end("2024-03-01", "B"),
        gift("2024-03-01", "B", 777), pledge("2024-03-01", "B"), gift("2024-03-01", "B", 333),
    ]),
    "two donors of one child, one of them twice, one who never begins": told([
        pledge("2024-01-01", "A", donor="d1"), pledge("2024-01-01", "A", donor="d2"),
        pledge("2024-04-01", "A", 20_000, donor="d1"), end("2024-07-01", "A", donor="d2"),
        pledge("2024-05-01", "B", donor="d3"), end("2024-05-01", "B", donor="d3"),
    ]),
    "schools that change before, between and to themselves; the greatest sum and the least": told([
        {"on": "2024-01-05", "do": "school_transfer", "child": "A", "to": "t"},
        pledge("2024-02-01", "A", 1), pledge("2024-11-01", "B", 10**13),
        {"on": "2024-03-01", "do": "school_transfer", "child": "A", "to": "t"},
        {"on": "2024-06-01", "do": "school_transfer", "child": "A", "to": "s"},
        {"on": "2024-11-15", "do": "school_transfer", "child": "C", "to": "s"},
    ]),
    "little is said": {
        "now": "2024-12-31T23:59:00+08:00", "children": [{"key": "X"}, {"key": "Y"}],
        "events": [pledge("2024-10-01", "X"), gift("2024-11-11", "Y", 11)],
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_to_what_is_reckoned_by_hand(app: Flask, session: Session, name: str) -> None:
    story = STORIES[name]
    raw = json.dumps(story).encode()

    assert outcome(read(raw)) == reckoned(story)
    with clock.moved_to(at(read(raw).now, 18)):
        assert checks.report(session, viewers.console(), now=clock.now())["ok"] is True


def test_a_gift_is_booked_under_the_donor_who_is_named(app: Flask, session: Session) -> None:
    events = [pledge("2024-12-01", "A", donor="d1"), gift("2024-12-05", "A", 500, donor="d2")]
    player = Player(session, read(json.dumps(told(events)).encode()))

    play(player)

    (under,) = session.scalars(
        select(Pledge.donor_ref).join(Match, Match.pledge_id == Pledge.id).join(Gift)
    )
    assert [one.donor for one in player.running if one.ref == under] == ["d2"]


@pytest.mark.parametrize(
    "event",
    [
        {"on": "2024-05-01", "do": "pause", "child": "A"},
        {"on": "2024-05-01", "do": "Pledge", "child": "A"},
        {"on": "2024-05-01", "do": ["pledge"]},
        {"on": "2024-05-01"},
        pledge("2024-05-01", "A", every="quarter"),
        pledge("2024-05-01", "A", donor="stranger"),
        pledge("2024-02-30", "A"),
        {"on": "2024-05-01", "do": "end_pledge"},
        {"on": "2024-05-01", "do": "gift", "child": "A", "amount_fen": 1.5},
    ],
)
def test_what_is_not_known_is_refused_at_its_place_before_anything_happens(event: Event) -> None:
    story = told([gift("2024-01-01", "A", 1), gift("2024-01-02", "A", 1), event])

    with pytest.raises(BadStory, match=r"^events\[2\]"):
        read(json.dumps(story).encode())


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"children": [{"key": "A", "school": ["s"]}]}, r"^children\[0\]: unknown school"),
        ({"schools": [{"key": "s", "place": ["p"]}]}, r"^schools\[0\]: unknown place"),
        ({"donors": [{"key": "d1"}, {"key": 5}]}, r"^donors\[1\]: its key"),
        ({"events": None}, r"^events: a list"),
        ({"events": [pledge("1979-12-31", "A")]}, r"^events\[0\].* is not between 1980-01-01"),
        ({"events": [pledge("0001-01-01T00:00+08:00", "A")]}, r"^events\[0\].*no day"),
        ({"now": "9999-12-31"}, r"^now: '9999-12-31' is not between"),
        ({"title": "\ud800"}, r"^the file: it is not UTF-8"),
    ],
)
def test_what_cannot_be_told_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(BadStory, match=place):
        read(json.dumps(told([]) | more).encode())


def test_a_story_without_events_or_with_an_endless_number_is_refused() -> None:
    with pytest.raises(BadStory, match=r"^events: a list"):
        read(b'{"now": "2024-12-31", "children": [{"key": "A"}]}')
    with pytest.raises(BadStory, match=r"^the file: a number"):
        read(b'{"now": "2024-12-31", "events": [], "title": ' + b"9" * 5000 + b"}")


def test_what_the_services_refuse_is_said_with_its_place(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: Any, **_more: Any) -> None:
        raise NoConsent

    monkeypatch.setattr("services.children.children.change_school", refuse)
    moved = {"on": "2024-03-01", "do": "school_transfer", "child": "A", "to": "t"}
    story = read(json.dumps(told([gift("2024-01-01", "A", 1), moved])).encode())

    with pytest.raises(BadStory, match=r"^events\[1\] \(number 2, on 2024-03-01\): .*no_consent"):
        play(Player(session, story))
