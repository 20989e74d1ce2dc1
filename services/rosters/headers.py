"""Find the header of a list made by hand: titles above it, two rows of it, any order of columns."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateways.spreadsheets import Merge, Row, Sheet, SpreadsheetRefused
from services.rosters.columns import IGNORED, LONGEST_LABEL, SERIAL, Columns
from services.rosters.values import plain

SEARCHED_ROWS = 40
DEEPEST = 3
SHORT_BRACKET = 6
FEWEST_FIELDS = 2
FEWEST_TWICE = 3
SPARED = ("guardian", "phone")
SHARE_OF_LABELS = 0.6

_BRACKET = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_JUNK = re.compile(r"[\s*\uff0a:：#,，、.。]+")


class HeaderNotFound(SpreadsheetRefused):
    """No row names columns we know. Params: columns (what is looked for)."""

    code = "roster_no_header"
    sentence = "没有找到表头。请保留写有“{columns}”等列名的那一行，再上传。"


class ColumnMissing(SpreadsheetRefused):
    """An essential column is absent. Params: column, row (of the header)."""

    code = "roster_missing_column"
    sentence = "第 {row} 行的表头里没有“{column}”这一列，没有它就没法导入。请补上后再上传。"


class ListsSideBySide(SpreadsheetRefused):
    """Two lists stand beside each other: reading one would lose the other. Params: row."""

    code = "roster_side_by_side"
    sentence = (
        "第 {row} 行的表头里有两组一样的列，两份名单并排放在一起了。"
        "请把右边的名单剪切到左边的名单下面，再上传。"
    )


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands, what its columns are called, and which field is in which column."""

    top: int
    bottom: int
    labels: tuple[str, ...]
    fields: Mapping[str, int]
    own_fields: tuple[str, ...]
    spares: Mapping[str, tuple[int, ...]]
    lines: tuple[tuple[str, ...], ...]


def find_header(sheet: Sheet, columns: Columns) -> Header:
    """Return the header that names the most fields; refuse where an essential one is missing."""
    headers = [header for header in candidates(sheet, columns) if has_enough(header)]
    if not headers:
        raise HeaderNotFound(columns="、".join(columns.examples))
    best = max(headers, key=lambda h: (not missing(h, columns), len(h.fields), h.top - h.bottom))
    for column in missing(best, columns):
        raise ColumnMissing(column=column, row=best.bottom)
    if is_double(best):
        raise ListsSideBySide(row=best.bottom)
    return best


def is_double(header: Header) -> bool:
    """Say whether name, sex, school... stand there twice under the very same words."""
    again = {f"{header.labels[index]}_2" for index in header.fields.values()}
    return len(again & set(header.labels)) >= FEWEST_TWICE and (
        f"{header.labels[header.fields['name']]}_2" in header.labels
    )


def has_enough(header: Header) -> bool:
    """Ask for two known columns at least: a title may hold one such word by chance."""
    return len(header.fields) >= FEWEST_FIELDS


def missing(header: Header, columns: Columns) -> list[str]:
    """Name, as people call them, the essential columns that are absent."""
    return [
        called
        for called, fields in columns.essential
        if not any(f in header.fields for f in fields)
    ]


def candidates(sheet: Sheet, columns: Columns) -> Iterator[Header]:
    """Yield every run of one to three rows that could be the header, topmost first."""
    rows = sheet.rows[:SEARCHED_ROWS]
    for start in range(len(rows)):
        for depth in range(1, DEEPEST + 1):
            block = rows[start : start + depth]
            is_whole = len(block) == depth and block[-1].number == block[0].number + depth - 1
            if is_whole and (depth == 1 or are_labels(block, columns)):
                yield header_of(block, sheet.merges, columns)


def are_labels(block: Sequence[Row], columns: Columns) -> bool:
    """Say whether the last row of the block carries labels and not a first child."""
    above, last = ([plain(c) for c in row.cells] for row in block[-2:])
    own = [t for i, t in enumerate(last) if t and (i >= len(above) or t != above[i])]
    if not own or any(len(text) > LONGEST_LABEL or re.search(r"\d{6}", text) for text in own):
        return False
    known = sum(1 for text in own if columns.field_of(normal(text)) is not None)
    return known >= SHARE_OF_LABELS * len(own)


