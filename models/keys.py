"""The keys that sealed columns use. Loaded once at start by config; never defaulted here."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
# What every sealed value begins with: by which way it was sealed. Another way gets a mark of its own
# and is opened beside this one until `keys rotate` has sealed everything anew.
AES_256_GCM = b"\x01"
KEY_BYTES = 32


@dataclass(frozen=True)
class KeyRing:
    """Three independent 32-byte keys: sealing, blind index, and wrapping of donors' own keys."""

    sealing: bytes
    index: bytes
    vault: bytes

    def __post_init__(self) -> None:
        keys = (self.sealing, self.index, self.vault)
        if any(len(key) != KEY_BYTES for key in keys) or len(set(keys)) != len(keys):
            raise ValueError("the key ring needs three different keys of 32 bytes")

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.sealing)

    @cached_property
    def vault_cipher(self) -> AESGCM:
        return AESGCM(self.vault)


class _Holder:
    ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    """Make the ring the one that sealed columns use in this process."""
    _Holder.ring = ring


def ring() -> KeyRing:
    """Return the installed ring. Raises RuntimeError before `install`."""
    if _Holder.ring is None:
        raise RuntimeError("no keys are installed: create_app() loads them")
    return _Holder.ring


def seal(cipher: AESGCM, text: str, *, place: str) -> bytes:
    """Encrypt with AES-256-GCM; `place` is bound in, so a value moved elsewhere will not open."""
    return seal_bytes(cipher, text.encode(), place=place)


def seal_bytes(cipher: AESGCM, plain: bytes, *, place: str) -> bytes:
    """Encrypt bytes: mark, nonce, and what only opens under mark, nonce and place together."""
    nonce = os.urandom(NONCE_BYTES)
    return AES_256_GCM + nonce + cipher.encrypt(nonce, plain, AES_256_GCM + place.encode())


def unseal(cipher: AESGCM, blob: bytes, *, place: str) -> str:
    """Decrypt what `seal` made for the same place. Raises InvalidTag otherwise."""
    return unseal_bytes(cipher, blob, place=place).decode()


def unseal_bytes(cipher: AESGCM, blob: bytes, *, place: str) -> bytes:
    """Decrypt what `seal_bytes` made. Raises InvalidTag for another place, key or mark."""
    mark, nonce, sealed = blob[:1], blob[1 : NONCE_BYTES + 1], blob[NONCE_BYTES + 1 :]
    if mark != AES_256_GCM:
        raise InvalidTag()
    return cipher.decrypt(nonce, sealed, mark + place.encode())


class Unreadable(str):
    """A sealed value that no key opens: nothing to anybody who asks, said as such, kept as it lies."""

    blob: bytes

    def __new__(cls, blob: bytes) -> "Unreadable":
        """Say it in words; what lies there is kept."""
        made = super().__new__(cls, "（读不出来）")
        made.blob = blob
        return made

    def __bool__(self) -> bool:
        """Count as missing: it pays nobody."""
        return False


def blind_index(place: str, value: str) -> str:
    """Return the exact-search handle of a sealed value: HMAC-SHA256 under its own key."""
    return hmac.new(ring().index, f"{place}\0{value}".encode(), hashlib.sha256).hexdigest()
