"""Lists as they really come: every file is built here, and judged by the issue's contract."""

import io

import openpyxl
import pytest

from gateways.spreadsheets import SpreadsheetRefused, read
from services.rosters import open_children, returned_rows
from tests.services.rosters.lists import (
    HEADER,
    a_child,
    a_row,
    an_id,
    fill,
    judged,
    problems_of,
    text_table,
    xls,
    xlsx,
)


def with_header(field, label, *, before=(), wrong):
    """Judge two children where a column has another name; the second one's cell is wrong."""
    header = [label if name == field else name for name in HEADER]
    beside = ["甘河镇"] * len(before)
    rows = [[*beside, *a_row(1)], [*beside, *a_row(2, **{field: wrong})]]
    return problems_of(xlsx([[*before, *header], *rows]))


@pytest.mark.parametrize(
    ("field", "wrong", "problem", "labels"),
    [
        (
            "姓名",
            "",
            "no_name",
            "姓 名,学生姓名,儿童姓名,孩子名字,*姓名,姓名（与身份证一致）,困境儿童,受助儿童,资助对象姓名",
        ),
        (
            "身份证号码",
            "150723201005250010",
            "id_checksum",
            "身份证号\n（18位）,公民身份号码,学生身份证件号,证件号码,身份 证号,身份证号/户口本号,ID",
        ),
        (
            "监护人联系电话",
            "123",
            "bad_phone",
            "监护人\n联系电话,家长电话,联系方式,手机号,联系电话（监护人）,抚养人电话,电 话",
        ),
        (
            "就读学校",
            "无",
            "no_school",
            "所在学校,学校名称,就读学校及年级,学校/幼儿园,就读学校、年级、班级,学校\n名称",
        ),
        (
            "监护人同意书",
            "否",
            "no_consent",
            "是否签订监护人知情同意书,监护人签字,监护人是否签字,监护人意见,家长同意书,监护人授权",
        ),
        ("出生日期", "2010-6", "birth_mismatch", "出生年月,生日,出生\n年月,出生日期（年/月/日）"),
        ("性别", "男", "sex_mismatch", "性 别,性別,男/女,儿童性别"),
    ],
)
def test_a_column_is_known_by_any_of_its_names(field, wrong, problem, labels):
    for label in labels.split(","):
        assert (label, *with_header(field, label, wrong=wrong)) == (label, (2,), (3, problem))


@pytest.mark.parametrize(
    ("field", "wrong", "problem", "before"),
    [
        ("身份证号码", "1", "id_checksum", ["残疾证号", "学籍号", "低保证号"]),
        ("就读学校", "", "no_school", ["学校所在地", "学校类别", "学校电话"]),
        ("监护人联系电话", "1", "bad_phone", ["班主任电话", "学校电话", "本人电话"]),
        ("姓名", "", "no_name", ["监护人姓名", "班主任姓名", "村干部姓名"]),
    ],
)
def test_a_column_beside_it_is_not_taken_for_it(field, wrong, problem, before):
    label = {"身份证号码": "儿童身份证号"}.get(field, field)

    assert with_header(field, label, before=before, wrong=wrong) == [(2,), (3, problem)]


def test_three_header_rows_are_read_as_one():
    top = ["序号", "儿童信息", "", "", "", "监护人信息", "", "同意书"]
    middle = ["", "基本信息", "", "", "就学信息", "姓名", "联系方式", ""]
    low = ["", "姓名", "性别", "身份证号", "学校", "", "手机", ""]
    one = [1, "王芳", "女", an_id(), "吉文中学", "塔娜", "13812345678", "有"]
    two = [2, "李兰", "男", an_id(serial=920), "吉文中学", "塔娜", "13812345678", "否"]
    rows = [["困境儿童花名册"], ["填报单位：旗妇联"], top, middle, low, one, two]
    merges = ["A1:H1", "A3:A5", "B3:E3", "B4:D4", "F3:G3", "F4:F5", "H3:H5"]

    expected = [(6,), (7, "sex_mismatch", "no_consent")]
    assert problems_of(xlsx(rows, merges=merges)) == expected
    assert problems_of(xlsx(rows)) == expected
    assert problems_of(xls(rows)) == expected
    assert problems_of(text_table(rows, encoding="gb18030")) == expected


def test_totals_and_signatures_over_many_columns_are_no_children():
    rows = [
        ["标题"],
        HEADER,
        a_row(1),
        ["小计", "1人", "男0", "", "", "1所"],
        a_row(2),
        ["", "甘河镇"],
        a_row(3, 姓名="合计"),
        ["合计", "", "男1女1", "2人", "", "2所", "", "", "", "", "2个"],
        ["填表人：张三", "", "", "审核：李四", "", "", "", "负责人：王五", "", "", "13812345678"],
        ["审核人", "李四", "", "", "", "旗妇联", "", "", "", "", "13912345678"],
        ["单位（盖章）：", "", "", "", "日期：2026年9月1日"],
    ]

    for data in (xlsx(rows), text_table(rows, encoding="utf-8")):
        report = open_children(read("x", data)).report()
        assert [(r.row, *r.problems) for r in report.rows] == [(3,), (5,), (7,)]
        assert [s.row for s in report.skipped] == [4, 6, 8, 9, 10, 11]


