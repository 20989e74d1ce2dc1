"""A window on a text: groups of digits beside each other that may be one number."""

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

_LISTED = frozenset(" ,、\n;。:%℃")
_ASKED = re.compile(
    r"(?:电话|手机|号码|联系|打给|拨|call|tel|phone|号是|号:|短信|座机|私聊|找我|我的号|☎|📞|📱)"
    r"[^0-9\n]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class Window:
    """Groups of digits that may be one number."""

    text: str
    start: int
    end: int
    digits: str
    sizes: tuple[int, ...]
    gaps: str

    @property
    def is_whole(self) -> bool:
        """Say whether it is one unbroken group."""
        return len(self.sizes) == 1

    @property
    def is_listed(self) -> bool:
        """Say whether it may as well be a list of small numbers."""
        return bool(_LISTED & set(self.gaps))

    @property
    def is_asked(self) -> bool:
        """Say whether the word for a number, or for calling, stands before it."""
        return bool(_ASKED.search(self.text, max(0, self.start - 20), self.start))

    @property
    def groups(self) -> list[str]:
        """Return the digits group by group; none when letters stand for some of them."""
        if not (self.digits.isascii() and self.digits.isdigit()):
            return []
        return [self.digits[a:b] for a, b in pairwise(accumulate(self.sizes, initial=0))]
