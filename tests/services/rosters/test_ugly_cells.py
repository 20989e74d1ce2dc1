"""Numbers, days, telephones, sexes and consents, however somebody spelt them."""

import datetime as dt
import io

import openpyxl
import pytest
import xlwt

from tests.services.rosters.lists import HEADER, a_row, an_id, fill, judged, problems_of, xlsx


def column_of(field, values, **changes):
    """Judge one child for each value of a column; return each value's problems by value."""
    rows = [a_row(n, **{**changes, field: value}) for n, value in enumerate(values, 1)]
    found = judged([HEADER, *rows]).rows
    # A lost row shows in the comparison.
    return [(value, *row.problems) for value, row in zip(values, found, strict=False)]


def all_with(values, *problems):
    return [(value, *problems) for value in values]


SPELLINGS = [
    *(20181202, "2018.12", 2018.12, "2018年12月2日", "2018-12", 43436, "43436.0", 2018, "18.12.2"),
    *("２０１８年１２月２日", " 2018 . 12 . 2 ", "2018/12/2 0:00", "12/2/2018", "2018、12、2"),
    *(
        "2018年12月2日（农历十月廿五）",
        "2018.12月",
        201812,
        "2018--12--02",
        "2018.12.2生",
        "7岁",
        "",
    ),
]


def test_births_in_any_spelling_agree_with_the_number():
    rows = [
        a_row(n, 身份证号码=an_id("20181202", 2 * n), 出生日期=value)
        for n, value in enumerate(SPELLINGS, 1)
    ]

    assert problems_of(xlsx([HEADER, *rows])) == [(n + 2,) for n in range(len(rows))]


def test_births_are_compared_only_to_the_precision_given():
    wrong = ["2018-12-03", "2018.11", 20181203, "2017年", dt.date(2018, 12, 20), 43437, 2018.11]
    rows = [
        a_row(n, 身份证号码=an_id("20181202", 2 * n), 出生日期=value)
        for n, value in enumerate(wrong, 1)
    ]

    expected = [(n + 2, "birth_mismatch") for n in range(len(rows))]
    assert problems_of(xlsx([HEADER, *rows])) == expected


FIRST = dt.datetime(2018, 12, 1)  # noqa: DTZ001 cells know no zone
BIRTH = HEADER.index("出生日期")


def new_book(rows, formats):
    book = openpyxl.Workbook()
    fill(book.active, "名单", rows)
    for at, code in enumerate(formats, 2):
        book.active.cell(at, BIRTH + 1, FIRST).number_format = code
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def old_book(rows, formats):
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if at == 0 or column != BIRTH:
                sheet.write(at, column, value)
    for at, code in enumerate(formats, 1):
        sheet.write(at, BIRTH, FIRST, xlwt.easyxf(num_format_str=code))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("book", [new_book, old_book])
def test_a_month_that_excel_keeps_as_its_first_day_is_a_month(book):
    """Who types 2018-12 into Excel gets 1 December, shown as 2018年12月 or Dec-18."""
    formats = ['yyyy"年"m"月"', "mmm-yy", 'yyyy"年"m"月"d"日"', "yyyy-mm-dd"]
    rows = [
        a_row(n, 身份证号码=an_id("20181215", 2 * n), 出生日期="")
        for n in range(1, len(formats) + 1)
    ]

    assert problems_of(book([HEADER, *rows], formats)) == [
        (2,),
        (3,),
        (4, "birth_mismatch"),
        (5, "birth_mismatch"),
    ]


def numbers():
    return [an_id("20181202", 2 * n) for n in range(1, 12)]


def test_numbers_are_read_through_what_surrounds_them():
    n = numbers()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in n[0])
    told = [wide, f"'{n[1]}", f"{n[2][:6]} {n[2][6:14]} {n[2][14:]}", f'="{n[3]}"', f"\t{n[4]}\n"]
    told += [f"{n[5]}（户口本）", f"身份证：{n[6]}", f"{n[7]}/", f"\u202a{n[8]}\u202c", "正在办理"]

    assert column_of("身份证号码", told, 出生日期="") == all_with(told)


