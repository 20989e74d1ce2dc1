"""Cells that a form's boxes, two children or a mere word stand in: read as a careful clerk would."""

import pytest

from services.rosters.births import Birth, read_birth
from services.rosters.doubles import is_same_birth
from tests.services.rosters.lists import HEADER, a_row, an_id, judged, judged_one

TICKED_NO = [
    *("☑否□是", "□是☑否", "□是 ☑否", "是□ 否☑", "是□否√", "有（）无（√）", "是（ ）否（√）"),
    *("○是●否", "[ ]是 [x]否", "□同意☑不同意", "同意□不同意☑", "☑否", "☑未签", "√ 无", "否√"),
    *("□已签 ☑未签", "是 √否"),
]
TICKED_NOTHING = [
    *("□", "☐", "□已签 □未签", "是/否", "有 无", "是□否□", "同意□", "有（ ）", "□同意", "☑是☑否"),
    *("是√否", "☑电话 □书面"),
]
TICKED_YES = [
    *(
        "☑是□否",
        "■是 □否",
        "是☑ 否□",
        "有（√） 无（）",
        "√是 否",
        "是√ 否",
        "●是○否",
        "[x]是 [ ]否",
    ),
    *(
        "同意☑不同意□",
        "☑ 同意 □ 不同意",
        "☑监护人同意 □监护人不同意",
        "☑已签 □未签",
        "√",
        "■",
        "同意（√）",
    ),
    *("☑是□否 2026.9.1", "☒是☐否"),
]


def consents(cells):
    report = judged([HEADER, *(a_row(n, 监护人同意书=c) for n, c in enumerate(cells, 1))])
    return {cell: row.record.is_consented for cell, row in zip(cells, report.rows, strict=True)}


def test_a_form_with_boxes_says_what_is_ticked_and_not_what_is_printed() -> None:
    assert consents(TICKED_NO) == dict.fromkeys(TICKED_NO, False)
    assert consents(TICKED_NOTHING) == dict.fromkeys(TICKED_NOTHING, False)
    assert consents(TICKED_YES) == dict.fromkeys(TICKED_YES, True)


def test_a_box_that_says_no_is_understood_and_an_empty_form_is_not() -> None:
    assert "consent_unread" not in judged_one(监护人同意书="□是☑否").notes
    assert "consent_unread" in judged_one(监护人同意书="是/否").notes


def test_who_signed_for_the_guardian_or_without_him_leaves_doubt() -> None:
    doubtful = ["已签（奶奶代签）", "已由村委会代签", "已签（监护人不在）", "已代签"]

    assert consents(doubtful) == dict.fromkeys(doubtful, False)


def test_a_finger_print_and_a_paper_handed_in_are_a_consent() -> None:
    given = ["按手印", "手印", "收齐", "签好了", "纸质版已交", "原件已收", "签了"]

    assert consents(given) == dict.fromkeys(given, True)
    assert consents(["未按手印", "原件未交"]) == {"未按手印": False, "原件未交": False}


@pytest.mark.parametrize(
    "words",
    [
        "已上报，号码后补",
        "户口本上没有",
        "监护人不愿提供",
        "（丢失）",
        "户籍未落实",
        "身份证丢失补办中",
        "新生儿未上户",
    ],
)
def test_words_where_a_number_should_stand_are_no_wrong_number_and_are_kept(words: str) -> None:
    row = judged_one(身份证号码=words, 备注="住校")

    assert row.problems == ()
    assert "no_id" in row.notes
    assert row.record.id_number is None
    assert row.record.remark == f"住校；身份证号一栏写着：{words}"


def test_a_number_that_is_not_known_is_a_blank_without_a_remark() -> None:
    assert [judged_one(身份证号码=cell).record.remark for cell in ("", "无", 0, "0")] == [""] * 4
    assert judged_one(身份证号码=0).problems == ()


