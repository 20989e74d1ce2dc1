"""What a spreadsheet is to the rest of the house, and why a file may be refused."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from vocabulary.errors import Refused

Cell = str | float | bool | date | datetime | time | timedelta

LARGEST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_050  # 200,000 lines, with a title above and totals below
MOST_COLUMNS = 300
MOST_CELLS = 4_000_000
LONGEST_TEXT = 200_000  # bytes; Excel itself stops at 32,767 characters
MOST_TEXT = 60_000_000
MOST_SHARED = 120_000_000  # bytes of all cells together, each counted as often as it is shown


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds anything; `number` is the one the spreadsheet program shows."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: first and last row (from 1), first and last column (from 0)."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that was picked. `notes` say in Chinese what else the file held."""

    filename: str
    name: str
    rows: tuple[Row, ...]
    merges: tuple[Merge, ...] = ()
    notes: tuple[str, ...] = ()


class SpreadsheetRefused(Refused):
    """The file as a whole cannot be read. `message` is the Chinese sentence for the uploader."""

    code = "file_refused"
    sentence: ClassVar[str] = "这个文件不能导入。"

    @property
    def message(self) -> str:
        """The Chinese sentence, filled in."""
        return self.sentence.format(**self.params)


class FileTooLarge(SpreadsheetRefused):
    """Params: megabytes (the limit)."""

    code = "file_too_large"
    sentence = "文件超过 {megabytes} MB，没有导入。请删去图片和多余的工作表，或分成几个文件再上传。"


class FileEmpty(SpreadsheetRefused):
    """Zero bytes."""

    code = "file_empty"
    sentence = "文件是空的（0 字节），可能没有传完整。请重新上传。"


class FileWrongType(SpreadsheetRefused):
    """Judged by what is inside, never by the name. Params: found."""

    code = "file_wrong_type"
    sentence = (
        "这个文件看起来是{found}，不是可以导入的表格。"
        "请用 Excel 或 WPS 打开后另存为 .xlsx（也可用 .xls、.csv）再上传。"
    )


class FileEncrypted(SpreadsheetRefused):
    """A password stands before the content."""

    code = "file_encrypted"
    sentence = "文件设了打开密码，读不了。请在 Excel 或 WPS 里取消密码，保存后再上传。"


class FileBomb(SpreadsheetRefused):
    """It would unpack to far more than a roster can be."""

    code = "file_bomb"
    sentence = "文件解压后大得不正常，为安全起见没有打开。请把名单复制到新建的表格里再上传。"


class FileTooManyRows(SpreadsheetRefused):
    """Empty rows count too: a million of them take a million rows' time. Params: limit."""

    code = "file_too_many_rows"
    sentence = (
        "表格超过 {limit} 行（空白行也算），没有导入。请删除下面的空白行，或分成几个文件再上传。"
    )


class FileTooWide(SpreadsheetRefused):
    """Cells far to the right, or more of them than memory allows."""

    code = "file_too_wide"
    sentence = "表格的内容太多，或右边很远处还有内容。请把名单复制到新建的表格里再上传。"


class FileBroken(SpreadsheetRefused):
    """Truncated or damaged."""

    code = "file_broken"
    sentence = "文件已损坏或没有传完整，打不开。请在 Excel 或 WPS 里打开、另存一份再上传。"


class SheetEmpty(SpreadsheetRefused):
    """No cell of any sheet holds anything."""

    code = "sheet_empty"
    sentence = "表格里没有内容。请确认选对了文件，填好后再上传。"


class TextUndecodable(SpreadsheetRefused):
    """Neither UTF-8 nor GB18030 nor UTF-16, or a mix. Params: row."""

    code = "file_bad_encoding"
    sentence = (
        "第 {row} 行的文字编码认不出来，整个文件都没有导入，以免出现乱码。"
        "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
    )


class QuoteUnclosed(SpreadsheetRefused):
    """A quotation mark swallowed what follows it. Params: row."""

    code = "file_open_quote"
    sentence = "第 {row} 行有一个英文引号没有成对，后面的内容连成了一格。请补上或删去引号再上传。"


def is_blank(cell: Cell) -> bool:
    """Say whether a cell shows nothing."""
    return isinstance(cell, str) and not cell.strip()
