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
    keeper: str = "学校"
    """Who hands over and keeps the stub."""

    @property
    def hand(self) -> str:
        """Return who signs for it: one of several at a school, a village's director herself."""
        return self.keeper if self.is_a_person else f"{self.keeper}经办人"

    @property
    def is_a_person(self) -> bool:
        """Say whether one person hands over, and no office."""
        return self.keeper == "儿童主任"

    @property
    def whom(self) -> str:
        """Return what a child is called on the sheet."""
        return "同学" if self.keeper == "学校" else "孩子"


def draw(papers: Sequence[Paper], *, hotline: str, printed_on: date) -> bytes:
    """Return the PDF. A character that the font lacks becomes a box to be filled in by hand."""
    from gateways import slip_drawing  # noqa: PLC0415 its PDF and font libraries take 0.4 s to load

    return slip_drawing.draw(papers, hotline=hotline, printed_on=printed_on)
