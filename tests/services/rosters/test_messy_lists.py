"""Lists as offices keep them: English headers, 同上, remarks beside names, seals, unused rows."""

import io
from datetime import datetime

import openpyxl
import pytest

from gateways.spreadsheets import SpreadsheetRefused, read
from services.rosters import open_children, open_schools, open_volunteers
from services.rosters.births import Precision, read_birth
from services.rosters.schooling import read_school
from services.rosters.values import read_phone, read_sex
from tests.services.rosters.lists import HEADER, a_row, an_id, judged, judged_one, xls, xlsx


def labelled(**columns):
    """Judge one child whose columns are called as given."""
    row = {"姓名": "小明", "身份证号码": an_id(), "监护人联系电话": "13800000001"}
    row |= {"就读学校": "吉文中学", "同意书": "有"}
    cells = {columns.get(label, label): cell for label, cell in row.items()}
    return judged([list(cells), list(cells.values())]).rows[0]


def test_a_list_in_english_is_read_like_one_in_chinese() -> None:
    header = ["No.", "Name", "Sex", "ID No.", "Date of Birth", "School", "Grade", "Guardian"]
    header += ["Relationship", "Phone", "Consent", "Remarks"]
    girl = [1, "Wulan", "F", an_id(), "2018-05-25", "Jiwen School", "3", "Tana", "grandmother"]
    report = judged(
        [
            header,
            [*girl, "13800000001", "yes", "tall"],
            [2, "Bator", "F", an_id(serial=917), "2018-06", "", "", "", "", "1380", "no", ""],
        ]
    )

    assert report.rows[0].problems == ()
    assert report.rows[0].record.school == "Jiwen School"
    assert report.rows[0].record.guardian_name == "Tana"
    told = {"sex_mismatch", "birth_mismatch", "no_consent", "no_school", "bad_phone"}
    assert set(report.rows[1].problems) == told


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("姓名", "帮扶对象"),
        ("姓名", "被监护人姓名"),
        ("姓名", "Student Name"),
        ("身份证号码", "身份证（户口簿）号码"),
        ("身份证号码", "Child ID Number"),
        ("就读学校", "就学情况"),
        ("就读学校", "就读地点"),
        ("监护人联系电话", "Guardian's phone"),
        ("同意书", "Consent form"),
    ],
)
def test_a_column_is_known_by_rarer_names_too(own: str, other: str) -> None:
    row = labelled(**{own: other})

    assert row.problems == ()
    assert row.record.name == "小明"
    assert row.record.id_number == an_id()


def test_a_pupils_grade_is_no_birthday() -> None:
    row = judged([["姓名", "身份证号码", "学生年级"], ["小明", an_id(), "三年级"]]).rows[0]

    assert row.record.grade.year == 3
    assert "birth_unread" not in row.notes


def test_same_as_above_is_written_out_for_good() -> None:
    report = judged(
        [
            HEADER,
            a_row(1),
            a_row(2, 就读学校="同上", 监护人="〃", 监护人联系电话="同 上", 姓名="", 户籍地="〃"),
            a_row(3, 就读学校="同上", 监护人同意书="同上"),
        ]
    )

    second, third = report.rows[1:]
    assert second.record.school == "吉文中学"
    assert second.record.guardian_name == "塔娜"
    assert second.record.guardian_phone == "13800000001"
    assert second.raw["就读学校"] == "吉文中学"
    assert third.record.school == "吉文中学"
    assert third.problems == ("no_consent",)


def test_what_stands_in_brackets_behind_a_name_is_no_part_of_it() -> None:
    row = judged_one(姓名="王小明（低保）", 备注="住校", 监护人="塔娜（奶奶）", 与儿童关系="")

    assert row.record.name == "王小明"
    assert row.record.remark == "住校；姓名旁写着：低保"
    assert (row.record.guardian_name, row.record.relation) == ("塔娜", "奶奶")


def test_a_child_written_with_and_without_a_remark_is_one() -> None:
    again = {"姓名": "小明（重复）", "身份证号码": "", "监护人联系电话": "13800000001"}
    report = judged([HEADER, a_row(1, 姓名="小明", 身份证号码=""), a_row(2, **again)])

    assert [row.problems for row in report.rows] == [(), ("duplicate",)]


@pytest.mark.parametrize(
    "below",
    [
        ["联系人", "王五", *[""] * 8, "13800001111"],
        ["班主任", "王老师", *[""] * 8, "13800001111"],
        ["", "2026年9月1日"],
        [*[""] * 9, "二〇二六年九月一日"],
        [*[""] * 6, "旗妇联（公章）"],
        ["村（社区）意见：", "", "", "", "苏木乡镇意见：", "", "", "", "旗县意见："],
        ["其中：孤儿", 2],
        ["吉文镇小计", "", "", "", 3],
        ["吉文中学合计", "3人"],
        ["-", "-", "-", "-"],
        ["/", "/", "/"],
        ["", "无"],
    ],
)
def test_seals_days_contacts_and_dashes_are_no_children(below) -> None:
    report = judged([HEADER, a_row(1), below])

    assert len(report.rows) == 1
    assert [skipped.row for skipped in report.skipped] == [3]


def test_a_telephone_or_a_number_without_a_name_comes_back() -> None:
    phone = ["", *[""] * 9, "13800001111"]
    report = judged([HEADER, phone, ["", "", "女", an_id()]])

    assert [(row.row, row.outcome.value) for row in report.rows] == [(2, "refused"), (3, "refused")]


def book(fill):
    made, target = openpyxl.Workbook(), io.BytesIO()
    fill(made.active)
    made.save(target)
    return target.getvalue()


