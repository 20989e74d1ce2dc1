"""Look into an .xlsx before anything parses it: real sizes, reach of the cells, formulas.

calamine lays a sheet out as a full rectangle and aborts the process when memory ends, so two
cells in opposite corners are enough to stop the server. Hence this scan of the raw XML.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from gateways.spreadsheets.sheets import (
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHARED,
    FileBomb,
    FileBroken,
    FileEncrypted,
    FileTooManyRows,
    FileTooWide,
    FileWrongType,
)

MOST_UNPACKED = 150 * 1024 * 1024
MOST_PARTS = 2_000
HIGHEST_RATIO = 100
RATIO_MATTERS_FROM = 1024 * 1024
CHUNK = 1 << 18
LOCAL_HEADER = 30
ENCRYPTED = 0x1

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d+)")
_BARE_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s+[^>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)[\"'])?[^>]*?(/?)>")
_SHARED = re.compile(rb"\bt=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d{1,9})")
_SHARED_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*><(?:\w+:)?f[^>/]*>([^<]+)</(?:\w+:)?f>"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\b\w+:id=[\"']([^\"']+)")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ENDINGS = (b"c>", b"row>", b"si>")
_SHARED_TEXT = re.compile(rb"<(?:\w+:)?(?:si|is)\b")
_HOLDS_TEXT = re.compile(rb"<(?:\w+:)?(?:c|v|t)\b")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=[\"']([^\"']*)")


@dataclass
class Part:
    """What one part of the archive was found to reach; formulas are those without a value."""

    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    unpacked: int = 0
    shown: Counter[int] = field(default_factory=Counter)
    shared_ends: list[int] = field(default_factory=list)
    measured: int = 0
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


def column_index(letters: bytes) -> int:
    """Return 0 for A, 25 for Z, 26 for AA."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def check_archive(data: bytes) -> list[dict[tuple[int, int], str]]:
    """Refuse what is unsafe to open; return per sheet the formulas without a stored value."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileBroken from error
    check_kind({info.filename for info in infos})
    check_directory(infos)
    parts = scan_parts(data, infos)
    return [parts[name].formulas if name in parts else {} for name in sheet_parts(data, infos)]


def check_kind(names: set[str]) -> None:
    """Tell a workbook from other archives by the parts inside."""
    if any(name.lower() == "xl/workbook.xml" for name in names):
        return
    tells = {
        "xl/workbook.bin": "二进制工作簿（.xlsb）",
        "word/document.xml": " Word 文档",
        "ppt/presentation.xml": " PowerPoint 文稿",
        "content.xml": " OpenDocument 文件（.ods）",
    }
    found = next((label for name, label in tells.items() if name in names), "压缩包")
    raise FileWrongType(found=found)


def check_directory(infos: list[ZipInfo]) -> None:
    """Believe the directory only where it already says too much."""
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise FileEncrypted
    if len(infos) > MOST_PARTS:
        raise FileBomb
    check_ratio(sum(i.file_size for i in infos), sum(i.compress_size for i in infos))
    for info in infos:
        check_ratio(info.file_size, info.compress_size)


def check_ratio(unpacked: int, packed: int) -> None:
    """Refuse what unpacks to too much, or to far more than it weighs."""
    if unpacked > MOST_UNPACKED:
        raise FileBomb
    if unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * max(packed, 1):
        raise FileBomb


def scan_parts(data: bytes, infos: list[ZipInfo]) -> dict[str, Part]:
    """Unpack every part once, for real, and measure it."""
    parts: dict[str, Part] = {}
    total = 0
    for info in infos:
        part = scan(inflate(data, info, room=MOST_UNPACKED - total))
        total += part.unpacked
        parts[info.filename] = part
    check_shown(parts)
    return parts


def check_shown(parts: dict[str, Part]) -> None:
    """Refuse a few long shared texts shown in very many cells: each cell becomes a copy."""
    lengths: list[int] = []
    for part in parts.values():
        starts = [0, *part.shared_ends]
        sizes = [end - start for start, end in zip(starts, part.shared_ends, strict=False)]
        lengths = max(lengths, sizes, key=len)
    for part in parts.values():
        shown = sum(lengths[i] * n for i, n in part.shown.items() if i < len(lengths))
        if shown > MOST_SHARED:
            raise FileTooWide


def inflate(data: bytes, info: ZipInfo, *, room: int) -> Iterator[bytes]:
    """Unpack piece by piece and count: a forged size in the directory changes nothing."""
    packed = packed_bytes(data, info)
    if info.compress_type == ZIP_STORED:
        yield from (packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK))
        return
    engine, done = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while not engine.eof:
        try:
            piece = engine.decompress(packed, CHUNK)
        except zlib.error as error:
            raise FileBroken from error
        if not piece and not engine.unconsumed_tail:
            raise FileBroken
        packed, done = engine.unconsumed_tail, done + len(piece)
        if done > room or (done > RATIO_MATTERS_FROM and done > HIGHEST_RATIO * info.compress_size):
            raise FileBomb
        yield piece


def packed_bytes(data: bytes, info: ZipInfo) -> bytes:
    """Return the compressed bytes of one part as the local header places them."""
    head = data[info.header_offset : info.header_offset + LOCAL_HEADER]
    if len(head) < LOCAL_HEADER or info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise FileBroken
    start = (
        info.header_offset
        + LOCAL_HEADER
        + int.from_bytes(head[26:28], "little")
        + int.from_bytes(head[28:30], "little")
    )
    packed = data[start : start + info.compress_size]
    if len(packed) < info.compress_size:
        raise FileBroken
    return packed


def scan(pieces: Iterator[bytes]) -> Part:
    """Read a part in pieces, cutting each where a cell, a row or a shared text ends."""
    part, rest = Part(), b""
    for piece in pieces:
        part.unpacked += len(piece)
        text = rest + piece
        cut = max((at + len(e) for e in _ENDINGS if (at := text.rfind(e)) >= 0), default=0)
        if len(text) - cut > LONGEST_TEXT:
            cut = _cut_long(text, cut)
        measure(text[:cut], part)
        check_reach(part)
        rest = text[cut:]
    measure(rest, part)
    check_reach(part)
    return part


def _cut_long(text: bytes, cut: int) -> int:
    """Refuse a text longer than a cell may hold; other long stretches (pictures) may be cut."""
    last = text.rfind(b"<")
    is_run = len(text) - last > LONGEST_TEXT and _HOLDS_TEXT.search(text, cut)
    if is_run or _SHARED_TEXT.search(text, cut):
        raise FileTooWide
    return max(last, cut)


def measure(text: bytes, part: Part) -> None:
    """Add what this stretch of XML reaches to the part."""
    for found in _ROW.finditer(text):
        part.last_row = max(part.last_row, int(found.group(1)[:9]))
    part.rows += sum(1 for _ in _BARE_ROW.finditer(text))
    for letters, row, empty in _CELL.findall(text):
        if empty:
            continue
        part.cells += 1
        if letters:
            part.last_row = max(part.last_row, int(row[:9]))
            part.last_column = max(part.last_column, column_index(letters[:4]))
    part.shown.update(map(int, _SHARED.findall(text)))
    part.shared_ends += [part.measured + found.end() for found in _SHARED_END.finditer(text)]
    part.measured += len(text)
    for letters, row, formula in _FORMULA.findall(text):
        at = int(row[:9]), column_index(letters[:4])
        part.formulas[at] = "=" + unescape(formula.decode("utf-8", "replace"))


def check_reach(part: Part) -> None:
    """Refuse too many rows, columns or cells."""
    rows = max(part.rows, part.last_row)
    if rows > MOST_ROWS:
        raise FileTooManyRows(limit=f"{MOST_ROWS:,}")
    too_many = part.cells > MOST_CELLS or rows * (part.last_column + 1) > MOST_CELLS
    if part.last_column >= MOST_COLUMNS or too_many:
        raise FileTooWide


def sheet_parts(data: bytes, infos: list[ZipInfo]) -> list[str]:
    """Return the parts of the sheets in the workbook's own order."""
    texts = {
        info.filename.lower(): b"".join(inflate(data, info, room=MOST_UNPACKED))
        for info in infos
        if info.filename.lower() in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    }
    targets: dict[bytes, str] = {}
    for tag in _RELATION.findall(texts.get("xl/_rels/workbook.xml.rels", b"")):
        values = dict(_ATTRIBUTE.findall(tag))
        target = values.get(b"Target", b"").decode("utf-8", "replace")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        targets[values.get(b"Id", b"")] = path
    return [targets.get(i, "") for i in _SHEET.findall(texts.get("xl/workbook.xml", b""))]
