"""Reads a story: what cannot be told is refused with its place, before anything happens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from services.books.booking import EARLIEST
from vocabulary.dates import today
from vocabulary.enums import Rhythm
from vocabulary.money import Fen

Row = Mapping[str, Any]
MOST_FEN = 10**13
LATEST = date(2100, 1, 1)


class BadStory(Exception):
    """The file cannot be replayed; the text says where and why."""

    @classmethod
    def at(cls, where: str, what: str) -> "BadStory":
        """Say what is wrong with a place in the file."""
        return cls(f"{where}: {what}")


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with its index in the file."""

    index: int
    on: date
    do: str
    row: Row


@dataclass(frozen=True, slots=True)
class Story:
    """A file that can be told from beginning to end; events in order of date."""

    now: date
    alias: str
    donors: tuple[str, ...]
    places: Mapping[str, str]
    schools: Mapping[str, str]
    children: Mapping[str, Row]
    events: tuple[Event, ...] = field(repr=False)


def read(raw: bytes) -> Story:
    """Read a file's bytes. Raises BadStory."""
    told = _object(_parsed(raw), "the file")
    places = _texts(told.get("places", {}), "places")
    schools = _schools(told.get("schools", []), places)
    children = _children(told.get("children", []), schools)
    donors = _donors(told)
    known = _Known(set(children), set(schools), set(places), set(donors))
    events = [_event(index, row, known) for index, row in enumerate(_list(told, "events"))]
    alias = _object(told.get("donor", {}), "donor").get("alias")
    return Story(
        now=_day(told.get("now"), "now"),
        alias=alias if isinstance(alias, str) else "",
        donors=donors,
        places=places,
        schools=schools,
        children=children,
        events=tuple(sorted(events, key=lambda event: event.on)),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    children: set[str]
    schools: set[str]
    places: set[str]
    donors: set[str]


def _fail(where: str, what: str) -> NoReturn:
    raise BadStory.at(where, what)


def _parsed(raw: bytes) -> Any:
    try:
        told = json.loads(raw.decode("utf-8-sig"))
        json.dumps(told, ensure_ascii=False).encode()  # half a character is no text
    except UnicodeError:
        _fail("the file", "it is not UTF-8 text")
    except json.JSONDecodeError as error:
        _fail(f"line {error.lineno}, column {error.colno}", f"this is no JSON ({error.msg})")
    except (ValueError, RecursionError):
        _fail("the file", "a number in it is too long, or it is nested too deeply")
    return told


def _object(value: Any, where: str) -> Row:
    if not isinstance(value, dict):
        _fail(where, "an object is expected")
    return value


def _list(told: Row, name: str, *without: list[Any]) -> list[Any]:
    value = told.get(name, *without)
    if not isinstance(value, list):
        _fail(name, "a list is expected")
    return value


def _texts(value: Any, where: str) -> Mapping[str, str]:
    for key, text in _object(value, where).items():
        if not isinstance(text, str):
            _fail(f"{where}.{key}", "a text is expected")
    found: Mapping[str, str] = value
    return found


def _key(row: Row, where: str, taken: Mapping[str, Any]) -> str:
    key = row.get("key")
    if not isinstance(key, str) or not key:
        _fail(where, "it has no key")
    if key in taken:
        _fail(where, f"the key {key!r} is there already")
    return key


def _schools(value: Any, places: Mapping[str, str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for index, one in enumerate(_list({"schools": value}, "schools")):
        where = f"schools[{index}]"
        row = _object(one, where)
        place = row.get("place")
        if place is not None and (not isinstance(place, str) or place not in places):
            _fail(where, f"unknown place {place!r}")
        found[_key(row, where, found)] = places[place] if place else ""
    return found


def _children(value: Any, schools: Mapping[str, str]) -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for index, one in enumerate(_list({"children": value}, "children")):
        where = f"children[{index}]"
        row = _object(one, where)
        school = row.get("school")
        if school is not None and (not isinstance(school, str) or school not in schools):
            _fail(where, f"unknown school {school!r}")
        found[_key(row, where, found)] = row
    return found


def _donors(told: Row) -> tuple[str, ...]:
    """Return the donors' keys: `donor`, or a list `donors`; the first gives where none is named."""
    rows = [*([told["donor"]] if "donor" in told else []), *_list(told, "donors", [])]
    keys = [_object(row, f"donors[{i}]").get("key", "donor") for i, row in enumerate(rows)]
    if bad := [index for index, key in enumerate(keys) if not isinstance(key, str) or not key]:
        _fail(f"donors[{bad[0]}]", "its key must be a text")
    return tuple(dict.fromkeys(keys)) or ("donor",)


def _day(value: Any, where: str) -> date:
    day = _calendar_day(value, where)
    if not EARLIEST <= day <= LATEST:
        _fail(where, f"{value!r} is not between {EARLIEST} and {LATEST}")
    return day


def _calendar_day(value: Any, where: str) -> date:
    if not isinstance(value, str):
        _fail(where, "a day like 2017-03-01 is expected")
    try:
        if len(value) == len("2017-03-01"):
            return date.fromisoformat(value)
        instant = datetime.fromisoformat(value)
        return today(instant) if instant.tzinfo else instant.date()
    except (ValueError, OverflowError):
        _fail(where, f"{value!r} is no day of the calendar")


def _event(index: int, one: Any, known: _Known) -> Event:
    where = f"events[{index}]"
    row = _object(one, where)
    do = row.get("do")
    where = f"events[{index}] (number {index + 1}, on {row.get('on')})"
    if not isinstance(do, str) or do not in EVENTS:
        _fail(where, f"unknown event {do!r}; known are {', '.join(EVENTS)}")
    on = _day(row.get("on"), where)
    for check in EVENTS[do]:
        check(row, where, known)
    return Event(index, on, do, row)


_Check = Callable[[Row, str, _Known], None]


def _is_in(field_name: str, kind: str) -> _Check:
    """Check that a field names a known child, school, place or donor."""

    def check(row: Row, where: str, known: _Known) -> None:
        value = row.get(field_name)
        if not isinstance(value, str) or value not in getattr(known, kind):
            word = {"children": "child", "schools": "school", "places": "place"}.get(kind, "donor")
            _fail(where, f"unknown {word} {value!r} in {field_name!r}")

    return check


def _if_there(field_name: str, check: _Check) -> _Check:
    def maybe(row: Row, where: str, known: _Known) -> None:
        if row.get(field_name) is not None:
            check(row, where, known)

    return maybe


def _has_sum(row: Row, where: str, _known: _Known) -> None:
    value = row.get("amount_fen")
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_FEN:
        _fail(where, f"amount_fen must be a whole number above 0, not {value!r}")


def _has_rhythm(row: Row, where: str, _known: _Known) -> None:
    if row.get("every") not in {rhythm.value for rhythm in Rhythm}:
        _fail(where, f"unknown rhythm {row.get('every')!r} in 'every': month, term or year")


def amount_of(event: Event) -> Fen:
    """Return the event's checked sum."""
    return Fen(event.row["amount_fen"])


def why_of(event: Event) -> str:
    """Return what the story says about the event, as text."""
    words = (event.row.get(name) for name in ("why", "what", "asked_by", "donor_answers", "from"))
    return "; ".join(str(word) for word in words if word is not None)


_CHILD = _is_in("child", "children")
_DONOR = _if_there("donor", _is_in("donor", "donors"))
EVENTS: Mapping[str, tuple[_Check, ...]] = {
    "pledge": (_CHILD, _has_sum, _has_rhythm, _DONOR),
    "end_pledge": (_CHILD, _DONOR),
    "gift": (_CHILD, _has_sum, _DONOR),
    "school_transfer": (_CHILD, _is_in("to", "schools")),
    "donor_moves": (_is_in("to", "places"),),
    "milestone": (_CHILD,),
    "reveal": (_CHILD,),
    "letter": (_if_there("child", _CHILD),),
}
