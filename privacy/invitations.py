"""Invitations to pledge: a day and its signature; nobody guesses one, and a link carries it."""

import hashlib
import hmac
import re
from datetime import date

from vocabulary.refs import ALPHABET

# 27 letters of the alphabet are more than 128 bits.
_LENGTH, _GROUP = 27, 9
_CODE = re.compile(rf"^(\d{{8}})([0-9A-Z]{{{_LENGTH}}})$")


def make(secret: bytes, until: date) -> str:
    """Return a code that is good through `until`, for any number of pledges."""
    day = f"{until:%Y%m%d}"
    signature = _signature(secret, day)
    groups = (signature[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
    return "-".join((day, *groups))


def is_valid(secret: bytes, code: str, *, on: date) -> bool:
    """Say whether a code was made here and has not run out, whatever its dashes and case."""
    found = _CODE.match(re.sub(r"[\s\-–—]", "", code).upper())
    if not found:
        return False
    day, signature = found.groups()
    is_ours = hmac.compare_digest(signature, _signature(secret, day))
    return is_ours and f"{on:%Y%m%d}" <= day


def _signature(secret: bytes, day: str) -> str:
    digest = hmac.digest(secret, f"pledge-invitation:{day}".encode(), hashlib.sha256)
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:_LENGTH])
