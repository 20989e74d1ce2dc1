"""A Merkle tree over leaf hashes, and the chain over its heads. Pure.

Hashing after RFC 6962 (Certificate Transparency), section 2.1: leaves and nodes are hashed under
different first bytes, so that no node can be passed off as a leaf; audit paths after 2.1.1.
"""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE, _LINK = b"\x00", b"\x01", b"\x02"
FIRST = bytes(32)  # what the first month's head is chained to


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf."""
    return hashlib.sha256(_LEAF + entry).digest()


def head(leaves: Sequence[bytes]) -> bytes:
    """Return the tree's head over leaf hashes, in their order."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = _cut(len(leaves))
    return hashlib.sha256(_NODE + head(leaves[:cut]) + head(leaves[cut:])).digest()


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return a leaf's audit path: the hash beside it on every level, the lowest first."""
    if len(leaves) <= 1:
        return []
    cut = _cut(len(leaves))
    if place < cut:
        return [*path(leaves[:cut], place), head(leaves[cut:])]
    return [*path(leaves[cut:], place - cut), head(leaves[:cut])]


def chained(previous: bytes, *, month: str, size: int, head: bytes) -> bytes:
    """Bind a month's head to all heads before it."""
    return hashlib.sha256(_LINK + previous + f"{month}|{size}|".encode() + head).digest()


def padded(count: int, *, least: int) -> int:
    """Return the power of two that holds so many leaves, `least` at least (a power of two)."""
    return max(least, 1 << max(0, count - 1).bit_length())


def _cut(count: int) -> int:
    """Return the largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)
