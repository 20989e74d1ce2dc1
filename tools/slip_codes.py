"""Reads the QR codes that a slip sheet draws: from the PDF's rectangles to the address in them.

Enough of ISO/IEC 18004 for a clean print of bytes: no damage is repaired.
"""

import re
import zlib

from segno import consts

RECTANGLE = re.compile(rb"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re\s+f\b")
MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _: r % 2 == 0,
    lambda _, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
LEVELS = (consts.ERROR_LEVEL_M, consts.ERROR_LEVEL_L, consts.ERROR_LEVEL_H, consts.ERROR_LEVEL_Q)


def codes_in(pdf):
    """Return the text of every code of a slip sheet, in the order of drawing."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            drawn = zlib.decompress(packed)
        except zlib.error:
            continue
        boxes = [tuple(map(float, one)) for one in RECTANGLE.findall(drawn)]
        found += [decode(matrix) for matrix in _matrices(boxes)]
    return found


def _matrices(boxes):
    """Split rectangles at each code's top left finder: seven modules wide, drawn first."""
    code = []
    for box in boxes:
        if code and _is_above(box, code[-1]):
            yield _matrix(code)
            code = []
        code.append(box)
    if code:
        yield _matrix(code)


def _is_above(box, last):
    return box[1] > last[1] + abs(last[3]) / 2


def _matrix(boxes):
    x, y, width, _ = boxes[0]
    module = width / 7
    cells = {
        (round((y - by) / module), round((bx - x) / module) + step)
        for bx, by, wide, _ in boxes
        for step in range(round(wide / module))
    }
    size = max(max(cell) for cell in cells) + 1
    return [[(row, column) in cells for column in range(size)] for row in range(size)]


def decode(matrix):
    """Return the bytes of a code as text."""
    size = len(matrix)
    version = (size - 17) // 4
    level, mask = _format(matrix)
    bits = [
        bool(matrix[r][c]) ^ MASKS[mask](r, c)
        for r, c in _path(size)
        if not _is_function(version, size, r, c)
    ]
    words = [_number(bits[i : i + 8]) for i in range(0, len(bits) - 7, 8)]
    data = _data(words, consts.ECC[version][level])
    stream = [bool(word >> shift & 1) for word in data for shift in range(7, -1, -1)]
    assert _number(stream[:4]) == consts.MODE_BYTE
    head = 12 if version < 10 else 20
    length = _number(stream[4:head])
    raw = bytes(_number(stream[head + 8 * i : head + 8 * i + 8]) for i in range(length))
    return raw.decode()


def _format(matrix):
    cells = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    bits = _number([bool(matrix[r][c]) for r, c in cells]) ^ 0b101010000010010
    return LEVELS[bits >> 13], bits >> 10 & 7


def _path(size):
    """Walk the columns in pairs from the right, up and down, past the upright timing line."""
    is_up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for r in range(size - 1, -1, -1) if is_up else range(size):
            yield r, right
            yield r, right - 1
        is_up = not is_up


def _is_function(version, size, r, c):
    far = size - 8
    if (r < 9 and (c < 9 or c >= far)) or (r >= far and c < 9) or 6 in {r, c}:
        return True
    if version >= 7 and ((r < 6 and c >= size - 11) or (c < 6 and r >= size - 11)):
        return True
    centres = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    return any(
        abs(r - y) <= 2 and abs(c - x) <= 2
        for y in centres
        for x in centres
        if (y, x) not in corners
    )


def _data(words, kinds):
    """Undo the interleaving of blocks; their repair words stand behind and are left."""
    lengths = [kind.num_data for kind in kinds for _ in range(kind.num_blocks)]
    blocks = [[] for _ in lengths]
    source = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(source))
    return [word for block in blocks for word in block]


def _number(bits):
    return int("".join("01"[bit] for bit in bits), 2)
