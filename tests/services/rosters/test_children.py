"""What is right and what is wrong with one child of a list, and what comes back."""

import datetime as dt

import pytest

from gateways.spreadsheets import read
from services.rosters import open_children, returned_rows
from tests.services.rosters.lists import HEADER, a_child, a_row, an_id, judged, judged_one, xlsx
from tests.services.rosters.test_layouts import two_row_roster


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
    again = open_children(back).report()

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
    report = open_children(read("x", xlsx(rows, merges=["B2:E2", "G2:I2"]))).report()

    again = open_children(read("y", returned_rows(report))).report()

    assert [r.problems for r in again.rows] == [("sex_mismatch",)]
    assert again.rows[0].record.guardian_phone == "13812345678"


def test_known_ids_are_a_hint():
    number = a_child(1)["身份证号码"]

    report = judged([HEADER, a_row(1)], known_ids={number}, known_schools={"吉文中学"})

    assert [(r.problems, r.notes) for r in report.rows] == [((), ("already_known",))]


@pytest.mark.slow
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

    report = open_children(read("x", xlsx([HEADER, *children]))).report(
        lambda *at: calls.append(at)
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
