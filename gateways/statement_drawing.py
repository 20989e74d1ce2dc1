"""Draws a 年度对账单: A4 upright, as many sheets as a year needs, each with its number of all."""

from collections.abc import Sequence

from fpdf import FPDF

from gateways.drawing import Pen, discard, document, printable
from gateways.paper_sheets import Block, Row, Statement
from vocabulary.dates import at

_LEFT, _RIGHT, _TOP, _BOTTOM = 18.0, 192.0, 20.0, 277.0
_TEXT, _SMALL = 11.0, 9.5
_LABEL = 52.0
# Month, sum, then the days of the five facts.
_COLUMNS = (34.0, 25.0, 23.0, 23.0, 23.0, 23.0, 23.0)
_ROW, _NOTE = 6.4, 5.0
# Beside the year's sums; with its white it ends at the right edge.
QR, QR_AT = 30.0, (153.0, 35.0)


def draw(one: Statement) -> bytes:
    """Return the PDF; drawn twice, since only then it is known how many sheets there are."""
    sheets = discard(_Sheets(one, of=0).pdf)
    return bytes(_Sheets(one, of=sheets).pdf.output())


class _Sheets(Pen):
    """The sheets of one account: keeps where the next line goes."""

    def __init__(self, one: Statement, *, of: int) -> None:
        pdf: FPDF = document(one.title, made_at=at(one.as_of))
        super().__init__(pdf, _LEFT, _RIGHT)
        self.one, self.of, self.y = one, of, _TOP
        self._page()
        if one.months_url:
            self._check()
        for block in one.blocks:
            self._block(block)
        for words in one.feet:
            self._put(words, _SMALL)

    def _page(self) -> None:
        one, day = self.one, self.one.as_of
        self.pdf.add_page()
        number = self.pdf.page_no()
        size = 21 if number == 1 else 13
        self.text(self.left, 24, one.title, size, font="song", bold=True)
        self.flower(self.right - 20, 20.5, 0.13)
        self.ends(self.right, 22.5, "微光", 13, bold=True)
        self.line(29, 0.6)
        foot = f"{printable(one.issuer)[0]} · 有疑问打 {one.hotline}"
        self.text(self.left, 286, foot, _SMALL)
        made = f"截至{day.year}年{day.month}月{day.day}日 · 第 {number} 页，共 {self.of} 页"
        self.ends(self.right, 286, made, _SMALL)
        self.y = 33.0

    def _check(self) -> None:
        """Lead a telephone to the published codes, which the codes of this year are held against."""
        self.qr(self.one.months_url, *QR_AT, QR)
        self.ends(self.right, QR_AT[1] + QR + 6, "扫码看公布的校验码", _SMALL)

    def _room(self, height: float) -> bool:
        """Begin a sheet where the height has no room on this one; say whether one was begun."""
        if self.y + height <= _BOTTOM:
            return False
        self._page()
        return True

    def _block(self, block: Block) -> None:
        self._room(30)
        self.y += 4
        self._put(printable(block.title)[0], 13, bold=True)
        for label, value in block.pairs:
            self._room(_ROW)
            self.y += _ROW
            self.text(self.left, self.y, label, _TEXT)
            self.text(self.left + _LABEL, self.y, printable(value)[0], _TEXT)
        if block.rows:
            self.y += 2
            self._row(block.heads, bold=True)
        for row in block.rows:
            if self._room(_ROW + (_NOTE if row.note else 0)):
                self._row(block.heads, bold=True)
            self._line(row)
        self.y += 3

    def _line(self, row: Row) -> None:
        self._row(row.cells)
        if row.note:
            self.y += _NOTE
            self.text(self.left + 4, self.y - 1.4, printable(row.note)[0], _SMALL - 1)
        self.line(self.y, 0.1)

    def _row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        self.y += _ROW
        left = self.left
        for place, (cell, width) in enumerate(zip(cells, _COLUMNS, strict=True)):
            if place == 1:
                self.ends(left + width - 5, self.y - 2, cell, _SMALL, bold=bold)
            else:
                self.text(left, self.y - 2, cell, _SMALL, bold=bold)
            left += width
        if bold:
            self.line(self.y, 0.4)

    def _put(self, words: str, size: float, *, bold: bool = False) -> None:
        self._room(size * 0.6)
        self.y += size * 0.55
        self.text(self.left, self.y, words, size, bold=bold)
