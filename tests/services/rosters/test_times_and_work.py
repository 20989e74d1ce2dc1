"""Two columns that a roster may have: when somebody may come, and where a guardian works."""

import pytest

from services.rosters.columns import CHILDREN
from services.rosters.needs import read_times
from tests.services.rosters.lists import HEADER, a_row, judged
from vocabulary.enums import CareTime

WEEKDAY, EVENING, WEEKEND, HOLIDAY = CareTime


def row_with(label: str, cell: str):
    (row,) = judged([[*HEADER, label], [*a_row(1), cell]]).rows
    return row


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("周末", (WEEKEND,)),
        ("平日放学后", (EVENING,)),
        ("工作日放学后、双休日", (WEEKEND, EVENING)),
        ("平日白天", (WEEKDAY,)),
        ("周六上午", (WEEKEND, WEEKDAY)),
        ("寒暑假", (HOLIDAY,)),
        ("都可以", ()),
        ("不限", ()),
        ("看奶奶", None),
    ],
)
def test_words_for_times(words, times) -> None:
    assert read_times(words) == times


@pytest.mark.parametrize(
    "label",
    ["可以去的时间", "方便陪伴的时间", "孩子方便的时间", "可陪伴时段", "陪伴时间", "家里方便时间"],
)
def test_the_column_of_times_is_known_by_its_names(label) -> None:
    record = row_with(label, "周末、放学后").record

    assert (record.times, record.times_text) == ((WEEKEND, EVENING), "")


@pytest.mark.parametrize(
    "label", ["帮扶时间", "结对时间", "走访时间", "入户时间", "出生时间", "同意时间", "填表时间"]
)
def test_other_days_and_times_are_not_taken_for_it(label) -> None:
    known = CHILDREN.field_of(label)

    assert known is None or known[0] != "times"


def test_what_names_no_time_is_kept_in_its_words_and_said() -> None:
    row = row_with("可以去的时间", "看奶奶")

    assert (row.record.times, row.record.times_text) == ((), "看奶奶")
    assert "times_unread" in row.notes


@pytest.mark.parametrize(
    "label", ["监护人工作单位", "监护人单位", "家长工作单位", "监护人的工作单位名称"]
)
def test_the_column_of_a_guardians_work_is_known_by_its_names(label) -> None:
    assert row_with(label, "旗人民医院").record.workplace == "旗人民医院"


@pytest.mark.parametrize(
    "label", ["监护人姓名及单位", "被监护人单位", "帮扶责任人单位", "就读单位"]
)
def test_other_places_are_not_taken_for_it(label) -> None:
    known = CHILDREN.field_of(label)

    assert known is None or known[0] != "workplace"
