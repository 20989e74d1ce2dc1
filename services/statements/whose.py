"""Whose account a statement is of, as far as it says so: another account's is refused whole.

The house has one account for donations (OPERATOR_BANK_ACCOUNT). Banks print its number above the
lines or in a column of its own, often with stars; what is shown must fit.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from gateways.spreadsheets import Sheet, SpreadsheetRefused
from services.statements.lines import Line

FEWEST_DIGITS = 4
_OWN_COLUMN = re.compile(r"(?:本方|我方|本账户|本帐户|查询)(?:账号|帐号|账户|帐户|卡号)")
_NAMED = re.compile(
    r"(?<![对付收])(?<!对方)(?:账号|帐号|卡号|账户号码|帐户号码|账户|帐户)(?:尾号|末四位)?\s*[:：]?\s*"
    r"([0-9*xX][0-9*xX\s-]{2,40})"
)


_NUMBER = re.compile(r"[0-9*xX\s-]+")


class ForeignAccount(SpreadsheetRefused):
    """The statement is of another account than the house's. Params: shown, own."""

    code = "statement_foreign_account"
    sentence = (
        "这份流水写的账号尾号是 {shown}，不是我们收款的账户（尾号 {own}），一行也没有记。"
        "请换成我们账户的流水；账户要是换过，先请管理员改设置里的账号。"
    )


def refuse_foreign(sheet: Sheet, lines: Sequence[Line], own: str) -> None:
    """Raise ForeignAccount where the sheet names an account that is not ours.

    Nothing is known of an account of zeros, the demo's, nor of a sheet that names none.
    """
    ours = _digits(own)
    if not ours.strip("0") or not lines:
        return
    for number in _named(sheet, min(line.row for line in lines)):
        if not fits(number, ours):
            raise ForeignAccount(shown=_digits(number)[-4:], own=ours[-4:])


def _named(sheet: Sheet, first: int) -> Iterator[str]:
    """Yield every number of an own account: above the lines, and in a column of its own."""
    columns: set[int] = set()
    for row in sheet.rows:
        cells = [_plain(cell) for cell in row.cells]
        if row.number < first:
            columns |= {at for at, cell in enumerate(cells) if _OWN_COLUMN.fullmatch(cell)}
            yield from (found[1] for found in _NAMED.finditer(" ".join(cells)))
        else:
            told = (cells[at] for at in columns if at < len(cells))
            yield from (one for one in told if _NUMBER.fullmatch(one))


def fits(shown: str, ours: str) -> bool:
    """Say whether a number, whole or with stars or only its end, may be ours.

    What shows fewer than four digits says nothing.
    """
    plain = re.sub(r"[\s-]", "", shown)
    begin, *rest = re.split(r"[*xX]+", plain)
    if len(_digits(shown)) < FEWEST_DIGITS:
        return True
    if not rest:
        return ours.endswith(begin) if len(begin) < len(ours) else begin.endswith(ours)
    return ours.startswith(begin) and ours.endswith(rest[-1])


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", _plain(text))


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip() if cell is not None else ""
