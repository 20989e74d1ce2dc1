"""What every paper is drawn with: its fonts, its lines, its QR. Black on white, in millimetres.

Nothing here knows a database, or what a paper says.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pylopdf_fonts_zh_cn as fonts
import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

QUIET = 4  # modules of white around a code
_MISSING = "□"
_BOLD = 0.012
_PETAL = ((0, -5), (-9, -7.5), (-13.5, -17), (-8, -25), (-5.5, -28.6), (-2.6, -30.2), (0, -31))


def document(
    title: str, *, made_at: datetime, orientation: Literal["portrait", "landscape"] = "portrait"
) -> FPDF:
    """Return an A4 document with both fonts inside; the same paper is the same file every time."""
    pdf = FPDF(orientation=orientation, unit="mm", format="A4")
    pdf.set_title(title)
    pdf.set_creator("微光")
    pdf.set_creation_date(made_at)
    pdf.set_auto_page_break(auto=False)
    pdf.add_font("sans", "", str(fonts.sans_path()))
    pdf.add_font("song", "", str(fonts.serif_path()))
    return pdf


def discard(pdf: FPDF) -> int:
    """Let go of a document that was drawn to be measured; return how many sheets it took."""
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.close()
    return pdf.page_no()


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


class Pen:
    """Writes and draws on the open page between a left and a right edge."""

    def __init__(self, pdf: FPDF, left: float, right: float) -> None:
        self.pdf = pdf
        self.left = left
        self.right = right

    def text(
        self, x: float, y: float, words: str, size: float, *, font: str = "sans", bold: bool = False
    ) -> float:
        """Print one line with its baseline at y; return where it ends."""
        pdf = self.pdf
        pdf.set_font(font, size=size)
        # The package has no bold face: a thin outline in the same black makes one.
        with pdf.local_context(
            text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL, line_width=size * _BOLD
        ):
            pdf.text(x, y, words)
        return x + float(pdf.get_string_width(words))

    def ends(
        self, x: float, y: float, words: str, size: float, *, font: str = "sans", bold: bool = False
    ) -> None:
        """Print one line that ends at x."""
        self.pdf.set_font(font, size=size)
        self.text(x - self.pdf.get_string_width(words), y, words, size, font=font, bold=bold)

    def fitting(self, words: str, room: float, most: float, least: float = 8.0) -> float:
        """Return the size at which a line stands in the room it has."""
        self.pdf.set_font("sans", size=most)
        width = float(self.pdf.get_string_width(words))
        return most if width <= room else max(least, most * room / width)

    def line(self, y: float, width: float) -> None:
        """Draw a line from edge to edge."""
        self.pdf.set_line_width(width)
        self.pdf.line(self.left, y, self.right, y)

    def rule(self, x: float, y: float, length: float) -> None:
        """Draw a line to write on."""
        self.pdf.set_line_width(0.3)
        self.pdf.line(x, y, x + length, y)

    def qr(self, url: str, x: float, y: float, size: float) -> float:
        """Draw a code as rectangles, sharp at any size; return the width with its white."""
        matrix = segno.make_qr(url, error="m").matrix
        module = size / len(matrix)
        start = x + QUIET * module
        for row, modules in enumerate(matrix):
            column = 0
            while column < len(modules):
                run = _run(modules, column)
                if modules[column]:
                    place = start + column * module, y + row * module
                    self.pdf.rect(*place, run * module, module * 1.01, style="F")
                column += run
        return size + 2 * QUIET * module

    def flower(self, x: float, y: float, scale: float) -> None:
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
