"""Draws a payment order as a PDF to sign: A4, as many sheets as its lines need."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TextMode, XPos, YPos

from gateways.drawing import Pen, document, printable
from gateways.order_sheets import Line, Order, in_yuan
from vocabulary.money import format_yuan

_LEFT, _TOP, _WIDTH, _BOTTOM = 15.0, 16.0, 180.0, 18.0
_ROOM_TO_SIGN = 62.0
# Number, payee, account, bank, sum, remark: they make up _WIDTH.
_COLUMNS = (9.0, 46.0, 43.0, 32.0, 22.0, 28.0)
_HEADS = ("", "收款人户名", "账号", "开户行", "金额（元）", "附言")
_LINE, _SMALL, _TEXT = 4.6, 9.0, 10.5


def draw(order: Order) -> bytes:
    """Return the PDF. A character that the font lacks becomes a box."""
    # The same order is the same file, whenever it is fetched.
    made_at = datetime.combine(order.made_on, time(), tzinfo=UTC)
    pdf = document("助学金拨付单", made_at=made_at)
    pdf.set_margins(_LEFT, _TOP, _LEFT)
    _Paper(pdf, order).draw()
    return bytes(pdf.output())


class _Paper(Pen):
    """The sheets of one order: keeps what it prints on."""

    def __init__(self, pdf: FPDF, order: Order) -> None:
        super().__init__(pdf, _LEFT, _LEFT + _WIDTH)
        self.order = order

    def draw(self) -> None:
        """Print from top to bottom; the signatures stand on the last sheet with the total."""
        self._sheet()
        for number, line in enumerate(self.order.lines, 1):
            self._line(number, line)
        if self._left_over() < _ROOM_TO_SIGN:
            self._sheet()
        self._total()
        self._sign()

    def _sheet(self) -> None:
        pdf, order = self.pdf, self.order
        pdf.add_page()
        self._put("助学金拨付单", 20, font="song", bold=True)
        day = order.made_on
        self._put(
            f"编号 {order.ref} · {day.year}年{day.month}月{day.day}日 · 第 {pdf.page_no()} 页",
            _TEXT,
        )
        self._put(f"付款户名 {order.payer} · 账号 {order.payer_account}", _TEXT)
        pdf.ln(2)
        self._row(_HEADS, bold=True)

    def _line(self, number: int, line: Line) -> None:
        cells = (str(number), line.payee, line.number, line.bank, in_yuan(line.fen), line.words)
        shown = [printable(cell)[0] for cell in cells]
        if self._left_over() < self._height(shown):
            self._sheet()
        self._row(shown)

    def _total(self) -> None:
        order = self.order
        self.pdf.ln(3)
        self._put(f"共 {len(order.lines)} 笔，合计 {format_yuan(order.total_fen)}", 13, bold=True)
        self._put(f"大写 {order.total_words}", 12)
        self.pdf.ln(2)
        self._put(f"制单 {printable(order.made_by)[0]}", _TEXT)
        self._put(f"校验码 {order.digest[:32]}", _SMALL)
        self._put(f"　　　 {order.digest[32:]}", _SMALL)

    def _sign(self) -> None:
        pdf, part = self.pdf, _WIDTH / 3
        pdf.ln(14)
        for at, who in enumerate(("经办人", "复核人", "负责人")):
            self.text(_LEFT + at * part, pdf.get_y(), f"{who}：", _TEXT)
            pdf.line(_LEFT + at * part + 16, pdf.get_y(), _LEFT + (at + 1) * part - 6, pdf.get_y())
        self.text(_LEFT, pdf.get_y() + 10, "日期：　　　　年　　月　　日", _TEXT)

    def _left_over(self) -> float:
        return float(self.pdf.h - _BOTTOM - self.pdf.get_y())

    def _row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """Print one row with a hairline below; words too wide for their column go on below."""
        pdf, top, height = self.pdf, self.pdf.get_y(), self._height(cells)
        left = _LEFT
        for at, (cell, width) in enumerate(zip(cells, _COLUMNS, strict=True)):
            align = Align.R if at == _HEADS.index("金额（元）") else Align.L
            pdf.set_xy(left, top + 1)
            self._cell(cell, width, align, bold=bold)
            left += width
        pdf.set_line_width(0.5 if bold else 0.15)
        pdf.line(_LEFT, top + height, _LEFT + _WIDTH, top + height)
        pdf.set_y(top + height)

    def _cell(self, words: str, width: float, align: Align, *, bold: bool) -> None:
        pdf = self.pdf
        pdf.set_font("sans", size=_SMALL)
        mode = TextMode.FILL_STROKE if bold else TextMode.FILL
        with pdf.local_context(text_mode=mode, line_width=_SMALL * 0.012):
            pdf.multi_cell(width, _LINE, words, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _height(self, cells: Sequence[str]) -> float:
        self.pdf.set_font("sans", size=_SMALL)
        heights: list[Any] = [
            self.pdf.multi_cell(width, _LINE, cell, dry_run=True, output=MethodReturnValue.HEIGHT)
            for cell, width in zip(cells, _COLUMNS, strict=True)
            if cell
        ]
        return max(float(height) for height in heights) + 2

    def _put(self, words: str, size: float, *, font: str = "sans", bold: bool = False) -> None:
        """Print one line below what stands there."""
        step = size * 0.52
        self.text(_LEFT, self.pdf.get_y() + step, words, size, font=font, bold=bold)
        self.pdf.set_y(self.pdf.get_y() + step + 1.2)
