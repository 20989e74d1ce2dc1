"""However a list of children is laid out, its rows are found and its header is understood."""

import pytest

from gateways.spreadsheets import read
from services.rosters import ColumnMissing, HeaderNotFound, open_children, returned_rows
from tests.services.rosters.lists import (
    HEADER,
    a_child,
    a_row,
    an_id,
    judged,
    text_table,
    xls,
    xlsx,
)


def test_titles_footers_and_repeated_headers_do_not_appear():
    rows = [
        ["花名册"],
        ["填报单位：旗妇联", "", "", "填报时间：2026年9月"],
        [],
        [],
        [],
        HEADER,
        a_row(1),
        [],
        ["一、大杨树镇"],
        a_row(2),
        HEADER,
        a_row(3),
        ["合计", "3人"],
        ["注：1. 本表一式两份。"],
        ["填表人：张三", "", "", "联系电话：13812345678"],
        ["", "审核人：李四"],
        ["2026年9月10日"],
    ]

    report = judged(rows)

    assert [(r.row, r.outcome.value) for r in report.rows] == [
        (7, "ready"),
        (10, "ready"),
        (12, "ready"),
    ]
    assert {s.row for s in report.skipped} == {9, 11, 13, 14, 15, 16, 17}


def two_row_roster():
    top = [
        "序号",
        "儿童基本情况",
        "",
        "",
        "",
        "就读学校",
        "监护人情况",
        "",
        "",
        "监护人同意书",
        "备注",
    ]
    below = ["", "姓名", "性别", "出生年月", "身份证号", "", "姓名", "关系", "联系电话", "", ""]
    child = [
        1,
        "王芳",
        "女",
        "2010.5",
        an_id("20100525", 2),
        "吉文中学",
        "塔娜",
        "奶奶",
        "13812345678",
        "有",
        "",
    ]
    return [["困境儿童花名册"], top, below, child]


@pytest.mark.parametrize(
    "data",
    [
        xlsx(
            two_row_roster(), merges=["A1:K1", "A2:A3", "B2:E2", "F2:F3", "G2:I2", "J2:J3", "K2:K3"]
        ),
        xlsx(two_row_roster()),
        text_table(two_row_roster()),
        xls(two_row_roster()),
    ],
)
def test_two_header_rows_are_read_as_one(data):
    (row,) = open_children(read("x", data)).report().rows

    assert (row.row, row.outcome.value, row.problems) == (4, "ready", ())
    assert (row.record.name, row.record.guardian_name, row.record.guardian_phone) == (
        "王芳",
        "塔娜",
        "13812345678",
    )


def test_columns_may_stand_in_any_order_under_other_names():
    names = {
        "姓名": "学生姓名*",
        "身份证号码": "证件号",
        "出生日期": "出生年月（如2012.1）",
        "就读学校": "所在学校",
        "监护人": "监护人姓名",
        "监护人联系电话": "家长手机",
        "与儿童关系": "关系",
        "户籍地": "家庭住址",
        "监护人同意书": "是否签署知情同意书（是/否）",
        "帮扶需求": "困难和需求",
    }
    child = a_child(1)
    header = [names.get(h, h) for h in reversed(HEADER)]

    (row,) = judged([header, [child[h] for h in reversed(HEADER)]]).rows

    assert (row.outcome.value, row.problems) == ("ready", ())
    assert (row.record.guardian_name, row.record.relation, row.record.place) == (
        "塔娜",
        "奶奶",
        "鄂伦春自治旗吉文镇",
    )


def test_the_teachers_phone_and_the_guardians_id_are_not_the_childs():
    header = [*HEADER, "班主任姓名", "班主任电话", "监护人身份证号"]

    (row,) = judged([header, [*a_row(1), "李老师", "1", "123"]]).rows

    assert (row.outcome.value, row.record.guardian_phone) == ("ready", "13800000001")


def test_a_missing_essential_column_is_named():
    with pytest.raises(ColumnMissing) as refused:
        judged([[h for h in HEADER if h != "姓名"], a_row(1)])
    assert "“姓名”" in refused.value.message
    with pytest.raises(ColumnMissing) as refused:
        judged([["姓名", "性别", "学校"], ["王芳", "女", "吉文中学"]])
    assert "身份证号码" in refused.value.message


def test_a_file_without_header_is_refused():
    with pytest.raises(HeaderNotFound) as refused:
        judged([["王芳", "女", 1], ["李兰", "女", 2]])
    assert "表头" in refused.value.message


def test_a_missing_consent_column_is_said_once():
    keep = [i for i, h in enumerate(HEADER) if h != "监护人同意书"]

    report = judged([[HEADER[i] for i in keep], [a_row(1)[i] for i in keep]])

    assert [r.problems for r in report.rows] == [("no_consent",)]
    assert any("监护人同意书" in note for note in report.notes)


def test_a_cell_merged_over_siblings_speaks_for_each():
    rows = [HEADER, a_row(1), a_row(2, 就读学校="", 监护人联系电话=""), a_row(3, 就读学校="")]

    report = open_children(read("x", xlsx(rows, merges=["F2:F4", "K2:K3"]))).report()

    assert [(r.outcome.value, r.record.school) for r in report.rows] == [("ready", "吉文中学")] * 3


@pytest.mark.parametrize(
    "data",
    [
        text_table(
            [HEADER, a_row(1, 备注='第一行\n第二行，"引号"'), a_row(2)],
            encoding=encoding,
            separator=separator,
        )
        for encoding in ("gb18030", "utf-8", "utf-8-sig", "utf-16")
        for separator in (",", "\t", ";")
    ],
)
def test_text_tables_in_any_encoding_and_separator(data):
    report = open_children(read("名单.csv", data)).report()

    assert [(r.row, r.problems) for r in report.rows] == [(2, ()), (3, ())]
    assert report.rows[0].record.remark == '第一行\n第二行，"引号"'


def test_an_old_xls_is_read_like_a_new_file():
    rows = [
        HEADER,
        a_row(1, 监护人联系电话=13812345678.0),
        a_row(2, 身份证号码=150723201005250020.0),
    ]

    report = open_children(read("名单.xls", xls(rows))).report()

    assert [r.problems for r in report.rows] == [(), ("id_lost_digits",)]


def test_a_second_list_below_may_order_its_columns_otherwise():
    child = a_child(2, 性别="男")
    other = ["序号", "身份证号码", "姓名", "性别", "就读学校", "监护人联系电话", "监护人同意书"]
    rows = [HEADER, a_row(1), ["二、吉文镇"], other, [child[h] for h in other]]

    report = judged(rows)

    assert [(r.row, r.problems) for r in report.rows] == [(2, ()), (5, ("sex_mismatch",))]
    assert [s.row for s in report.skipped] == [3, 4]
    again = open_children(read("x", returned_rows(report))).report()
    assert [r.problems for r in again.rows] == [("sex_mismatch",)]