@pytest.mark.parametrize(
    "below",
    [
        ["必填", "必填", "男/女", "18位身份证号", "如2010-01-01", "学校全称"],
        list(range(1, len(HEADER) + 1)),
        ["甲", "乙", "丙", "1", "2", "3", "4", "5", "6"],
        ["示例", "王芳", "女", "150723********0026", "2010-1-1", "某小学"],
    ],
)
def test_hints_and_numbers_below_the_header_are_no_child(below):
    assert problems_of(xlsx([HEADER, below, a_row(1)])) == [(3,)]


def test_the_sheet_of_names_is_read_before_choices_notes_and_hidden_sheets():
    book = openpyxl.Workbook()
    choices = ["性别", "民族", "困境类型", "年级", "学校", "需求类型", "户籍", "地址"]
    fill(book.create_sheet(), "选项", [choices, ["男", "汉"], ["女", "蒙"]])
    fill(book.create_sheet(), "名单", [["姓名", "身份证号", "学校"], ["王芳", an_id(), "吉文"]])
    old = book.create_sheet()
    fill(old, "旧", [HEADER, *(a_row(n) for n in range(1, 9))])
    old.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)

    assert problems_of(target.getvalue()) == [(2, "no_consent", "bad_phone")]


def test_a_mothers_columns_speak_where_the_fathers_are_blank():
    header = ["姓名", "身份证号", "学校", "父亲姓名", "父亲电话", "母亲姓名", "母亲电话", "同意书"]
    rows = [
        ["王芳", an_id(), "吉文", "王刚", "13812345678", "张梅", "", "有"],
        ["李兰", an_id(serial=920), "吉文", "", "", "张梅", "13912345678", "有"],
        ["李丽", an_id(serial=922), "吉文", "李强", "", "张梅", "13912345678", "有"],
    ]

    found = judged([header, *rows]).rows

    assert [(r.record.guardian_name, r.record.guardian_phone, r.problems) for r in found] == [
        ("王刚", "13812345678", ()),
        ("张梅", "13912345678", ()),
        ("李强", None, ("bad_phone",)),
    ]


def test_a_carer_is_no_guardian_and_cannot_consent():
    header = [
        "姓名",
        "身份证号",
        "学校",
        "监护人",
        "监护人电话",
        "实际照料人",
        "照料人电话",
        "同意书",
    ]
    row = ["王芳", an_id(), "吉文", "王刚", "", "塔娜", "13812345678", "有"]
    alone = ["姓名", "身份证号", "学校", "照料人姓名", "照料人电话", "照料人同意书"]

    record = judged([header, row]).rows[0].record
    (other,) = judged([alone, ["王芳", an_id(), "吉文", "塔娜", "13812345678", "有"]]).rows

    assert (record.guardian_name, record.guardian_phone) == ("王刚", None)
    assert (record.carer_name, record.carer_phone) == ("塔娜", "13812345678")
    assert (other.problems, other.record.guardian_name) == (("no_consent",), "")


@pytest.mark.parametrize(
    "encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_tables_with_titles_quotes_and_totals(encoding, separator):
    rows = [
        ["花名册", "", ""],
        [],
        HEADER,
        a_row(1, 备注='他说"好",\n第二行'),
        [],
        a_row(2, 性别="男"),
    ]
    data = text_table([*rows, ["合计", "2人"]], encoding=encoding, separator=separator)

    assert problems_of(data) == [(4,), (6, "sex_mismatch")]


HTML = "<html><body><table><tr><td>姓名</td></tr></table></body></html>".encode("gb18030")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HTML, "file_wrong_type"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n" + HTML, "file_wrong_type"),
        (b'<?xml version="1.0"?><Workbook></Workbook>', "file_wrong_type"),
        (b"%PDF-1.7", "file_wrong_type"),
        (b"", "file_empty"),
        (b" \r\n,,,\r\n", "sheet_empty"),
        (xlsx([]), "sheet_empty"),
        (xlsx([HEADER, a_row(1)])[:3000], "file_broken"),
        (b"a" * (21 << 20), "file_too_large"),
        ("你好\n世界".encode(), "roster_no_header"),
    ],
)
def test_what_cannot_be_read_is_refused_in_chinese(data, code):
    with pytest.raises(SpreadsheetRefused) as refused:
        open_children(read("名单.xls", data)).report()

    assert refused.value.code == code
    assert "。" in refused.value.message


def test_what_comes_back_holds_no_formula_and_is_ready_once_corrected():
    child = a_child(
        1, 姓名="", 备注="=HYPERLINK(1)", 监护人="@塔娜", 户籍地="+甘河镇", 困境类型="-孤儿"
    )
    report = judged([HEADER, list(child.values())])
    book = openpyxl.load_workbook(io.BytesIO(returned_rows(report)))
    cells = [cell for row in book.active.iter_rows() for cell in row]

    assert {c.data_type for c in cells if c.value is not None} == {"s"}
    assert {"=HYPERLINK(1)", "@塔娜", "+甘河镇", "-孤儿"} <= {c.value for c in cells}
    labels = [cell.value for cell in book.active[1]]
    book.active.cell(2, labels.index("姓名") + 1, "王芳")
    target = io.BytesIO()
    book.save(target)
    assert problems_of(target.getvalue()) == [(2,)]
