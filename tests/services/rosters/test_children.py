import datetime as dt

import pytest

from gateways.spreadsheets import read
from services.rosters import ColumnMissing, HeaderNotFound, judge_children, returned_rows
from tests.services.rosters.lists import (
    HEADER,
    a_child,
    a_row,
    an_id,
    judged,
    judged_one,
    text_table,
    xls,
    xlsx,
)


def verdict(**changes):
    row = judged_one(**changes)
    return row.outcome.value, row.problems


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("ready", ())),
        ({"姓名": ""}, ("refused", ("no_name",))),
        ({"姓名": "无"}, ("refused", ("no_name",))),
        ({"身份证号码": "150723201005250010"}, ("refused", ("id_checksum",))),
        ({"身份证号码": an_id()[:17]}, ("refused", ("id_checksum",))),
        ({"身份证号码": 150723201005250020}, ("refused", ("id_lost_digits",))),
        ({"身份证号码": "1.50723E+17"}, ("refused", ("id_lost_digits",))),
        ({"身份证号码": "150723201005250000"}, ("refused", ("id_lost_digits",))),
        ({"身份证号码": "150723********0026"}, ("refused", ("id_lost_digits",))),
        ({"性别": "男"}, ("refused", ("sex_mismatch",))),
        ({"出生日期": "2010-05-26"}, ("refused", ("birth_mismatch",))),
        ({"出生日期": "2010.6"}, ("refused", ("birth_mismatch",))),
        ({"监护人同意书": ""}, ("held", ("no_consent",))),
        ({"监护人同意书": "待补"}, ("held", ("no_consent",))),
        ({"就读学校": ""}, ("held", ("no_school",))),
        ({"就读学校": "—"}, ("held", ("no_school",))),
        ({"监护人联系电话": "1381234567"}, ("held", ("bad_phone",))),
        ({"监护人联系电话": "138123456789"}, ("held", ("bad_phone",))),
        ({"监护人联系电话": ""}, ("held", ("bad_phone",))),
        ({"性别": "男", "监护人同意书": "无"}, ("refused", ("sex_mismatch", "no_consent"))),
        ({"姓名": "", "就读学校": "无"}, ("refused", ("no_name", "no_school"))),
    ],
)
def test_what_refuses_and_what_holds(changes, expected):
    assert verdict(**changes) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"出生日期": 20100525},
        {"出生日期": "20100525"},
        {"出生日期": 2010.5},
        {"出生日期": "2010.5"},
        {"出生日期": "2010年5月25日"},
        {"出生日期": "２０１０\uff0e５\uff0e２５"},
        {"出生日期": dt.datetime(2010, 5, 25)},  # noqa: DTZ001 cells know no zone
        {"出生日期": dt.date(2010, 5, 25)},
        {"出生日期": 40323},
        {"出生日期": "40323"},
        {"出生日期": "2010/05/25 00:00:00"},
        {"出生日期": "二〇一〇年五月二十五日"},
        {"出生日期": 2010},
        {"出生日期": "2010年"},
        {"出生日期": ""},
        {"出生日期": "10.5.25"},
        {"出生日期": "5/25/2010"},
        {"出生日期": "农历2010年4月12日"},
        {"出生日期": "201005"},
        {"出生日期": "2010年5月"},
        {"出生日期": "不详"},
        {"出生日期": " 2010-5-25 "},
        {"监护人联系电话": 15175698815.0},
        {"监护人联系电话": "+86 151 7569 8815"},
        {"监护人联系电话": "86-15175698815"},
        {"监护人联系电话": "15175698815（奶奶）"},
        {"监护人联系电话": "奶奶：151-7569-8815"},
        {"监护人联系电话": "１５１７５６９８８１５"},
        {"监护人联系电话": "15175698815/13812345678"},
        {"监护人联系电话": "15175698815、13812345678"},
        {"监护人联系电话": "0470-5612345"},
        {"监护人联系电话": "15175698815.0"},
        {"身份证号码": ""},
        {"身份证号码": "无"},
        {"身份证号码": "'" + an_id("20100525", 2)},
        {"身份证号码": " 150723 20100525 " + an_id("20100525", 2)[14:]},
        {"身份证号码": an_id("20100525", 22, area="810000")},
        {"身份证号码": "H12345678"},
        {"姓名": "王 芳"},
        {"姓名": "阿拉坦·乌日娜"},
        {"姓名": "𠮷田😀"},
        {"姓名": "=王芳"},
        {"备注": "=1+1"},
        {"备注": "@SUM(A1)"},
        {"监护人同意书": "√"},
        {"监护人同意书": "已签"},
        {"监护人同意书": "是"},
        {"监护人同意书": dt.date(2026, 9, 1)},
        {"性别": "F"},
        {"性别": 2},
        {"性别": ""},
        {"性别": "女孩"},
        {"就读学校": "从未见过的学校"},
    ],
)
def test_ordinary_spellings_are_no_problem(changes):
    assert verdict(**changes) == ("ready", ())


