"""Invitations to pledge: a day and its signature, short enough to be read out on the telephone."""

import hashlib
import hmac
import re
from datetime import date

from vocabulary.refs import ALPHABET

_LENGTH = 12
_CODE = re.compile(r"^(\d{8})([0-9A-Z]{12})$")


def make(secret: bytes, until: date) -> str:
    """Return a code that is good through `until`, for any number of pledges."""
    day = f"{until:%Y%m%d}"
    signature = _signature(secret, day)
    return f"{day}-{signature[:4]}-{signature[4:8]}-{signature[8:]}"


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
