"""Look into an .xls before anything parses it: its kind, a password, the reach of its cells.

The old format is a small file system (512-byte sectors chained by a table) around one stream of
records. calamine lays every sheet out as a full rectangle at once, so the reach is checked first.
"""

import struct
from collections import Counter
from collections.abc import Iterator

from gateways.spreadsheets.sheets import (
    MOST_CELLS,
    MOST_SHARED,
    FileBroken,
    FileEncrypted,
    FileTooWide,
    FileWrongType,
)

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY = 128
END_OF_CHAIN = 0xFFFFFFFA
BOF, FILEPASS = 0x0809, 0x002F
SHARED, CONTINUE, SHOWN = 0x00FC, 0x003C, 0x00FD
PHONETIC, RICH = 0x04, 0x08
CELL_RECORDS = frozenset(
    {
        0x0006,
        0x00BD,
        0x00BE,
        0x00D6,
        0x00FD,
        0x0201,
        0x0203,
        0x0204,
        0x0205,
        0x027E,
        0x0001,
        0x0002,
        0x0003,
        0x0004,
        0x0005,
        0x0406,
        0x0206,
    }
)
MULTIPLE = frozenset({0x00BD, 0x00BE})


def check_compound(data: bytes) -> None:
    """Refuse a password, another program's file, a damaged one, and cells too far apart."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileEncrypted
    try:
        stream = workbook_stream(data)
        total = sum(sheet_areas(stream))
        check_shown(stream)
    except (struct.error, IndexError, ValueError) as error:
        raise FileBroken from error
    if total > MOST_CELLS:
        raise FileTooWide


def workbook_stream(data: bytes) -> bytes:
    """Follow the directory to the stream of records."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in {512, 4096}:
        raise FileBroken
    table = allocation_table(data, size)
    directory = chain(data, table, struct.unpack_from("<I", data, 48)[0], size)
    for at in range(0, len(directory) - ENTRY + 1, ENTRY):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name.lower() in {"workbook", "book"}:
            return entry_stream(data, table, directory[at : at + ENTRY], size)
    raise FileWrongType(found="旧版 Office 文件（如 Word 文档）")


def entry_stream(data: bytes, table: list[int], entry: bytes, size: int) -> bytes:
    """Return a stream's bytes. One below 4096 bytes sits elsewhere and is too small to matter."""
    first, length = struct.unpack_from("<II", entry, 116)
    small = struct.unpack_from("<I", data, 56)[0]
    return b"" if length < small else chain(data, table, first, size)[:length]


def allocation_table(data: bytes, size: int) -> list[int]:
    """Return for each sector the one that follows it."""
    sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < END_OF_CHAIN]
    following, per_sector = struct.unpack_from("<I", data, 68)[0], size // 4
    seen: set[int] = set()
    while following < END_OF_CHAIN and following not in seen:
        seen.add(following)
        numbers = struct.unpack_from(f"<{per_sector}I", data, (following + 1) * size)
        sectors += [n for n in numbers[:-1] if n < END_OF_CHAIN]
        following = numbers[-1]
    table: list[int] = []
    for number in sectors[: len(data) // size + 1]:
        table += struct.unpack_from(f"<{per_sector}I", data, (number + 1) * size)
    return table


def chain(data: bytes, table: list[int], first: int, size: int) -> bytes:
    """Join the sectors of one stream; a ring is damage."""
    pieces: list[bytes] = []
    sector = first
    while sector < END_OF_CHAIN:
        pieces.append(data[(sector + 1) * size : (sector + 2) * size])
        if len(pieces) > len(table):
            raise FileBroken
        sector = table[sector]
    return b"".join(pieces)


def sheet_areas(stream: bytes) -> Iterator[int]:
    """Yield rows times columns of each part of the workbook."""
    last_row = last_column = 0
    for kind, body in records(stream):
        if kind == FILEPASS:
            raise FileEncrypted
        if kind == BOF:
            yield last_row * last_column
            last_row = last_column = 0
        if kind in CELL_RECORDS and len(body) >= 4:  # noqa: PLR2004 two 16-bit numbers
            row, column = struct.unpack_from("<HH", body)
            if kind in MULTIPLE:
                column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0])
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
    yield last_row * last_column


def check_shown(stream: bytes) -> None:
    """Refuse a few long shared texts shown in very many cells: each cell becomes a copy."""
    pieces: list[bytes] = []
    shown: Counter[int] = Counter()
    last = 0
    for kind, body in records(stream):
        if kind == SHARED or (kind == CONTINUE and last in {SHARED, CONTINUE} and pieces):
            pieces.append(body)
        elif kind == SHOWN:
            shown[struct.unpack_from("<I", body, 6)[0]] += 1
        last = kind
    lengths = shared_lengths(pieces) if pieces else []
    if sum(lengths[i] * n for i, n in shown.items() if i < len(lengths)) > MOST_SHARED:
        raise FileTooWide


def shared_lengths(pieces: list[bytes]) -> list[int]:
    """Return the size of every shared text in the table's record and its continuations."""
    lengths: list[int] = []
    count, piece, at = struct.unpack_from("<I", pieces[0], 4)[0], 0, 8
    while len(lengths) < count:
        if at >= len(pieces[piece]):
            piece, at = piece + 1, 0
        if piece == len(pieces):
            break
        characters, flags = struct.unpack_from("<HB", pieces[piece], at)
        extra, at = extra_bytes(pieces[piece], at + 3, flags)
        piece, at = after_text(pieces, piece, at, (characters, flags & 1))
        while extra > len(pieces[piece]) - at:
            extra, piece, at = extra - (len(pieces[piece]) - at), piece + 1, 0
        at += extra
        lengths.append(3 * characters)
    return lengths


def extra_bytes(piece: bytes, at: int, flags: int) -> tuple[int, int]:
    """Return how much formatting follows the text, and where the text begins."""
    extra = 0
    if flags & RICH:
        extra, at = 4 * struct.unpack_from("<H", piece, at)[0], at + 2
    if flags & PHONETIC:
        extra, at = extra + struct.unpack_from("<I", piece, at)[0], at + 4
    return extra, at


def after_text(pieces: list[bytes], piece: int, at: int, text: tuple[int, int]) -> tuple[int, int]:
    """Step over a text of (characters, is wide); where it goes on, a byte says anew how wide."""
    left, wide = text
    while True:
        here = min(left, (len(pieces[piece]) - at) >> wide)
        left, at = left - here, at + (here << wide)
        if not left:
            return piece, at
        piece, at, wide = piece + 1, 1, pieces[piece + 1][0] & 1


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each record."""
    at, end = 0, len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
