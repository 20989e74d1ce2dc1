"""Draws 助学金签收单 as a PDF: one A4 sheet a child, school stub left, family copy right, to cut.

Black on white, system of millimetres, no donor, no category. Nothing here knows a database.
"""

from collections.abc import Sequence
from datetime import date

from fpdf import FPDF

from gateways.drawing import Pen, document, printable
from gateways.slip_sheets import Paper
from vocabulary.dates import at
from vocabulary.money import format_yuan, format_yuan_short

_WIDTH, _HEIGHT = 148.5, 210.0
_MARGIN = 11.0
_QR = 32.0  # the code alone; four modules of white stand around it
STUB, FAMILY = "存根联（{keeper}留存）", "家庭联（家里留存）"


def draw(papers: Sequence[Paper], *, hotline: str, printed_on: date) -> bytes:
    """Return the PDF. A character that the font lacks becomes a box to be filled in by hand."""
    # The day alone: the instant of printing is nobody's business, and two printings are alike.
    pdf = document("助学金签收单", made_at=at(printed_on), orientation="landscape")
    for paper in papers:
        pdf.add_page()
        _Half(pdf, 0.0, paper, hotline, printed_on).draw(
            STUB.format(keeper=paper.keeper), paper.stub_url, for_school=True
        )
        _Half(pdf, _WIDTH, paper, hotline, printed_on).draw(
            FAMILY, paper.family_url, for_school=False
        )
        pdf.set_dash_pattern(dash=1.5, gap=1.5)
        pdf.set_line_width(0.15)
        pdf.line(_WIDTH, 0, _WIDTH, _HEIGHT)
        pdf.set_dash_pattern()
    return bytes(pdf.output())


class _Half(Pen):
    """One A5 half: keeps where it begins and what it prints."""

    def __init__(
        self, pdf: FPDF, left: float, paper: Paper, hotline: str, printed_on: date
    ) -> None:
        super().__init__(pdf, left + _MARGIN, left + _WIDTH - _MARGIN)
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
        self.text(self.left, 20, "助学金签收单", 21, font="song", bold=True)
        month = f"{paper.month.year}年{paper.month.month}月 · 第 {paper.number} 次"
        self.text(self.left, 28, month, 11)
        self._right(28, copy, 11, bold=True)
        self.flower(self.right - 20, 16.5, 0.13)
        self._right(18.5, "微光", 13, bold=True)
        self.line(31.5, 0.6)

    def _facts(self) -> None:
        paper = self.paper
        name, was_cut = printable(paper.name)
        self._label(41, paper.whom)
        after = self.text(self.left + 14, 41, name, self.fitting(name, 72, 16), bold=True)
        self.text(after + 8, 41, printable(paper.class_label)[0], 12)
        if was_cut:
            self._right(45.6, "方框处是打印不出的字，请手写补上", 9.5)
        self.line(47, 0.2)
        self._label(56.5, "金额")
        after = self.text(self.left + 14, 57, format_yuan(paper.amount_fen), 20, bold=True)
        self.text(after + 6, 56.5, paper.amount_words, 12)
        self.line(62, 0.2)
        self._label(70, "说明")
        self.text(self.left + 14, 70, paper.sentence, 11)
        self.line(75, 0.2)

    def _ticks(self) -> None:
        whole = f"数过了，是 {format_yuan_short(self.paper.amount_fen)}"
        self._box(self.left, 80.3)
        after = self.text(self.left + 6.5, 84, whole, 11.5)
        self._box(after + 8, 80.3)
        self.text(after + 14.5, 84, "只拿到一部分：__________ 元", 11.5)

    def _signatures(self) -> None:
        middle = (self.left + self.right) / 2 + 3
        half = middle - 6 - self.left
        words = (("签收人（签字或按手印）", "与孩子的关系"), (self.paper.hand, "日期"))
        for row, (first, second) in enumerate(words):
            top = 93 + row * 22.5
            self.text(self.left, top, first, 10.5)
            self.text(middle, top, second, 10.5)
            self.rule(self.left, top + 15.5, half)
            self.rule(middle, top + 15.5, self.right - middle)
        self._right(93 + 22.5 + 13.5, "年　　月　　日", 10.5)

    def _ask(self, url: str, *, for_school: bool) -> None:
        top, height = 137.0, 47.0
        self.pdf.set_line_width(0.3)
        self.pdf.rect(
            self.left, top, self.right - self.left, height, round_corners=True, corner_radius=2
        )
        size = self.qr(url, self.left + 1.5, top + (height - _QR) / 2, _QR)
        x = self.left + size + 3
        if for_school:
            self.text(x, top + 9, "签好以后扫这个码", 13.5, bold=True)
            self.text(x, top + 16.5, f"用{self.paper.keeper}的帐号登录，点“签收单已签”。", 10.5)
            self.text(x, top + 22.5, "不扫也行，纸单留好就算数。", 10.5)
        else:
            self.text(x, top + 9, "没有收到？数不对？", 14.5, bold=True)
            self.text(x, top + 16.5, "扫码，或打电话告诉我们：", 11)
            self.text(x, top + 26, self.hotline, 19, bold=True)
            self.text(x, top + 33, "扫码打开的那一页不写名字，", 9.5)
            self.text(x, top + 37.7, f"{self.paper.keeper}看不到您家怎么答。", 9.5)
        self.text(x, top + height - 4, f"编号 {self.paper.code}", 9.5)

    def _foot(self, *, for_school: bool) -> None:
        words = (
            "含个人信息，用后锁好。"
            if for_school
            else "有人在支持你，不要你回报。写不写感谢信，都不影响下一次。"
        )
        self.text(self.left, 192, words, 9.5)
        day = self.printed_on
        self.text(self.left, 197.5, f"{day.year}年{day.month}月{day.day}日打印", 9.5)

    def _right(self, y: float, words: str, size: float, *, bold: bool = False) -> None:
        self.ends(self.right, y, words, size, bold=bold)

    def _label(self, y: float, words: str) -> None:
        self.text(self.left, y, words, 10.5)

    def _box(self, x: float, y: float) -> None:
        self.pdf.set_line_width(0.3)
        self.pdf.rect(x, y, 4.4, 4.4, round_corners=True, corner_radius=0.6)
