"""A long list is read part by part; until its last row it is neither looked through nor taken."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.imports import ImportRow
from privacy import viewers
from services.importing import imports, judging, reading, taking
from services.importing.judging import Reading
from services.retention import retention
from tests.factories import viewer
from tests.services.importing import WULAN, uploaded
from tests.services.rosters.lists import HEADER, a_row, xlsx
from vocabulary.enums import ImportKind, ImportStatus, Role
from vocabulary.errors import NotFound, WrongState

ROWS = [a_row(1), a_row(2, 监护人同意书=""), a_row(3), a_row(1), a_row(5, 姓名="")]


def opened(session: Session, *rows: list[object]) -> Reading:
    data = xlsx([HEADER, *rows])
    return judging.start(session, WULAN, ImportKind.CHILDREN, "名单.xlsx", data)


def begun(session: Session, started: Reading, now: datetime) -> str:
    return reading.begin(
        session,
        WULAN,
        ImportKind.CHILDREN,
        "名单.xlsx",
        started.heading,
        total=started.total,
        now=now,
    )


def judged_rows(session: Session, ref: str) -> list[tuple[object, ...]]:
    return [
        (card["row"], card["outcome"], card["name"], card["notes"], card["message"])
        for card in imports.rows(session, WULAN, ref)
    ]


def test_a_list_read_in_parts_is_the_same_list_and_says_how_far_it_is(
    session: Session, now: datetime
) -> None:
    whole = uploaded(session, now, *ROWS)
    started = opened(session, *ROWS)
    ref = begun(session, started, now)
    steps = []
    for part in started.parts(2):
        card = imports.detail(session, WULAN, ref, now=now)
        is_more = reading.keep_part(session, WULAN, ref, part, now=now)
        steps.append((card["status"], card["at"], card["goal"], is_more))

    assert steps == [
        (ImportStatus.READING, 0, 5, True),
        (ImportStatus.READING, 2, 5, True),
        (ImportStatus.READING, 4, 5, False),
    ]
    assert judged_rows(session, ref) == judged_rows(session, whole)
    assert judged_rows(session, ref)[3][4] == "与第 2 行是同一个人，请删去一行。"
    ended, other = (imports.detail(session, WULAN, one, now=now) for one in (ref, whole))
    assert ended["status"] is ImportStatus.PREVIEWED
    assert ended["counts"] == other["counts"] == {"ready": 2, "held": 1, "taken": 0, "returned": 2}


def test_nothing_is_taken_of_a_list_not_read_to_its_end(session: Session, now: datetime) -> None:
    started = opened(session, *ROWS)
    ref = begun(session, started, now)
    reading.keep_part(session, WULAN, ref, next(started.parts(2)), now=now)

    for take in (taking.begin, taking.take_slice, taking.take):
        with pytest.raises(WrongState):
            take(session, WULAN, ref, now=now)
    assert session.scalar(select(func.count(Child.id))) == 0


def test_a_list_whose_reader_died_says_so_and_is_put_away(session: Session, now: datetime) -> None:
    started = opened(session, *ROWS)
    ref = begun(session, started, now)
    parts = started.parts(2)
    reading.keep_part(session, WULAN, ref, next(parts), now=now)
    waits = [now + timedelta(seconds=seconds) for seconds in (1, 60)]

    told = [imports.detail(session, WULAN, ref, now=at)["is_stalled"] for at in waits]
    imports.discard(session, WULAN, ref, now=waits[1])

    assert told == [False, True]
    assert session.scalar(select(func.count(ImportRow.id))) == 0
    assert imports.listing(session, WULAN) == []
    with pytest.raises(WrongState):
        reading.keep_part(session, WULAN, ref, next(parts), now=waits[1])


def test_a_list_left_half_read_is_forgotten_like_any_other(session: Session, now: datetime) -> None:
    started = opened(session, *ROWS)
    ref = begun(session, started, now)
    reading.keep_part(session, WULAN, ref, next(started.parts(2)), now=now)

    forgotten = retention.carry_out(
        session, viewers.engine("forgetting"), "import_rows", now=now + timedelta(days=31)
    )

    assert forgotten == 1
    assert session.scalar(select(func.count(ImportRow.id))) == 0
    card = imports.detail(session, WULAN, ref, now=now)
    assert card["status"] is ImportStatus.DISCARDED


def test_a_part_goes_into_ones_own_list_alone(session: Session, now: datetime) -> None:
    started = opened(session, *ROWS)
    ref = begun(session, started, now)
    other = viewer(Role.CASE_WORKER, actor="account:gaomin")

    with pytest.raises(NotFound):
        reading.keep_part(session, other, ref, next(started.parts(2)), now=now)


def test_many_children_are_entered_in_as_many_statements_as_few(
    session: Session, now: datetime
) -> None:
    def statements(*rows: list[object]) -> int:
        ref, seen = uploaded(session, now, *rows), []

        def note(*args: object) -> None:
            seen.append(args[2])

        event.listen(session.get_bind(), "before_cursor_execute", note)
        taking.take(session, WULAN, ref, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    few = statements(*(a_row(n) for n in range(1, 4)))
    many = statements(*(a_row(n) for n in range(4, 44)))

    # The school is entered with the first list and known at the second.
    assert many <= few
