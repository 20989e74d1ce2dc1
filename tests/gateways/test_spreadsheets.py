import contextlib
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from gateways.spreadsheets import Row, SpreadsheetRefused, read, write
from tests.services.rosters.lists import HEADER, a_row, text_table, xls, xlsx

ROWS = [HEADER, a_row(1), a_row(2)]
ROOT = Path(__file__).parents[2]


def refusal(data, name="名单.xlsx"):
    with pytest.raises(SpreadsheetRefused) as refused:
        read(name, data)
    assert refused.value.message.endswith("。")
    assert "{" not in refused.value.message
    return refused.value


def with_part(name, content, *, base=None):
    """Replace one part of a good file."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or xlsx(ROWS))) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if item.filename != name:
                new.writestr(item, old.read(item))
        new.writestr(name, content)
    return target.getvalue()


def sheet_xml(rows):
    return (
        '<?xml version="1.0"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 ...", "file_wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "file_wrong_type"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "file_wrong_type"),
        (b"<html><table><tr><td>\xe5\xa7\x93</td></tr></table>", "file_wrong_type"),
        (b"Rar!\x1a\x07\x00", "file_wrong_type"),
        (b"MZ\x90\x00\x03\x00", "file_wrong_type"),
        (b"\n\n  ,,\n", "sheet_empty"),
        (b"PK\x03\x04 not really", "file_broken"),
        (xlsx(ROWS)[:2000], "file_broken"),
        (xls(ROWS)[:1000], "file_broken"),
        (xlsx([]), "sheet_empty"),
        (b"x" * (20 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_unusable_files_are_refused_by_what_they_are(data, code):
    assert refusal(data).code == code


def test_the_name_is_never_trusted():
    assert len(read("名单.txt", xlsx(ROWS)).rows) == 3
    assert len(read("名单.xlsx", text_table(ROWS)).rows) == 3
    assert len(read("../../名单.csv", xls(ROWS)).rows) == 3


def test_another_office_file_is_named():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert "Word" in refusal(target.getvalue()).message


def test_encrypted_files_say_so():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")

    assert refusal(ole).code == "file_encrypted"


def test_a_zip_bomb_is_not_unpacked():
    bomb = with_part(
        SHEET, sheet_xml("<row r='1'><c r='A1'><v>" + "0" * 120_000_000 + "</v></c></row>")
    )
    assert len(bomb) < 300_000

    assert refusal(bomb).code == "file_bomb"


def test_a_bomb_that_lies_about_its_size_is_caught_on_the_way():
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = engine.compress(b" " * 50_000_000) + engine.flush()
    good = with_part("xl/extra.xml", b"x" * 10)
    forged = forge(good, b"xl/extra.xml", content)

    assert refusal(forged).code == "file_bomb"


def forge(data, name, content):
    """Put other compressed bytes behind an entry whose directory still says ten bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name.decode())
        start = info.header_offset + 30 + len(name)
        shift = len(content) - info.compress_size
    data = data[:start] + content + data[start + info.compress_size :]
    at = data.rindex(name) - 46
    data = data[: at + 20] + struct.pack("<I", len(content)) + data[at + 24 :]
    end = data.rindex(b"PK\x05\x06")
    offset = struct.unpack_from("<I", data, end + 16)[0] + shift
    return data[: end + 16] + struct.pack("<I", offset) + data[end + 20 :]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (
            "<row r='1'><c r='A1'><v>1</v></c></row>"
            "<row r='1048576'><c r='XFD1048576'><v>2</v></c></row>",
            "file_too_many_rows",
        ),
        ("<row r='1'><c r='A1'><v>1</v></c><c r='XFD1'><v>2</v></c></row>", "file_too_wide"),
        ("<row r='1'><c r='A1'><v>1</v></c></row>" + "<row/>" * 300_000, "file_too_many_rows"),
        ("<row r='1'><c r='A1' t='str'><v>" + "字" * 100_000 + "</v></c></row>", "file_too_wide"),
    ],
)
def test_cells_far_apart_never_reach_the_parser(rows, code):
    assert refusal(with_part(SHEET, sheet_xml(rows))).code in {code, "file_bomb"}


@pytest.mark.slow
def test_a_million_empty_rows_are_refused():
    empty = "".join(
        f'<row r="{n}" ht="{n * 7919 % 997}" spans="1:{n * 31 % 17}"/>' for n in range(3, 1_048_577)
    )

    assert refusal(
        with_part(SHEET, sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + empty))
    ).code in {"file_too_many_rows", "file_bomb"}


def test_an_old_file_with_cells_in_opposite_corners_is_refused():
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    for row in range(300):
        sheet.write(row, 0, "字" * 10)
    sheet.write(65_535, 255, "x")
    target = io.BytesIO()
    book.save(target)

    assert refusal(target.getvalue()).code == "file_too_wide"


@pytest.mark.slow
def test_bombs_cost_little_memory():
    bomb = with_part(
        SHEET, sheet_xml("<row r='1'><c r='A1'><v>" + "0" * 120_000_000 + "</v></c></row>")
    )

    assert in_own_process(bomb)[1] < 300 * 1024


