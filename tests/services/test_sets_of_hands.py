"""Several hands' words kept at once: what each says alone, under his own name, seen with his own eyes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from models.trace import OrdinaryEntry
from services.handover import handovers
from services.handover.handovers import Word
from tests.services.test_sets_of_facts import EXCEPT, Listed
from vocabulary.enums import BatchStatus
from vocabulary.errors import AlreadyDecided, NotFound, NotPermitted


@pytest.fixture
def four(session) -> list[Listed]:
    """Two schools whose hands speak at once, and two like them whose hands speak one by one."""
    made = [Listed(session, name) for name in ("一", "二二", "三三三", "四四四四")]
    for number, listed in enumerate(made):
        listed.officer = replace(listed.officer, actor=f"account:officer{number % 2}")
    return made


def word(listed: Listed) -> Word:
    said = {listed.refs[n]: one for n, one in EXCEPT.items()}
    return Word(listed.officer, listed.batch.ref, said)


def test_said_at_once_it_is_what_each_says_alone(session, four, now) -> None:
    *together, third, fourth = four

    done = handovers.confirm_each(session, [word(one) for one in together], now=now)
    alone = third.confirm(now) + fourth.confirm(now)

    assert done == alone == 4
    assert [one.written() for one in together] == [third.written(), fourth.written()]


def test_each_entry_of_the_trace_names_its_own_hand_and_its_own_exceptions(
    session, four, now
) -> None:
    first, second, *_ = four
    words = [word(first), Word(second.officer, second.batch.ref)]

    handovers.confirm_each(session, words, now=now)

    entries = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act == "batch.hand_over").order_by("seq")
    ).all()
    assert [(one.actor, one.subject) for one in entries] == [
        (listed.officer.actor, f"batch:{listed.batch.ref}") for listed in (first, second)
    ]
    assert [one.detail["handed_over"] for one in entries] == [2, 5]
    assert [len(one.detail["except"]) for one in entries] == [3, 0]
    assert [one.batch.status for one in (first, second)] == [BatchStatus.SENT, BatchStatus.CLOSED]


@pytest.mark.parametrize(
    ("second_word", "refusal"),
    [
        (lambda a, b: Word(a.officer, b.batch.ref), NotFound),
        (lambda a, b: Word(b.officer, b.batch.ref, {a.refs[0]: EXCEPT[0]}), NotFound),
        (lambda a, b: Word(b.officer, b.batch.ref, {}, shown=()), AlreadyDecided),
        (lambda a, b: Word(replace(b.officer, roles=frozenset()), b.batch.ref), NotPermitted),
    ],
)
def test_one_word_that_may_not_be_said_keeps_back_all_of_them(
    session, four, now, second_word: Callable[[Any, Any], Word], refusal: type[Exception]
) -> None:
    first, second, *_ = four

    with pytest.raises(refusal):
        handovers.confirm_each(session, [word(first), second_word(first, second)], now=now)

    assert all(stipend.handed_over_on is None for stipend in first.stipends())
    assert first.written()["facts"] == four[2].written()["facts"]


def test_four_hands_write_in_as_many_steps_as_two(session, four, now) -> None:
    def writes(listed: list[Listed]) -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            if not statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        handovers.confirm_each(session, [word(one) for one in listed], now=now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    two, four_more = four[:2], [*four[2:], *(Listed(session, "五" * n) for n in (5, 6))]
    session.flush()

    assert writes(two) == writes(four_more) > 0


def test_no_word_at_all_is_none(session, now) -> None:
    assert handovers.confirm_each(session, [], now=now) == 0
