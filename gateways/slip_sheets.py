"""助学金签收单 as a PDF: what a sheet says. It is drawn in slip_drawing, loaded when one prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Paper:
    """What one child's sheet says; `stub_url` needs a login, `family_url` is the family's own."""

    month: date
    number: int
    name: str
    class_label: str
    amount_fen: int
    amount_words: str
    sentence: str
    code: str
    stub_url: str
    family_url: str
    hand: str = "学校经办人"


def draw(papers: Sequence[Paper], *, hotline: str, printed_on: date) -> bytes:
    """Return the PDF. A character that the font lacks becomes a box to be filled in by hand."""
    from gateways import slip_drawing  # noqa: PLC0415 its PDF and font libraries take 0.4 s to load

    return slip_drawing.draw(papers, hotline=hotline, printed_on=printed_on)