def header_of(block: Sequence[Row], merges: Sequence[Merge], columns: Columns) -> Header:
    """Join the rows of the block column by column and assign the fields."""
    width = max(len(row.cells) for row in block)
    lines = [padded(row, width) for row in block]
    filled = [
        *(spread(lines, i, block[i].number, merges) for i in range(len(lines) - 1)),
        lines[-1],
    ]
    names = [name_of(parts, columns) for parts in zip(*filled, strict=True)]
    labels = distinct([label or f"第{i + 1}列" for i, (label, _, _) in enumerate(names)])
    best: dict[str, tuple[int, int]] = {}
    for index, (_, field, rank) in enumerate(names):
        if field and field != IGNORED and (field not in best or rank < best[field][0]):
            best[field] = rank, index
    fields = {field: index for field, (_, index) in best.items() if field != SERIAL}
    own = tuple(field or "" for _, field, _ in names)
    line_texts = tuple(tuple(line) for line in lines)
    spares = {field: spares_of(names, field, best[field]) for field in SPARED if field in best}
    kept = {field: columns for field, columns in spares.items() if columns}
    return Header(block[0].number, block[-1].number, labels, fields, own, kept, line_texts)


def spares_of(
    names: Sequence[tuple[str, str | None, int]], field: str, best: tuple[int, int]
) -> tuple[int, ...]:
    """Return the further columns that name the field as well as the best one does."""
    rank, chosen = best
    return tuple(i for i, (_, f, r) in enumerate(names) if (f, r) == (field, rank) and i != chosen)


def padded(row: Row, width: int) -> list[str]:
    """Return the row's texts, as wide as the block."""
    texts = [plain(cell) for cell in row.cells]
    return texts + [""] * (width - len(texts))


def spread(lines: list[list[str]], at: int, number: int, merges: Sequence[Merge]) -> list[str]:
    """Let a group's title ('监护人') stand over all its columns, merged or simply left blank."""
    line, below = list(lines[at]), lines[at + 1]
    for merge in merges:
        if merge.top <= number <= merge.bottom and merge.left < len(line):
            for column in range(merge.left + 1, min(merge.right + 1, len(line))):
                line[column] = line[column] or line[merge.left]
    for column in range(1, len(line)):
        starts_group = line[column - 1] and below[column - 1] not in {"", line[column - 1]}
        if not line[column] and below[column] and starts_group:
            line[column] = line[column - 1]
    return line


def name_of(parts: Sequence[str], columns: Columns) -> tuple[str, str | None, int]:
    """Return label, field and rank of a column: by its whole title, else by its lowest part."""
    own = list(dict.fromkeys(part for part in parts if part))
    if not own:
        return "", None, 0
    whole = "".join(own)
    for label in (whole, own[-1], own[0]):
        for text in readings(label):
            found = columns.field_of(text)
            if found:
                return label, *found
    return whole, None, 0


def readings(label: str) -> list[str]:
    """Return the label with and without its brackets, the likelier reading first."""
    text = unicodedata.normalize("NFKC", label[: 2 * LONGEST_LABEL])
    kept, bare = normal(_BRACKET.sub(r"\1", text)), normal(_BRACKET.sub("", text))
    is_short = all(len(inside) <= SHORT_BRACKET for inside in _BRACKET.findall(text))
    return [kept, bare] if is_short else [bare, kept]


def normal(label: str) -> str:
    """Fold a label for comparison."""
    return _JUNK.sub("", unicodedata.normalize("NFKC", label)).lower()


def distinct(labels: list[str]) -> tuple[str, ...]:
    """Give repeated labels a number, so that each cell keeps its own."""
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        text = label.replace("\n", "")
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text}_{seen[text]}")
    return tuple(result)
