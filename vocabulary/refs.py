"""Random handles. Keys never leave the database; refs do, and tell nothing.

Each kind of ref is drawn from its own stream, so that one extra draw of one kind shifts no other.
`seeded` fixes the streams for twin worlds; a production start refuses it.
"""

import hashlib
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_seed: ContextVar[str | None] = ContextVar("ref_seed", default=None)
_streams: ContextVar[dict[str, random.Random] | None] = ContextVar("ref_streams", default=None)


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw every ref of the block from streams that depend on `seed` alone."""
    tokens = _seed.set(seed), _streams.set({})
    try:
        yield
    finally:
        _seed.reset(tokens[0])
        _streams.reset(tokens[1])


def _source(stream: str) -> random.Random:
    streams, seed = _streams.get(), _seed.get()
    if streams is None or seed is None:
        return secrets.SystemRandom()
    return streams.setdefault(stream, random.Random(f"{seed}/{stream}"))


def new_ref(stream: str, length: int = 12) -> str:
    """Return a random handle of about 60 bits; `stream` names what it is for."""
    source = _source(stream)
    return "".join(source.choice(ALPHABET) for _ in range(length))


def new_token(stream: str) -> str:
    """Return a bearer token of about 160 bits, for links; keep only its hash."""
    return new_ref(stream, 32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def payment_reference(stream: str = "payment") -> str:
    """Return AX, five random digits and a check digit, which explains typing errors."""
    digits = f"{_source(stream).randrange(100_000):05d}"
    return f"AX{digits}{_check_digit(digits)}"


def _check_digit(digits: str) -> int:
    """Luhn, so that one wrong digit or two swapped neighbours show."""
    doubled = (int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -sum(d - 9 if d > 9 else d for d in doubled) % 10


def has_valid_check(reference: str) -> bool:
    """Say whether an AX reference's check digit fits; used only to explain a likely typo."""
    digits = reference.removeprefix("AX")
    return len(digits) == 6 and digits.isdecimal() and int(digits[5]) == _check_digit(digits[:5])


def choose(stream: str, options: tuple[str, ...]) -> str:
    """Draw one of the options at random: labels are never derived from a person."""
    return _source(stream).choice(options)