def test_two_children_in_one_row_come_back_to_be_written_in_two() -> None:
    numbers = f"{an_id(serial=918)}、{an_id(serial=920)}"
    for names in (
        "王小明、王小红",
        "王小明，王小红",
        "王小明\n王小红",
        "王小明/王小红",
        "王小明;王小红",
    ):
        row = judged_one(姓名=names, 身份证号码="")
        assert row.problems == ("no_name",)
        assert "一行只写一个孩子" in row.message
    row = judged_one(姓名="王小明、王小红", 身份证号码=numbers)
    assert row.problems == ("no_name", "id_checksum")
    assert "两个身份证号" in row.message


def test_a_long_name_broken_over_two_lines_is_one_name() -> None:
    for cell in ("阿依古丽·\n买买提", "乌兰\n图雅", "王小明\n（低保）", "Дулма\nЖамбал"):  # noqa: RUF001 Cyrillic letters
        assert judged_one(姓名=cell).problems == ()


def test_a_form_for_one_child_is_not_read_as_a_list_of_labels() -> None:
    report = judged(
        [
            ["姓名", "乌云", "性别", "女", "出生日期", "2018-05-25"],
            ["身份证号", an_id(), "", "民族", "蒙古族"],
            ["就读学校", "吉文中学", "", "联系电话", "13800000001"],
        ]
    )

    assert {row.outcome.value for row in report.rows} == {"refused"}


def test_one_child_spelt_twice_is_found_twice() -> None:
    born = {"身份证号码": "", "出生日期": "2015-03-07", "监护人联系电话": "13800000009"}
    month = {**born, "出生日期": "2015.3"}
    report = judged(
        [
            HEADER,
            a_row(1, 姓名="阿依·古丽", **born),
            a_row(2, 姓名="阿依古丽", **born),
            a_row(3, 姓名="李娜", **born),
            a_row(4, 姓名="李 娜", **month),
            a_row(5, 姓名="王芳", **month),
            a_row(6, 姓名="王芳", **{**born, "身份证号码": an_id("20150307")}),
            a_row(7, 姓名="李娜", **{**born, "监护人联系电话": ""}),
        ]
    )

    assert [row.problems for row in report.rows] == [
        (),
        ("duplicate",),
        (),
        ("duplicate",),
        (),
        ("duplicate",),
        ("duplicate",),
    ]


def test_children_who_differ_in_day_telephone_or_number_are_two() -> None:
    born = {"姓名": "王芳", "身份证号码": "", "出生日期": "2015-03-07"}
    report = judged(
        [
            HEADER,
            a_row(1, **born),
            a_row(2, **born),
            a_row(3, **{**born, "出生日期": "2015-03-08", "监护人联系电话": "13800000001"}),
            a_row(4, **{**born, "身份证号码": an_id("20150307", 920)}),
            a_row(5, **{**born, "身份证号码": an_id("20150307", 922)}),
        ]
    )

    assert {row.problems for row in report.rows} == {()}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2015", "2015-03-07", True),
        ("2015.3", "2015-03-07", True),
        ("2015-03-07", "2015.3", True),
        ("2015.3", "2015.4", False),
        ("2015-03-07", "2015-03-08", False),
    ],
)
def test_births_agree_to_the_precision_of_the_coarser(
    one: str, other: str, *, is_same: bool
) -> None:
    births = read_birth(one), read_birth(other)

    assert all(isinstance(birth, Birth) for birth in births)
    assert is_same_birth(*births) is is_same


def test_to_wait_for_a_school_or_to_go_elsewhere_names_none() -> None:
    for cell in ("待升学", "外地就读", "在外地上学", "待转学", "异地就读"):
        assert judged_one(就读学校=cell).problems == ("no_school",)


def test_a_name_may_be_called_so_too() -> None:
    for label in ("宝贝名字", "娃娃名字", "小朋友名字"):
        row = judged([[label, "身份证号码", "上学的地方"], ["小明", an_id(), "吉文中学"]]).rows[0]
        assert (row.record.name, row.record.school) == ("小明", "吉文中学")