def in_own_process(data):
    """Return the refusal's code and the peak memory in kB of a process that reads the file."""
    script = (
        "import sys, pathlib, re\nfrom gateways.spreadsheets import read, SpreadsheetRefused\n"
        "try:\n    read('x', sys.stdin.buffer.read())\nexcept SpreadsheetRefused as refused:\n"
        "    status = pathlib.Path('/proc/self/status').read_text()\n"
        "    print(refused.code, re.search(r'VmHWM:\\s*(\\d+)', status).group(1))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command,
        input=data,
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    code, kilobytes = done.stdout.split()
    return code.decode(), int(kilobytes)


def test_the_sheet_with_the_header_is_picked_and_the_others_named():
    data = xlsx(
        [["身份证号码请按文本格式填写"]],
        name="填写说明",
        sheets=[("名单", ROWS), ("去年", [HEADER, a_row(3)])],
    )

    sheet = read("x", data)

    assert (sheet.name, len(sheet.rows)) == ("名单", 3)
    assert ["填写说明" in sheet.notes[0], "去年" in sheet.notes[1], "另存" in sheet.notes[1]] == [
        True
    ] * 3


def test_rows_keep_the_numbers_the_program_shows():
    sheet = read("x", xlsx([[], [], ["", "标题"], [], HEADER, a_row(1)]))

    assert [row.number for row in sheet.rows] == [3, 5, 6]
    assert sheet.rows[0].cells[:2] == ("", "标题")


def test_a_formula_without_a_stored_value_is_read_as_its_text():
    stored = "<c r='B1'><f>SUM(A1)</f><v>3</v></c>"
    rows = f"<row r='1'><c r='A1' t='str'><f>1+&quot;1&quot;</f><v></v></c>{stored}</row>"

    assert read("x", with_part(SHEET, sheet_xml(rows))).rows == (Row(1, ('=1+"1"', 3.0)),)


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("姓名,学校\n王芳,吉文\n".encode() + "李兰,大杨树镇第一小学\n".encode("gb18030"), 3),
        ("姓名,学校\n王芳,吉文中学\n".encode("gb18030") + "李兰,大杨树镇第一小学\n".encode(), 3),
        ('姓名,备注\n王芳,"两\n行"\n'.encode() + b"\xff\xff\xff,x\n", 3),
        ("姓名,学校\n王芳,吉".encode()[:-1], 2),
        (b"name,x\nab\xff,1\n", 2),
    ],
)
def test_text_that_cannot_be_decoded_is_refused_whole_by_row(data, row):
    refused = refusal(data)

    assert (refused.code, refused.params) == ("file_bad_encoding", {"row": row})


def test_an_unclosed_quote_is_refused():
    lines = ["姓名,备注", '王芳,"没有收口', *(f"孩子{n},x" for n in range(60))]

    assert refusal("\n".join(lines).encode()).code == "file_open_quote"


def test_rare_characters_survive_the_way_out_and_back():
    texts = [
        "𠮷",
        "😀",
        "ᠮᠣᠩᠭᠣᠯ",
        "㐀䶿",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "http://a.b/",
        "0470",
        "150723201805259180",
        "a\nb",
    ]

    data = write("名单", ["列"] * len(texts), [texts])

    assert list(read("x", data).rows[1].cells) == texts


def test_what_is_written_holds_no_formula_link_or_person():
    data = write(
        "名单",
        ["姓名"],
        [['=HYPERLINK("http://x")'], ["http://x"], [15175698815.0], [1.5e17], [True]],
    )

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "<f>" not in "".join(parts.values())
    assert "hyperlink" not in parts["xl/worksheets/sheet1.xml"]
    assert "<dc:creator></dc:creator>" in parts["docProps/core.xml"]
    assert "2000-01-01" in parts["docProps/core.xml"]
    assert [row.cells[0] for row in read("x", data).rows[3:]] == ["15175698815", "1.5e+17", "是"]


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes_are_read_or_refused(tail, head):
    with contextlib.suppress(SpreadsheetRefused):
        read("x", head + tail)


GOOD = {"xlsx": xlsx(ROWS), "xls": xls(ROWS)}


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_damaged_file_is_read_or_refused(kind, draw):
    data = bytearray(GOOD[kind])
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(SpreadsheetRefused):
        read("x", bytes(data))


def test_an_explanation_that_names_every_column_is_not_the_list():
    words = [
        "姓名",
        "性别",
        "身份证号",
        "出生年月",
        "民族",
        "监护人",
        "学校",
        "年级",
        "电话",
        "户籍",
        "需求",
        "类型",
    ]
    guide = [[word, "必填"] for word in words * 3]

    assert read("x", xlsx(guide, name="说明", sheets=[("名单", ROWS)])).name == "名单"


LONG_TEXT = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(30_000))


def amplified_xlsx():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(30):
            for column in range(200):
                sheet.write_string(row, column, LONG_TEXT)
    return target.getvalue()


def amplified_xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    for row in range(300):
        sheet.write(row, 0, f"{row}" * 400)
        for column in range(1, 30):
            sheet.write(row, column, LONG_TEXT)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("build", [amplified_xlsx, amplified_xls])
def test_one_long_text_in_every_cell_is_not_multiplied(build):
    data = build()
    assert len(data) < 600_000

    code, kilobytes = in_own_process(data)

    assert code == "file_too_wide"
    assert kilobytes < 300 * 1024


def test_many_texts_of_an_old_file_are_stepped_through():
    rows = [HEADER, *(a_row(n, 备注="字" * (n * 37 % 3_000)) for n in range(300))]

    sheet = read("x", xls(rows))

    assert [row.cells[-1] for row in sheet.rows[2:]] == [
        "字" * (n * 37 % 3_000) for n in range(1, 300)
    ]
