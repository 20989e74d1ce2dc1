"""Tell a file's kind by its content, read it, and pick the sheet that holds the list."""

import re
from collections.abc import Sequence

from gateways.spreadsheets.archives import check_archive
from gateways.spreadsheets.books import Formulas, Page, pages_of
from gateways.spreadsheets.compounds import MAGIC, check_compound
from gateways.spreadsheets.delimited import read_delimited
from gateways.spreadsheets.months import in_archive, in_compound
from gateways.spreadsheets.sheets import (
    LARGEST_BYTES,
    FileEmpty,
    FileTooLarge,
    FileWrongType,
    Row,
    Sheet,
    SheetEmpty,
)

ZIP = b"PK\x03\x04"
OTHERS = (
    (b"%PDF", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"PK", "压缩包"),
    (b"{\\rtf", "写字板文档"),
    (b"MIME-Version:", "网页文件"),
    (b"\x09\x08", "太旧的 Excel 文件"),
    (b"\x09\x04", "太旧的 Excel 文件"),
)
MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table|head|meta|svg)", re.I)
HEADER_WORDS = re.compile(
    r"姓\s*名|身份证|证件号|性\s*别|出生|民\s*族|监护人|学校|年级|电话|手机|联系人|旗县|乡镇|开户|账户"
    r"|需求|同意书|特长|结对|地址|住址|户籍|类型"
)
NAME_WORDS = re.compile(r"姓\s*名|名字|校名|(?:学校|单位)名称")
LONGEST_LABEL = 40
SEARCHED_ROWS = 40


def read(filename: str, data: bytes) -> Sheet:
    """Return the sheet with the most header-like cells; `notes` name the sheets left unread.

    Raises a SpreadsheetRefused when the file as a whole cannot be taken. The name is never trusted.
    """
    check_kind(data)
    if data.startswith(ZIP):
        return pick(filename, pages_of(data, check_archive(data), in_archive(data)))
    if data.startswith(MAGIC):
        check_compound(data)
        nothing: list[Formulas] = []
        return pick(filename, pages_of(data, nothing, in_compound(data)))
    rows = tuple(read_delimited(data))
    if not rows:
        raise SheetEmpty
    return Sheet(filename, "", rows)


def check_kind(data: bytes) -> None:
    """Refuse by size and first bytes what is surely no table."""
    if not data:
        raise FileEmpty
    if len(data) > LARGEST_BYTES:
        raise FileTooLarge(megabytes=LARGEST_BYTES >> 20)
    if MARKUP.match(data[:200]):
        raise FileWrongType(found="网页或 XML 文件")
    found = next((label for magic, label in OTHERS if data.startswith(magic)), None)
    if found and not data.startswith(ZIP):
        raise FileWrongType(found=found)


def pick(filename: str, pages: Sequence[Page]) -> Sheet:
    """Visible before hidden, then the most header words, then the most rows."""
    filled = [page for page in pages if page.rows]
    if not filled:
        raise SheetEmpty
    chosen = max(filled, key=lambda page: (header_words(page) > 1, page.is_visible, weight(page)))
    notes = tuple(note_on(page) for page in filled if page is not chosen)
    return Sheet(filename, chosen.name, chosen.rows, chosen.merges, notes)


def weight(page: Page) -> tuple[bool, int, int]:
    """Prefer a column for names (a sheet of choices has none), more header words, more rows."""
    cells = (cell for row in page.rows[:SEARCHED_ROWS] for cell in row.cells)
    is_of_names = any(isinstance(c, str) and NAME_WORDS.search(c[:LONGEST_LABEL]) for c in cells)
    return is_of_names, header_words(page), len(page.rows)


def header_words(page: Page) -> int:
    """Count the header words that stand together, in two rows at most: a header does so."""
    counts = [words_in(row) for row in page.rows[:SEARCHED_ROWS]]
    return max(len(one | two) for one, two in zip(counts, [*counts[1:], set()], strict=True))


def words_in(row: Row) -> set[str]:
    """Return the header words in the short cells of a row."""
    texts = (cell for cell in row.cells if isinstance(cell, str) and len(cell) <= LONGEST_LABEL)
    return {word for text in texts for word in HEADER_WORDS.findall(text)}


def note_on(page: Page) -> str:
    """Say in Chinese that a sheet was left unread, and what to do."""
    hidden = "" if page.is_visible else "隐藏的"
    if header_words(page) > 2:  # noqa: PLR2004 more than a passing mention of a column
        return (
            f"{hidden}工作表“{page.name}”（{len(page.rows)} 行）看起来也是名单，"
            "这次没有读取。请另存为单独的文件上传。"
        )
    return f"{hidden}工作表“{page.name}”（{len(page.rows)} 行）不是名单，没有读取。"