def test_lower_case_and_full_width_ids_are_the_same_number():
    number = next(n for n in (an_id("20100525", s) for s in range(0, 400, 2)) if n.endswith("X"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)

    rows = [judged_one(身份证号码=text) for text in (number.lower(), wide, f'="{number}"')]

    assert [(r.record.id_number, r.problems) for r in rows] == [(number, ())] * 3


def test_a_shortened_october_is_not_a_mismatch():
    number = an_id("20091012", 22)

    assert verdict(身份证号码=number, 出生日期=2009.1) == ("ready", ())
    assert verdict(身份证号码=an_id("20090912", 22), 出生日期=2009.1)[1] == ("birth_mismatch",)


def test_a_wrong_id_says_nothing_about_sex_and_birth():
    assert verdict(身份证号码="150723201005250010", 性别="男", 出生日期="2001-1-1")[1] == (
        "id_checksum",
    )


def test_without_an_id_the_birth_keeps_its_precision():
    rows = [
        judged_one(身份证号码="", 出生日期=text).record for text in ("2010.5", "2010", "2010-5-25")
    ]

    assert [(str(r.birth), r.birth_precision.value) for r in rows] == [
        ("2010-05-01", "month"),
        ("2010-01-01", "year"),
        ("2010-05-25", "day"),
    ]


def test_values_reach_the_record():
    record = judged_one(
        姓名="王　 芳",
        监护人联系电话="15175698815（奶奶）、0470-5612345",
        年级="初二（3）班",
        困境类型="事实无人抚养儿童",
        帮扶需求="助学金每学期900元；心理辅导",
        备注="听力弱",
    ).record

    assert (record.name, record.guardian_phone, record.phone_remark) == (
        "王芳",
        "15175698815",
        "0470-5612345；奶奶",
    )
    assert (record.grade.stage.value, record.grade.year) == ("junior", 8)
    assert record.category.value == "unattended"
    assert ([n.value for n in record.needs], record.amount_fen) == (
        ["financial", "psychological"],
        15000,
    )
    assert (record.remark, str(record.consent)) == ("听力弱", "2026-09-01")


def test_later_occurrences_are_duplicates_and_only_that():
    rows = [HEADER, a_row(1), a_row(1, 监护人同意书="无", 性别="男"), a_row(1, 姓名="别名")]

    assert [r.problems for r in judged(rows).rows] == [(), ("duplicate",), ("duplicate",)]


def test_without_ids_name_birth_and_phone_tell_a_duplicate():
    same = {"姓名": "王芳", "出生日期": "2010-05-25", "监护人联系电话": "15175698815"}
    rows = [
        HEADER,
        a_row(1, **same, 身份证号码=""),
        a_row(2, **same, 身份证号码=""),
        a_row(3, **{**same, "姓名": "王兰"}, 身份证号码=""),
    ]

    assert [r.problems for r in judged(rows).rows] == [(), ("duplicate",), ()]


def test_two_valid_ids_are_two_children_however_alike():
    same = {"姓名": "王芳", "监护人联系电话": "15175698815"}
    rows = [HEADER, a_row(1, **same), a_row(2, **same)]

    assert [r.problems for r in judged(rows).rows] == [(), ()]


def test_a_name_alone_is_still_a_row():
    rows = [HEADER, a_row(1), ["", "王芳"], ["", "填表人：张三"], [3], ["4", "李兰"]]

    report = judged(rows)

    assert [(r.row, r.problems) for r in report.rows[1:]] == [
        (3, ("no_consent", "no_school", "bad_phone")),
        (6, ("no_consent", "no_school", "bad_phone")),
    ]
    assert [(s.row, s.why.value) for s in report.skipped] == [(4, "footer"), (5, "number_only")]


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
    (row,) = judge_children(read("x", data)).rows

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

    report = judge_children(read("x", xlsx(rows, merges=["F2:F4", "K2:K3"])))

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
    report = judge_children(read("名单.csv", data))

    assert [(r.row, r.problems) for r in report.rows] == [(2, ()), (3, ())]
    assert report.rows[0].record.remark == '第一行\n第二行，"引号"'


def test_an_old_xls_is_read_like_a_new_file():
    rows = [
        HEADER,
        a_row(1, 监护人联系电话=13812345678.0),
        a_row(2, 身份证号码=150723201005250020.0),
    ]

    report = judge_children(read("名单.xls", xls(rows)))

    assert [r.problems for r in report.rows] == [(), ("id_lost_digits",)]


def test_what_comes_back_can_be_corrected_and_sent_again():
    rows = [
        ["标题"],
        HEADER,
        a_row(1),
        a_row(2, 性别="男"),
        a_row(3, 姓名=""),
        a_row(4, 监护人联系电话=13812345678, 备注="=1+1"),
    ]
    report = judged(rows)

    back = read("back.xlsx", returned_rows(report))
    again = judge_children(back)

    assert [r.cells[1] for r in back.rows[1:]] == ["4", "5"]
    assert back.rows[1].cells[0] == report.rows[1].message
    assert [r.problems for r in again.rows] == [("sex_mismatch",), ("no_name",)]
    mended = [list(r.cells) for r in back.rows]
    mended[1][mended[0].index("性别")] = "女"
    assert [r.problems for r in judged(mended).rows] == [(), ("no_name",)]
    assert again.rows[0].raw["备注"] == report.rows[1].raw["备注"]


def test_a_two_row_header_comes_back_as_one_that_is_understood():
    rows = two_row_roster()
    rows[3][2] = "男"
    report = judge_children(read("x", xlsx(rows, merges=["B2:E2", "G2:I2"])))

    again = judge_children(read("y", returned_rows(report)))

    assert [r.problems for r in again.rows] == [("sex_mismatch",)]
    assert again.rows[0].record.guardian_phone == "13812345678"


def test_known_ids_are_a_hint():
    number = a_child(1)["身份证号码"]

    report = judged([HEADER, a_row(1)], known_ids={number}, known_schools={"吉文中学"})

    assert [(r.problems, r.notes) for r in report.rows] == [((), ("already_known",))]


def test_ten_thousand_rows_are_judged_with_progress():
    children = [
        a_row(
            n,
            姓名=f"孩子{n}",
            身份证号码=an_id(
                f"20{10 + n // 500 % 10}0525", 2 * (n % 500), area=f"1507{20 + n // 5000}"
            ),
            出生日期="",
        )
        for n in range(10_000)
    ]
    calls = []

    report = judge_children(
        read("x", xlsx([HEADER, *children])), progress=lambda *at: calls.append(at)
    )

    assert (len(report.rows), {r.problems for r in report.rows}) == (10_000, {()})
    assert [report.rows[0].row, report.rows[-1].row] == [2, 10_001]
    assert calls[-1] == (10_000, 10_000)
    assert len(calls) == 50


def test_the_json_is_what_the_command_prints():
    printed = judged(
        [HEADER, a_row(1), a_row(2, 就读学校="无")], known_schools={"吉文中学"}
    ).as_json()

    assert {k: printed[k] for k in ("ready", "held", "refused")} == {
        "ready": 1,
        "held": 1,
        "refused": 0,
    }
    assert printed["rows"][0] == {
        "row": 2,
        "outcome": "ready",
        "problems": [],
        "notes": [],
        "message": "",
    }
    assert printed["rows"][1]["problems"] == ["no_school"]


def test_a_second_list_below_may_order_its_columns_otherwise():
    child = a_child(2, 性别="男")
    other = ["序号", "身份证号码", "姓名", "性别", "就读学校", "监护人联系电话", "监护人同意书"]
    rows = [HEADER, a_row(1), ["二、吉文镇"], other, [child[h] for h in other]]

    report = judged(rows)

    assert [(r.row, r.problems) for r in report.rows] == [(2, ()), (5, ("sex_mismatch",))]
    assert [s.row for s in report.skipped] == [3, 4]
    again = judge_children(read("x", returned_rows(report)))
    assert [r.problems for r in again.rows] == [("sex_mismatch",)]
