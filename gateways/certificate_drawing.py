"""Draws a 捐赠证书: one sheet of A4 upright, black on white."""

from fpdf import FPDF

from gateways.drawing import Pen, document, printable
from gateways.paper_sheets import NO_VOUCHER, Certificate
from vocabulary.dates import at

_WIDTH, _HEIGHT = 210.0, 297.0
_FRAME, _MARGIN = 12.0, 28.0
_MOST_DAYS, _COLUMNS = 36, 3
_ROW, _DAYS_TOP = 6.2, 138.0
_QR, _QR_TOP = 34.0, 222.0


def draw(one: Certificate) -> bytes:
    """Return the PDF; a character that the font lacks becomes a box."""
    pdf = document("捐赠证书", made_at=at(one.issued_on))
    pdf.add_page()
    _Sheet(pdf, one).draw()
    return bytes(pdf.output())


class _Sheet(Pen):
    """The one sheet."""

    def __init__(self, pdf: FPDF, one: Certificate) -> None:
        super().__init__(pdf, _MARGIN, _WIDTH - _MARGIN)
        self.one = one

    def draw(self) -> None:
        """Print from top to bottom."""
        self._frame()
        self._head()
        self._words()
        self._days()
        self._issuer()
        self._check()

    def _frame(self) -> None:
        for inset, width in ((_FRAME, 0.6), (_FRAME + 2, 0.2)):
            self.pdf.set_line_width(width)
            self.pdf.rect(inset, inset, _WIDTH - 2 * inset, _HEIGHT - 2 * inset)

    def _head(self) -> None:
        self.flower(_WIDTH / 2, 34, 0.3)
        self._centred(58, "捐赠证书", 34, font="song", bold=True)
        self._centred(68, f"编号 {self.one.number}", 11)

    def _words(self) -> None:
        one = self.one
        name = printable(f"{one.called}：")[0]
        self.text(self.left, 86, name, self.fitting(name, 150, 18), bold=True)
        self.text(
            self.left + 9, 98, f"{one.year}年，你为孩子们捐来{one.given_for}，都已到账，共", 13
        )
        self.text(self.left + 9, 111, one.amount, 22, bold=True)
        words = one.amount_words
        self.text(self.left + 9, 121, words, self.fitting(words, 145, 14))
        self.line(128, 0.2)

    def _days(self) -> None:
        came = self.one.came
        shown = came if len(came) <= _MOST_DAYS else came[: _MOST_DAYS - 1]
        self.text(self.left, _DAYS_TOP - 3, f"共 {len(came)} 次到账", 11, bold=True)
        width = (self.right - self.left) / _COLUMNS
        for at_, (day, amount) in enumerate(shown):
            x = self.left + at_ % _COLUMNS * width
            y = _DAYS_TOP + 4 + at_ // _COLUMNS * _ROW
            self.text(x, y, day, 10)
            self.ends(x + width - 6, y, amount, 10)
        if len(shown) < len(came):
            y = _DAYS_TOP + 4 + len(shown) // _COLUMNS * _ROW
            self.ends(self.right - 6, y, f"另有 {len(came) - len(shown)} 次", 10)

    def _issuer(self) -> None:
        one, day = self.one, self.one.issued_on
        self.ends(self.right, 259, printable(one.issuer)[0], 13, bold=True)
        self.ends(self.right, 267, f"{day.year}年{day.month}月{day.day}日", 12)

    def _check(self) -> None:
        size = self.qr(self.one.verify_url, self.left - 4, _QR_TOP, _QR)
        x = self.left + size - 2
        self.text(x, _QR_TOP + 7, "扫码查验", 12, bold=True)
        self.text(x, _QR_TOP + 13.5, "只显示编号、金额和日子，不显示名字。", 9.5)
        code = self.one.code
        groups = [code[i : i + 4] for i in range(0, len(code), 4)]
        self.text(x, _QR_TOP + 20, "查验码 " + " ".join(groups[:4]), 9.5)
        self.text(x, _QR_TOP + 25, "　　　 " + " ".join(groups[4:]), 9.5)
        self.text(self.left, 274, NO_VOUCHER, 12, bold=True)
        self.text(self.left, 279.5, f"捐赠票据由财政系统另开。有疑问打 {self.one.hotline}", 9.5)

    def _centred(
        self, y: float, words: str, size: float, *, font: str = "sans", bold: bool = False
    ) -> None:
        self.pdf.set_font(font, size=size)
        x = (_WIDTH - self.pdf.get_string_width(words)) / 2
        self.text(x, y, words, size, font=font, bold=bold)
