"""A thief's search: words in every spelling a careless program might write down, found in any file.

Eight encodings: UTF-8, GBK, UTF-16, base64, hex, reversed, pinyin, initials; escapes and percent signs
besides. A spelling of six bytes and more is searched in every byte of every file: in noise, such as
ciphertext, it stands by chance once in 10^14. A shorter one (two characters in GBK, four letters)
is searched in texts alone, where there is no noise.

Initials tell of somebody when they stand for the whole of a name or of an address: six letters and
more are searched like any other spelling. Three to five (a person's name) would be met inside any
word, so they count where they stand alone, as a program that keeps initials for a search would
write them. Two letters (李想: lx) name nobody; such a name is searched in the other seven.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import numpy as np
from pypinyin import Style, lazy_pinyin

KEY, SHORT, ALONE = 6, 4, 3
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
TOKEN = re.compile(rb"[A-Za-z0-9]+")
Hit = tuple[str, str, str]


@cache
def spellings(word: str) -> Mapping[str, tuple[bytes, ...]]:
    """A word in each way, by the way's name."""
    plain = word.encode()
    ways: dict[str, list[bytes]] = {
        "utf-8": [plain],
        "reversed": [word[::-1].encode()],
        "utf-16": [word.encode("utf-16-le"), word.encode("utf-16-be")],
        "gbk": [word.encode("gb18030")],
        "hex": [plain.hex().encode(), plain.hex().upper().encode()],
        "escaped": [word.encode("unicode_escape"), ascii(word)[1:-1].encode()],
        "percent": ["".join(f"%{byte:02X}" for byte in plain).encode()],
        "base64": [_inner_base64(plain, shift) for shift in range(3)],
    }
    if HAN.search(word):
        sounds = [one.lower() for one in lazy_pinyin(word, style=Style.NORMAL)]
        ways["pinyin"] = ["".join(sounds).encode(), " ".join(sounds).encode()]
        first = "".join(HAN.findall(word))
        ways["initials"] = [initials(first).encode(), initials(first).upper().encode()]
    return {kind: tuple(dict.fromkeys(found)) for kind, found in ways.items()}


def initials(word: str) -> str:
    """The first letter of each character's sound."""
    return "".join(one[:1].lower() for one in lazy_pinyin(word, style=Style.NORMAL))


def _inner_base64(plain: bytes, shift: int) -> bytes:
    """The letters that a word always has inside base64, wherever it begins."""
    written = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
    return written[(shift * 8 + 5) // 6 : len(written) - 1]


class Searched:
    """Words to be looked for, arranged so that a file is read once."""

    def __init__(self, words: Iterable[str]) -> None:
        self._long: dict[int, list[tuple[bytes, str, str]]] = defaultdict(list)
        self._short: list[tuple[bytes, str, str]] = []
        self._alone: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
        for word in dict.fromkeys(words):
            for kind, ways in spellings(word).items():
                for way in ways:
                    self._keep(way, word, kind)
        self._keys = np.array(sorted(self._long), dtype=np.uint64)

    def _keep(self, way: bytes, word: str, kind: str) -> None:
        if len(way) >= KEY:
            self._long[_key(way)].append((way, word, kind))
        elif kind == "initials":
            if len(way) >= ALONE:
                self._alone[way.lower()].append((word, kind))
        elif len(way) >= SHORT:
            self._short.append((way, word, kind))

    def found_in(self, name: str, held: bytes) -> Iterator[Hit]:
        """Every word that stands in a file, with its spelling."""
        for at in self._places(held):
            for way, word, kind in self._long[_key(held[at : at + KEY])]:
                if held.startswith(way, at):
                    yield name, word, kind
        if _is_text(held):
            yield from ((name, word, kind) for way, word, kind in self._short if way in held)
            tokens = {one.lower() for one in TOKEN.findall(held) if ALONE <= len(one) < KEY}
            for token in tokens & self._alone.keys():
                yield from ((name, word, kind) for word, kind in self._alone[token])

    def _places(self, held: bytes) -> Iterator[int]:
        """Where something begins that begins like one of the words."""
        step = 1 << 22
        for start in range(0, max(len(held) - KEY + 1, 0), step):
            part = np.frombuffer(held[start : start + step + KEY - 1], dtype=np.uint8)
            value = np.zeros(len(part) - KEY + 1, dtype=np.uint64)
            for byte in range(KEY):
                value = (value << np.uint64(8)) | part[byte : byte + len(value)]
            yield from (start + int(at) for at in np.flatnonzero(np.isin(value, self._keys)))


def _key(way: bytes) -> int:
    return int.from_bytes(way[:KEY], "big")


def _is_text(held: bytes) -> bool:
    try:
        held.decode()
    except UnicodeDecodeError:
        return False
    return True
