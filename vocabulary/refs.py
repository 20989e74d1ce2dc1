"""Random handles. Keys never leave the database; refs do, and tell nothing.

Each kind of ref is drawn from its own stream, so that one extra draw of one kind shifts no other.
`seeded` fixes the streams for twin worlds; a production start refuses it.
"""

import hashlib
import random
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from vocabulary.errors import NotFound

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# More than a letter needs, so that none comes up noticeably oftener than another.
BITS_A_LETTER = 8
_STIPEND_REF = re.compile(rf"^([{ALPHABET}]{{12}})-(20\d\d)(0[1-9]|1[0-2])$", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Streams:
    """Seeded generators by stream."""

    seed: str
    by_name: dict[str, random.Random] = field(default_factory=dict)

    def of(self, stream: str) -> random.Random:
        return self.by_name.setdefault(stream, random.Random(f"{self.seed}/{stream}"))  # noqa: S311 twin worlds


_process = SimpleNamespace(streams=None)
_seeded: ContextVar[_Streams | None] = ContextVar("seeded_streams", default=None)


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw every ref of the block from streams that depend on `seed` alone."""
    token = _seeded.set(_Streams(seed))
    try:
        yield
    finally:
        _seeded.reset(token)


def seed_process(seed: str | None) -> None:
    """Seed the streams of this process, all its threads included; None draws at random again."""
    _process.streams = None if seed is None else _Streams(seed)


def _source(stream: str) -> random.Random:
    streams = _seeded.get() or _process.streams
    return streams.of(stream) if streams else secrets.SystemRandom()


def new_ref(stream: str, length: int = 12) -> str:
    """Return a random handle of about 60 bits; `stream` names what it is for."""
    source = _source(stream)
    number, letters = source.getrandbits(BITS_A_LETTER * length), []
    for _ in range(length):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "".join(letters)


def new_token(stream: str) -> str:
    """Return a bearer token of about 160 bits, for links; keep only its hash."""
    return new_ref(stream, 32)


def new_code(stream: str) -> str:
    """Return six digits for a person to say to another, beside a link."""
    return f"{_source(stream).randrange(1_000_000):06d}"


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def payment_reference(stream: str = "payment") -> str:
    """Return AX, five random digits and a check digit, which explains typing errors."""
    digits = f"{_source(stream).randrange(100_000):05d}"
    return f"AX{digits}{_check_digit(digits)}"


def _check_digit(digits: str) -> int:
    """Luhn, so that one wrong digit or two swapped neighbours show."""
    doubled = (int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -sum(sum(divmod(d, 10)) for d in doubled) % 10


def find_payment_reference(text: str) -> str | None:
    """Return the AX reference in a bank line's remark, however it was typed; None when none is."""
    plain = re.sub(r"[\s\-—_.·]", "", unicodedata.normalize("NFKC", text)).upper()
    found = re.search(r"AX\d{6}(?!\d)", plain, re.ASCII)
    return found.group() if found else None


def has_valid_check(reference: str) -> bool:
    """Say whether an AX reference's check digit fits; used only to explain a likely typo."""
    found = re.fullmatch(r"AX(\d{5})(\d)", reference, re.ASCII)
    return found is not None and int(found[2]) == _check_digit(found[1])


def stipend_ref(match_ref: str, due_on: date) -> str:
    """Return an instalment's public ref: its audience's ref of the match, and its month."""
    return f"{match_ref}-{due_on:%Y%m}"


def read_stipend_ref(text: str) -> tuple[str, date]:
    """Return the match's ref and the first of the month. Raises NotFound for anything else."""
    found = _STIPEND_REF.match(text)
    if not found:
        raise NotFound()
    return found.group(1), date(int(found.group(2)), int(found.group(3)), 1)


def slip_code(ref: str) -> str:
    """Write an instalment's ref as a slip prints it: groups of four, 7KQ2-M8TD-4XWA-2611."""
    match_ref, month = read_stipend_ref(ref)
    groups = [match_ref[i : i + 4] for i in range(0, len(match_ref), 4)]
    return "-".join((*groups, f"{month:%y%m}"))


def read_slip_code(text: str) -> str:
    """Return the ref behind a slip's code, however it was typed. Raises NotFound."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    ref = f"{plain[:12]}-20{plain[12:]}"
    read_stipend_ref(ref)
    return ref


def choose(stream: str, options: tuple[str, ...]) -> str:
    """Draw one of the options at random: labels are never derived from a person."""
    return _source(stream).choice(options)
