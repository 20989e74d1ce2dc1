"""The keys that sealed columns use. Loaded once at start by config; never defaulted here."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
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
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, text.encode(), place.encode())


def unseal(cipher: AESGCM, blob: bytes, *, place: str) -> str:
    """Decrypt what `seal` made for the same place. Raises InvalidTag otherwise."""
    return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], place.encode()).decode()


def blind_index(place: str, value: str) -> str:
    """Return the exact-search handle of a sealed value: HMAC-SHA256 under its own key."""
    return hmac.new(ring().index, f"{place}\0{value}".encode(), hashlib.sha256).hexdigest()
