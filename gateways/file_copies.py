"""Draws the guardian's copy of a child's file as a PDF. Nothing here knows a database."""

from collections.abc import Sequence
from datetime import date

import pylopdf_fonts_zh_cn as fonts
from fpdf import FPDF

from gateways.drawing import printable
from vocabulary.dates import at

_LABEL, _WIDTH, _LINE = 45.0, 125.0, 7.0
Section = tuple[str, Sequence[tuple[str, str]]]


def draw(title: str, sections: Sequence[Section], *, hotline: str, printed_on: date) -> bytes:
    """Return the PDF, headings and rows in the order given."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_title(title)
    pdf.set_creator("微光")
    pdf.set_creation_date(at(printed_on))
    pdf.set_margin(20)
    pdf.add_font("sans", "", str(fonts.sans_path()))
    pdf.add_page()
    _line(pdf, 18, title)
    _line(pdf, 10, f"{printed_on:%Y}年{printed_on.month}月{printed_on.day}日  有疑问打 {hotline}")
    for heading, rows in sections:
        pdf.ln(4)
        _line(pdf, 14, heading)
        for label, value in rows or [("没有登记", "")]:
            _row(pdf, label, value)
    return bytes(pdf.output())


def _line(pdf: FPDF, size: int, text: str) -> None:
    pdf.set_font("sans", size=size)
    pdf.multi_cell(0, size * 0.6, printable(text)[0], new_x="LMARGIN", new_y="NEXT", align="L")


def _row(pdf: FPDF, label: str, value: str) -> None:
    """Print one row; the value may take several lines, and stays beside its label."""
    pdf.set_font("sans", size=11)
    if pdf.will_page_break(_LINE):
        pdf.add_page()
    pdf.cell(_LABEL, _LINE, printable(label)[0])
    pdf.multi_cell(_WIDTH, _LINE, printable(value)[0], new_x="LMARGIN", new_y="NEXT", align="L")
