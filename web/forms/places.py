"""Lists of places for forms."""

from collections.abc import Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice

NOTHING = SelectChoice("", "请选择")


def townships(banners: Sequence[tuple[str, Sequence[Any]]]) -> list[SelectChoice]:
    """Return the townships of (banner's name, townships), with headings for several banners."""
    is_one = len(banners) == 1
    return [NOTHING] + [
        SelectChoice(town["code"], town["name"], optgroup=None if is_one else name)
        for name, towns in banners
        for town in towns
    ]
