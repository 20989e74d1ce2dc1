"""Passwords that every guesser tries first, also with digits or signs tacked on.

data/common-passwords.txt holds what leaked lists have most often (of Django, BSD, and zxcvbn, MIT),
what is common here, and shorter words of which longer ones are made. One line a password.
"""

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parents[2] / "data" / "common-passwords.txt"
# What stands for this house: of these alone, with anything but letters, no password is made.
OURS = (
    "weiguang", "neimenggu", "huhehaote", "hulunbeier", "elunchun", "fulian", "funv", "mongolia",
    "xuexiao", "juanzeng", "zhuxue", "aixin", "微光", "妇联", "内蒙古", "呼和浩特", "助学",
)  # fmt: skip
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_OURS = re.compile("|".join(OURS))
SHORTEST_LEFT = 4


def is_common(plain: str) -> bool:
    """Say whether a folded password is one of them, bare or with something tacked on."""
    if plain in known():
        return True
    stem = _ENDS.sub("", plain)
    if stem in known() and 2 * len(stem) >= len(plain):
        return True
    left = re.sub(r"[\W\d_]", "", _OURS.sub("", plain))
    return _OURS.search(plain) is not None and len(left) < SHORTEST_LEFT


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Return the list; it is read when the first password is chosen."""
    return frozenset(_FILE.read_text(encoding="utf-8").splitlines())
