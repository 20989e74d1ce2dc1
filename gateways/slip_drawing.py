"""Draws 助学金签收单 as a PDF: one A4 sheet a child, school stub left, family copy right, to cut.

Black on white, system of millimetres, no donor, no category. Nothing here knows a database.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn as fonts
import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TextMode

from gateways.slip_sheets import Paper
from vocabulary.dates import at
from vocabulary.money import format_yuan, format_yuan_short

_WIDTH, _HEIGHT = 148.5, 210.0
_MARGIN = 11.0
_QR = 32.0  # the code alone; four modules of white stand around it
_QUIET = 4
_MISSING = "□"
STUB, FAMILY = "存根联（学校留存）", "家庭联（家里留存）"
_PETAL = ((0, -5), (-9, -7.5), (-13.5, -17), (-8, -25), (-5.5, -28.6), (-2.6, -30.2), (0, -31))


def draw(papers: Sequence[Paper], *, hotline: str, printed_on: date) -> bytes:
    """Return the PDF. A character that the font lacks becomes a box to be filled in by hand."""
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_title("助学金签收单")
    pdf.set_creator("微光")
    # The day alone: the instant of printing is nobody's business, and two printings are alike.
    pdf.set_creation_date(at(printed_on))
    pdf.set_auto_page_break(auto=False)
    pdf.add_font("sans", "", str(fonts.sans_path()))
    pdf.add_font("song", "", str(fonts.serif_path()))
    for paper in papers:
        pdf.add_page()
        _Half(pdf, 0.0, paper, hotline, printed_on).draw(STUB, paper.stub_url, for_school=True)
        _Half(pdf, _WIDTH, paper, hotline, printed_on).draw(
            FAMILY, paper.family_url, for_school=False
        )
        pdf.set_dash_pattern(dash=1.5, gap=1.5)
        pdf.set_line_width(0.15)
        pdf.line(_WIDTH, 0, _WIDTH, _HEIGHT)
        pdf.set_dash_pattern()
    return bytes(pdf.output())


@lru_cache(maxsize=2)
def _known(path: Path) -> frozenset[int]:
    with TTFont(str(path), lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> tuple[str, bool]:
    """Return the text as the font can print it, and whether a character had to become a box."""
    known = _known(fonts.sans_path())
    plain = "".join(c for c in text if c.isprintable() and c not in "\ufe0f\u200d")
    shown = "".join(c if ord(c) in known else _MISSING for c in plain)
    return shown, shown != plain


class _Half:
    """One A5 half: keeps where it begins and what it prints."""

    def __init__(
        self, pdf: FPDF, left: float, paper: Paper, hotline: str, printed_on: date
    ) -> None:
        self.pdf = pdf
        self.left = left + _MARGIN
        self.right = left + _WIDTH - _MARGIN
        self.paper = paper
        self.hotline = hotline
        self.printed_on = printed_on

    def draw(self, copy: str, url: str, *, for_school: bool) -> None:
        """Print the half from top to bottom."""
        self._head(copy)
        self._facts()
        self._ticks()
        self._signatures()
        self._ask(url, for_school=for_school)
        self._foot(for_school=for_school)

    def _head(self, copy: str) -> None:
        paper = self.paper
        self._text(self.left, 20, "助学金签收单", 21, font="song", bold=True)
        month = f"{paper.month.year}年{paper.month.month}月 · 第 {paper.number} 次"
        self._text(self.left, 28, month, 11)
        self._right(28, copy, 11, bold=True)
        self._flower(self.right - 20, 16.5, 0.13)
        self._right(18.5, "微光", 13, bold=True)
        self._line(31.5, 0.6)

    def _facts(self) -> None:
        paper = self.paper
        name, was_cut = printable(paper.name)
        self._label(41, "同学")
        after = self._text(self.left + 14, 41, name, self._size_for(name, 72), bold=True)
        self._text(after + 8, 41, printable(paper.class_label)[0], 12)
        if was_cut:
            self._right(45.6, "方框处是打印不出的字，请手写补上", 9.5)
        self._line(47, 0.2)
        self._label(56.5, "金额")
        after = self._text(self.left + 14, 57, format_yuan(paper.amount_fen), 20, bold=True)
        self._text(after + 6, 56.5, paper.amount_words, 12)
        self._line(62, 0.2)
        self._label(70, "说明")
        self._text(self.left + 14, 70, paper.sentence, 11)
        self._line(75, 0.2)

    def _ticks(self) -> None:
        whole = f"数过了，是 {format_yuan_short(self.paper.amount_fen)}"
        self._box(self.left, 80.3)
        after = self._text(self.left + 6.5, 84, whole, 11.5)
        self._box(after + 8, 80.3)
        self._text(after + 14.5, 84, "只拿到一部分：__________ 元", 11.5)

    def _signatures(self) -> None:
        middle = (self.left + self.right) / 2 + 3
        half = middle - 6 - self.left
        words = (("签收人（签字或按手印）", "与孩子的关系"), (self.paper.hand, "日期"))
        for row, (first, second) in enumerate(words):
            top = 93 + row * 22.5
            self._text(self.left, top, first, 10.5)
            self._text(middle, top, second, 10.5)
            self._rule(self.left, top + 15.5, half)
            self._rule(middle, top + 15.5, self.right - middle)
        self._right(93 + 22.5 + 13.5, "年　　月　　日", 10.5)

    def _ask(self, url: str, *, for_school: bool) -> None:
        top, height = 137.0, 47.0
        self.pdf.set_line_width(0.3)
        self.pdf.rect(
            self.left, top, self.right - self.left, height, round_corners=True, corner_radius=2
        )
        size = self._qr(url, self.left + 1.5, top + (height - _QR) / 2)
        x = self.left + size + 3
        if for_school:
            self._text(x, top + 9, "签好以后扫这个码", 13.5, bold=True)
            self._text(x, top + 16.5, "用学校的帐号登录，点“签收单已签”。", 10.5)
            self._text(x, top + 22.5, "不扫也行，纸单留好就算数。", 10.5)
        else:
            self._text(x, top + 9, "没有收到？数不对？", 14.5, bold=True)
            self._text(x, top + 16.5, "扫码，或打电话告诉我们：", 11)
            self._text(x, top + 26, self.hotline, 19, bold=True)
            self._text(x, top + 33, "扫码打开的那一页不写名字，", 9.5)
            self._text(x, top + 37.7, "学校看不到您家怎么答。", 9.5)
        self._text(x, top + height - 4, f"编号 {self.paper.code}", 9.5)

    def _foot(self, *, for_school: bool) -> None:
        words = (
            "含个人信息，用后锁好。"
            if for_school
            else "有人在支持你，不要你回报。写不写感谢信，都不影响下一次。"
        )
        self._text(self.left, 192, words, 9.5)
        day = self.printed_on
        self._text(self.left, 197.5, f"{day.year}年{day.month}月{day.day}日打印", 9.5)

    def _text(
        self, x: float, y: float, words: str, size: float, *, font: str = "sans", bold: bool = False
    ) -> float:
        """Print one line with its baseline at y; return where it ends."""
        pdf = self.pdf
        pdf.set_font(font, size=size)
        # The package has no bold face: a thin outline in the same black makes one.
        with pdf.local_context(
            text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL, line_width=size * 0.012
        ):
            pdf.text(x, y, words)
        return x + float(pdf.get_string_width(words))

    def _size_for(self, words: str, room: float) -> float:
        """Return 16 points, or what lets a long name stand in the room it has."""
        self.pdf.set_font("sans", size=16)
        width = float(self.pdf.get_string_width(words))
        return 16 if width <= room else max(8.0, 16 * room / width)

    def _right(self, y: float, words: str, size: float, *, bold: bool = False) -> None:
        self.pdf.set_font("sans", size=size)
        self._text(self.right - self.pdf.get_string_width(words), y, words, size, bold=bold)

    def _label(self, y: float, words: str) -> None:
        self._text(self.left, y, words, 10.5)

    def _line(self, y: float, width: float) -> None:
        self.pdf.set_line_width(width)
        self.pdf.line(self.left, y, self.right, y)

    def _rule(self, x: float, y: float, length: float) -> None:
        self.pdf.set_line_width(0.3)
        self.pdf.line(x, y, x + length, y)

    def _box(self, x: float, y: float) -> None:
        self.pdf.set_line_width(0.3)
        self.pdf.rect(x, y, 4.4, 4.4, round_corners=True, corner_radius=0.6)

    def _qr(self, url: str, x: float, y: float) -> float:
        """Draw the code as rectangles, sharp at any size; return the width with its white."""
        matrix = segno.make_qr(url, error="m").matrix
        module = _QR / len(matrix)
        start = x + _QUIET * module
        for row, modules in enumerate(matrix):
            column = 0
            while column < len(modules):
                run = _run(modules, column)
                if modules[column]:
                    place = start + column * module, y + row * module
                    self.pdf.rect(*place, run * module, module * 1.01, style="F")
                column += run
        return _QR + 2 * _QUIET * module

    def _flower(self, x: float, y: float, scale: float) -> None:
        """Print the sign as an outline: five petals around a point."""
        pdf = self.pdf
        pdf.set_line_width(0.25)
        half = [(px * scale, py * scale) for px, py in _PETAL]
        outline = half + [(-px, py) for px, py in reversed(half)]
        for turn in range(5):
            with pdf.rotation(turn * 72, x, y):
                pdf.polygon([(x + px, y + py) for px, py in outline], style="D")
        pdf.circle(x, y, 0.6, style="F")


def _run(modules: Sequence[int], column: int) -> int:
    """Count the equal modules from a column on."""
    end = column
    while end < len(modules) and modules[end] == modules[column]:
        end += 1
    return end - column
