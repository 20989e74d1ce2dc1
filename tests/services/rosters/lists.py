"""Rosters for the tests: invented children with valid IDs, and the formats they come in."""

import csv
import io

import openpyxl
import xlwt
from stdnum.cn import ric

from gateways.spreadsheets import read
from services.rosters import open_children

HEADER = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "出生日期",
    "就读学校",
    "年级",
    "户籍地",
    "监护人",
    "与儿童关系",
    "监护人联系电话",
    "困境类型",
    "帮扶需求",
    "监护人同意书",
    "备注",
]
REFUSED = {
    "duplicate",
    "no_name",
    "id_lost_digits",
    "id_checksum",
    "sex_mismatch",
    "birth_mismatch",
}


def an_id(birth="20180525", serial=918, area="150723"):
    body = f"{area}{birth}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def a_child(number=1, **changes):
    """Return one clean girl's row by column name."""
    row = {
        "序号": number,
        "姓名": f"乌兰{chr(0x4E00 + number)}",
        "性别": "女",
        "身份证号码": an_id(serial=2 * number % 1000, birth=f"20{10 + number // 500 % 9:02d}0525"),
        "出生日期": f"20{10 + number // 500 % 9:02d}-05-25",
        "就读学校": "吉文中学",
        "年级": "三年级",
        "户籍地": "鄂伦春自治旗吉文镇",
        "监护人": "塔娜",
        "与儿童关系": "奶奶",
        "监护人联系电话": f"138{number:08d}",
        "困境类型": "孤儿",
        "帮扶需求": "学习辅导",
        "监护人同意书": "有（2026.9.1）",
        "备注": "",
    }
    return {**row, **changes}


def a_row(number=1, **changes):
    return list(a_child(number, **changes).values())


def xlsx(rows, *, merges=(), sheets=(), name="名单"):
    """Write rows as text cells with openpyxl; text that begins with '=' stays text."""
    book = openpyxl.Workbook()
    fill(book.active, name, rows)
    for title, others in sheets:
        fill(book.create_sheet(), title, others)
    for merge in merges:
        book.active.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def fill(sheet, name, rows):
    sheet.title = name
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value in ("", None):
                continue
            cell = sheet.cell(at, column, value)
            if isinstance(value, str):
                cell.data_type = "s"


def xls(rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(at, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def text_table(rows, *, encoding="utf-8-sig", separator=","):
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


def judged(rows, **options):
    """Judge rows that begin with their own header."""
    return open_children(read("名单.xlsx", xlsx(rows)), **options).report()


def judged_one(**changes):
    """Judge a single child below the usual header."""
    return judged([HEADER, a_row(**changes)]).rows[0]


def problems_of(data):
    """Return row number and problems; the outcome must follow from them."""
    report = open_children(read("名单", data)).report()
    for row in report.rows:
        told = set(row.problems)
        expected = "refused" if told & REFUSED else "held" if told else "ready"
        assert row.outcome.value == expected
    return [(row.row, *row.problems) for row in report.rows]
