"""A year's account on paper: the code beside its sums is read from the sheet, module by module."""

import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO

import segno
from PIL import Image

from gateways import statement_drawing
from gateways.drawing import QUIET
from gateways.paper_sheets import Block, Statement

URL = "https://weiguang.example/months"
PLAIN = Statement(
    "2026年对账单", date(2026, 11, 21), "微光", "12338", (Block("一年合计", [("到账", "¥1.00")]),)
)
PER_MM = 300 / 25.4


def matrix(pdf: bytes) -> list[list[int]]:
    """Read the modules that stand where the code is drawn."""
    way = ["pdftoppm", "-r", "300", "-gray", "-f", "1", "-l", "1", "-"]
    sheet = Image.open(BytesIO(subprocess.run(way, input=pdf, stdout=-1, check=True).stdout))
    count = len(segno.make_qr(URL, error="m").matrix)
    module = statement_drawing.QR / count
    left, top = statement_drawing.QR_AT[0] + QUIET * module, statement_drawing.QR_AT[1]
    return [
        [
            int(sheet.getpixel((int((left + (x + 0.5) * module) * PER_MM),
                                int((top + (y + 0.5) * module) * PER_MM))) < 128)
            for x in range(count)
        ]
        for y in range(count)
    ]  # fmt: skip


def test_a_years_account_leads_to_the_published_codes() -> None:
    sheet = statement_drawing.draw(replace(PLAIN, months_url=URL))

    assert matrix(sheet) == [list(row) for row in segno.make_qr(URL, error="m").matrix]


def test_without_an_entry_of_a_published_month_no_code_stands_there() -> None:
    assert not any(map(any, matrix(statement_drawing.draw(PLAIN))))
