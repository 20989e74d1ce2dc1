"""Money is integer fen. Yuan exist in forms and on pages only."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NewType

from vocabulary.errors import BadInput

Fen = NewType("Fen", int)

UNIT = Fen(5_000)  # pledges are matched in units of 50 yuan a month
LARGEST_YUAN = 1_000_000
_YUAN = re.compile(r"^[¥￥]?(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,2}))?(?:元|块|圆)?整?$")


def parse_yuan(text: str) -> Fen:
    """Read '100', '１００', '100元', '¥1,200.50' as fen.

    Raises BadInput for anything else, for zero and for more than a million yuan.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = _YUAN.match(plain)
    if not found:
        raise BadInput(field="amount", reason="not_an_amount")
    yuan, cents = found.group(1).replace(",", ""), (found.group(2) or "").ljust(2, "0")
    fen = int(yuan) * 100 + int(cents)
    if not 0 < fen <= LARGEST_YUAN * 100:
        raise BadInput(field="amount", reason="out_of_range")
    return Fen(fen)


def format_yuan(fen: int) -> str:
    """Write fen as ¥1,234.50."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}¥{yuan:,}.{cents:02d}"


def format_yuan_short(fen: int) -> str:
    """Write fen as ¥100 when whole, else as ¥1,234.50."""
    return format_yuan(fen).removesuffix(".00")


def split(total: Fen, weights: Sequence[int]) -> list[Fen]:
    """Divide by largest remainder: the parts always sum to the whole."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise BadInput(field="amount", reason="bad_weights")
    floors = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(floors)]:
        floors[i] += 1
    return [Fen(part) for part in floors]