def test_a_school_merged_over_numbered_rows_that_stayed_empty_makes_no_children() -> None:
    def fill(sheet) -> None:
        for row in [HEADER, a_row(1), a_row(2, 就读学校=None), [3], ["4"]]:
            sheet.append(row)
        sheet.merge_cells("F2:F5")

    report = open_children(read("名单.xlsx", book(fill))).report()

    assert [(row.row, row.record.school) for row in report.rows] == [
        (2, "吉文中学"),
        (3, "吉文中学"),
    ]
    assert [skipped.row for skipped in report.skipped] == [4, 5]


def test_a_second_line_under_one_merged_name_is_not_a_second_child() -> None:
    def fill(sheet) -> None:
        second = [""] * len(HEADER)
        second[8:11] = ["白音", "爷爷", "13900000000"]
        for row in [HEADER, a_row(1), [cell or None for cell in second], a_row(2), a_row(3)]:
            sheet.append(row)
        for column in "ABCDEFG":
            sheet.merge_cells(f"{column}2:{column}3")
        sheet.merge_cells("B4:B5")

    report = open_children(read("名单.xlsx", book(fill))).report()

    assert [row.row for row in report.rows] == [2, 4, 5]
    assert {row.problems for row in report.rows} == {()}
    assert [skipped.row for skipped in report.skipped] == [3]


def test_two_lists_side_by_side_are_refused_rather_than_half_read() -> None:
    own = ["姓名", "身份证号码", "联系电话", "就读学校", "同意书"]
    row = ["小明", an_id(), "13800000001", "吉文中学", "有"]

    with pytest.raises(SpreadsheetRefused) as refused:
        judged([[*own, "", *own], [*row, "", "小红", an_id(serial=920), *row[2:]]])

    assert refused.value.code == "roster_side_by_side"


@pytest.mark.parametrize("shown", ["yyyy", 'yyyy"年"'])
def test_a_cell_that_shows_the_year_alone_states_the_year_alone(shown: str) -> None:
    def fill(sheet) -> None:
        sheet.append(HEADER)
        sheet.append(a_row(1, 身份证号码=an_id("20180525")))
        sheet.append(a_row(2, 身份证号码=an_id("20190525")))
        for row in (2, 3):
            sheet.cell(row, 5, datetime(2018, 1, 1)).number_format = shown  # noqa: DTZ001 a cell

    report = open_children(read("名单.xlsx", book(fill))).report()

    assert [row.problems for row in report.rows] == [(), ("birth_mismatch",)]


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("二OO九年六月", "2009-06-01", Precision.MONTH),
        ("二Ｏ一八年", "2018-01-01", Precision.YEAR),
        ("2009\\6\\1", "2009-06-01", Precision.DAY),
        ("2009。6。1", "2009-06-01", Precision.DAY),
        ("2009‧6‧1", "2009-06-01", Precision.DAY),
        ("2009年6月不详", "2009-06-01", Precision.MONTH),
    ],
)
def test_births_in_further_spellings(cell: str, day: str, precision: Precision) -> None:
    birth = read_birth(cell)

    assert birth is not None
    assert (birth.day.isoformat(), birth.precision) == (day, precision)


def test_a_day_of_zeros_is_no_birth() -> None:
    assert read_birth("0000-00-00") is None
    assert read_birth("0000-01-01") is None


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("013800000001", ["13800000001"]),
        ("138_0000_0001", ["13800000001"]),
        ("1380000000113900000001", ["13800000001", "13900000001"]),
        ("+86-471-1234567", ["0471-1234567"]),
        ("0470—5621111", ["0470-5621111"]),
        ("01234567890", []),
    ],
)
def test_telephones_in_further_spellings(cell: str, numbers: list[str]) -> None:
    phone = read_phone(cell)

    assert [n for n in (phone.number, *phone.others) if n] == numbers


def test_a_boys_number_that_ends_in_zeros_lost_its_digits_though_it_checks_out() -> None:
    number = next(
        n for n in (an_id(f"201805{day:02d}", 900) for day in range(1, 29)) if n[-1] == "0"
    )

    assert number.endswith("000")
    assert judged_one(身份证号码=number, 出生日期="", 性别="男").problems == ("id_lost_digits",)
    assert judged_one(身份证号码=number, 出生日期="", 性别="女").problems == ()


def test_the_standards_zero_is_an_unknown_sex() -> None:
    assert read_sex("0") is None
    assert judged_one(性别=0, 身份证号码=an_id("20100525", 917)).problems == ()


def test_being_at_school_names_no_school() -> None:
    assert [read_school(cell) for cell in ("在读", "在校生", "住校")] == ["", "", ""]


def test_an_account_that_lost_its_digits_is_not_taken() -> None:
    rows = [["学校名称", "旗县", "账号"], ["吉文中学", "鄂伦春自治旗", 15001234567890123456]]
    rows += [
        ["甘河中学", "鄂伦春自治旗", "1.50012E+19"],
        ["大杨树一中", "鄂伦春自治旗", "0512 3456"],
    ]
    report = open_schools(read("学校.xls", xls(rows))).report()

    assert [row.record.account_number for row in report.rows] == ["", "", "05123456"]
    told = ["account_lost_digits" in row.notes for row in report.rows]
    assert told == [True, True, False]


def test_how_many_children_she_would_see_is_read_under_other_names() -> None:
    rows = [["姓名", "手机号", "意愿结对数"], ["乌云", "13800000001", "两个"]]
    report = open_volunteers(read("名单.xlsx", xlsx(rows))).report()

    assert report.rows[0].record.capacity == 2