def test_numbers_whose_digits_are_gone_are_told_from_wrong_ones():
    lost = [1.50723201812020e17, "1.50723E+17", "150723201812029000", "150723XXXXXXXX0026"]
    lost += ["15072320181202****", "150723201812020##", "1507232018120200.00", "####"]
    wrong = ["150723181202001", numbers()[0][:17], numbers()[0] + "1", "150723201813020025", 123456]

    assert column_of("身份证号码", lost, 出生日期="") == all_with(lost, "id_lost_digits")
    assert column_of("身份证号码", wrong, 出生日期="") == all_with(wrong, "id_checksum")


def test_one_number_in_several_spellings_is_one_child():
    number = next(n for n in (an_id("20181202", s) for s in range(0, 400, 2)) if n.endswith("X"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    told = [number, number.lower(), f" {number[:6]} {number[6:]}", f"'{number}", wide]

    again = all_with(told[1:], "duplicate")
    assert column_of("身份证号码", told, 出生日期="") == [(number,), *again]


def test_telephones_in_any_spelling():
    good = [
        13812345678.0,
        "+86 138 1234 5678",
        "0086-13812345678",
        "奶奶13812345678",
        "04705612345",
    ]
    good += [
        "13812345678（奶奶）",
        "13812345678\n13912345678",
        "１３８１２３４５６７８",
        "(0470)5612345",
    ]
    good += ["1 3 8 1 2 3 4 5 6 7 8", "1.3812345678E+10", "微信同号13812345678"]
    bad = ["", "无", "1381234567", "138123456789", "1.38E+10", "138****5678", "5612345", "10086"]

    assert column_of("监护人联系电话", good) == all_with(good)
    assert column_of("监护人联系电话", bad) == all_with(bad, "bad_phone")


def test_sexes_in_any_spelling():
    girls = ["女", "女性", "F", 0, 2, "2.0", "女童", "2-女", "女（双胞胎）", "", "不详"]
    boys = ["男", "M", 1, "1.0", "男孩", "1-男", "男（大）"]

    assert column_of("性别", girls) == all_with(girls)
    assert column_of("性别", boys) == all_with(boys, "sex_mismatch")


def test_consent_is_given_only_beyond_doubt():
    given = ["有", "√", "已签", "是", "同意", 1, "v", "2026.9.1", 46266, "2026-9", "交了", "对"]
    not_yet = [
        "",
        "否",
        "0",
        "口头同意",
        "电话同意",
        "签署中",
        "有（缺签字）",
        "同意，回来后签",
        "已联系",
    ]
    not_yet += ["已发放，等家长签字", "有（不全）", "○", "不同意", "待签"]

    assert column_of("监护人同意书", given) == all_with(given)
    assert column_of("监护人同意书", not_yet) == all_with(not_yet, "no_consent")


def test_what_says_that_there_is_no_school_names_none():
    none = ["休学", "休学在家", "无（学龄前）", "待入学", "毕业", "未上学", "0", "—"]
    schools = ["甘河中学（休学）", "未来小学", "无锡实验小学", "休宁中学", "大杨树\n一中"]

    assert column_of("就读学校", none) == all_with(none, "no_school")
    assert column_of("就读学校", schools) == all_with(schools)


def test_names_of_any_script_are_names_and_errors_are_none():
    names = [
        "𠮷田",
        "额尔德尼·巴图",
        "ᠮᠣᠩᠭᠣᠯ",
        "王芳😀",
        "=王芳",
        "@王芳",
        "阿依古丽\uff0e买买提",
        "单位",
    ]
    none = ["#N/A", "#REF!", "无姓名", "未起名", "0", 0, "—"]

    assert column_of("姓名", names) == all_with(names)
    assert column_of("姓名", none) == all_with(none, "no_name")
