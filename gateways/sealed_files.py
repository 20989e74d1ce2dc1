"""Files encrypted in chunks of AES-256-GCM: what was changed, moved, added or cut is found.

Each file has a key of its own (HKDF of the given key, a random salt and the file's purpose), so
that chunks may be numbered from one. The last chunk says that it is the last.
"""

import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"WEIGUANG-SEALED-1\n"
DRAFT = ".part"
SALT_BYTES = 32
CHUNK = 1024 * 1024
_TAG = 16
_HEAD = struct.Struct(">I?")


class Damaged(Exception):
    """The file is no sealed file, was sealed under another key, or is not whole."""


def damaged(why: str) -> NoReturn:
    """Raise Damaged without the story that led there."""
    raise Damaged(why) from None


class _Cipher:
    def __init__(self, key: bytes, salt: bytes, purpose: str) -> None:
        derived = HKDF(SHA256(), 32, salt=salt, info=purpose.encode()).derive(key)
        self._cipher, self._number = AESGCM(derived), 0

    def _next(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(12, "big")

    def seal(self, chunk: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._next(), chunk, MAGIC + bytes([is_last]))

    def open(self, chunk: bytes, *, is_last: bool) -> bytes:
        return self._cipher.decrypt(self._next(), chunk, MAGIC + bytes([is_last]))


class _Writer(io.RawIOBase):
    def __init__(self, out: BinaryIO, cipher: _Cipher) -> None:
        self._out, self._cipher, self._waiting = out, cipher, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(given)

    def finish(self) -> None:
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.seal(chunk, is_last=is_last)
        self._out.write(_HEAD.pack(len(sealed), is_last) + sealed)


class _Reader(io.RawIOBase):
    def __init__(self, source: BinaryIO, cipher: _Cipher) -> None:
        self._source, self._cipher = source, cipher
        self._ready, self._is_over = bytearray(), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        while not self._ready and not self._is_over:
            self._take()
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        del self._ready[:count]
        return count

    def _take(self) -> None:
        head = self._source.read(_HEAD.size)
        if len(head) != _HEAD.size:
            damaged("the file ends too early")
        length, is_last = _HEAD.unpack(head)
        sealed = self._source.read(length) if length <= CHUNK + _TAG else b""
        try:
            self._ready += self._cipher.open(sealed, is_last=is_last)
        except (InvalidTag, ValueError):
            damaged("the file was changed, or sealed under another key")
        self._is_over = is_last
        if is_last and self._source.read(1):
            damaged("something was added after the end")


@contextmanager
def sealing(path: Path, key: bytes, *, purpose: str) -> Iterator[BinaryIO]:
    """Write a sealed file (0600); it appears under its name only when it is whole."""
    draft = path.with_name(path.name + DRAFT)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            salt = os.urandom(SALT_BYTES)
            out.write(MAGIC + salt)
            writer = _Writer(out, _Cipher(key, salt, purpose))
            with io.BufferedWriter(writer, CHUNK) as buffered:
                yield cast(BinaryIO, buffered)
                buffered.flush()
                writer.finish()
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opening(path: Path, key: bytes, *, purpose: str) -> Iterator[BinaryIO]:
    """Read a sealed file. Raises Damaged where it does not verify."""
    with path.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            damaged("this is no sealed file")
        salt = source.read(SALT_BYTES)
        with io.BufferedReader(_Reader(source, _Cipher(key, salt, purpose)), CHUNK) as reader:
            yield cast(BinaryIO, reader)
