"""助学金签收单: what a sheet says."""

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
