"""From a sheet to the lines of a statement, every line sound or the whole of it refused."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum

from gateways.spreadsheets import Sheet, SpreadsheetRefused
from services.rosters.headers import find_header
from services.statements import sums
from services.statements.columns import REMARKS, STATEMENT
from services.statements.kinds import kind_of
from services.statements.layouts import Layouts
from services.statements.remarks import read_remark
from services.statements.told import Told
from services.statements.values import read_sum, read_time
from vocabulary.enums import LineKind
from vocabulary.money import Fen

SHOWN_FAULTS = 20
LONGEST_NUMBER = 30
_OUT = re.compile(r"借|支|出|付|^d|^-", re.IGNORECASE)
_IN = re.compile(r"贷|收|入|存|^c|^\+", re.IGNORECASE)
_OWN_MONEY = re.compile(r"人民币|cny|rmb|156|元|^$|^1$|^01$|^001$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `fen` is positive for money that came; `key` names it for good (law: once)."""

    row: int
    kind: LineKind
    fen: Fen
    on: date
    at: time | None
    text: str
    payer: str
    payer_account: str
    balance: Fen | None
    key: str

    @property
    def references(self) -> tuple[str, ...]:
        """The references of our own shape that stand in its text."""
        return read_remark(self.text).references


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, in a Chinese sentence."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose every line could be read and whose sums agree."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    labels: tuple[str, ...]


class StatementFaulty(SpreadsheetRefused):
    """Some lines cannot be right, so that none is taken. Params: count, lines."""

    code = "statement_faulty"
    sentence = "这份流水有 {count} 处不对，一行也没有记：{lines}"

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = "；".join(f"第 {f.row} 行{f.sentence}" for f in faults[:SHOWN_FAULTS])
        more = "……" if len(faults) > SHOWN_FAULTS else ""
        super().__init__(count=len(faults), lines=f"{shown}{more}。")
        self.faults = tuple(faults)


class _Wrong(StrEnum):
    """Why a line cannot be taken."""

    NO_DAY = "没有读懂交易日期"
    FOREIGN = "不是人民币"
    RED = "是红字（负数）。银行冲的是哪一笔，请先问清，再把两行一起去掉"
    BOTH = "借方和贷方都有数"
    NO_SUM = "没有金额"
    NO_WAY = "看不出是收入还是支出"
    NOT_A_SUM = "有一格不是金额"


class _NotRead(Exception):
    """A line's fault, raised where it is found."""

    def __init__(self, why: _Wrong) -> None:
        super().__init__(why.value)


def open_statement(sheet: Sheet, layouts: Layouts | None = None) -> Statement:
    """Read all lines, by the header's own words or by a layout that a person explained.

    Raises a SpreadsheetRefused for a sheet without header, StatementFaulty where a line, the
    running balance or the closing totals are wrong.
    """
    learnt = layouts.header(sheet) if layouts else None
    header = learnt or find_header(sheet, STATEMENT)
    below = [row for row in sheet.rows if row.number > header.bottom]
    told = [Told(row, header) for row in below]
    closing = [one for one in told if one.is_closing]
    lines: list[Line] = []
    faults: list[Fault] = []
    for one in told:
        if one.is_closing or one.is_empty or one.repeats_header:
            continue
        try:
            lines.append(_line(one))
        except _NotRead as why:
            faults.append(Fault(one.row.number, str(why)))
    if not faults:
        faults = [Fault(*found) for found in sums.disagreements(lines, map(_closing, closing))]
    if faults:
        raise StatementFaulty(faults)
    return Statement(tuple(_numbered(lines)), sheet.notes, header.labels)


def _line(told: Told) -> Line:
    on = told.day
    if on is None:
        raise _NotRead(_Wrong.NO_DAY)
    if not _OWN_MONEY.search(told.text("currency")):
        raise _NotRead(_Wrong.FOREIGN)
    fen = _signed(told)
    text = " ".join(dict.fromkeys(part for name in REMARKS if (part := told.text(name))))
    return Line(
        row=told.row.number,
        kind=kind_of(text, fen, told.text("payer")),
        fen=fen,
        on=on,
        at=read_time(told.cell("time"), told.cell("day")),
        text=text[:500],
        payer=told.text("payer")[:120],
        payer_account=told.text("payer_account")[:60],
        balance=_sum(told, "balance"),
        key=told.text("number"),
    )


def _signed(told: Told) -> Fen:
    """Return the sum: in the black when it came. Raises _NotRead unless exactly one side has it."""
    out, came = _sum(told, "debit") or Fen(0), _sum(told, "credit") or Fen(0)
    if min(out, came) < 0:
        raise _NotRead(_Wrong.RED)
    if out and came:
        raise _NotRead(_Wrong.BOTH)
    amount = _sum(told, "amount")
    is_one_column = amount is not None and not (out or came)
    fen = _directed(told, amount or Fen(0)) if is_one_column else Fen(came - out)
    if fen == 0:
        raise _NotRead(_Wrong.NO_SUM)
    return fen


def _directed(told: Told, amount: Fen) -> Fen:
    way = told.text("direction")
    if "direction" not in told.header.fields:
        return amount
    if amount < 0:
        raise _NotRead(_Wrong.RED)
    if _OUT.search(way) and not _IN.search(way):
        return Fen(-amount)
    if _IN.search(way) and not _OUT.search(way):
        return amount
    raise _NotRead(_Wrong.NO_WAY)


def _sum(told: Told, name: str) -> Fen | None:
    try:
        return read_sum(told.cell(name))
    except ValueError as why:
        raise _NotRead(_Wrong.NOT_A_SUM) from why


def _closing(told: Told) -> sums.Closing:
    def total(name: str) -> Fen | None:
        try:
            return read_sum(told.cell(name))
        except ValueError:
            return None

    text = " ".join(told.filled)
    return sums.Closing(told.row.number, text, total("debit"), total("credit"))


def numbered(on: date, number: str, fen: Fen) -> str:
    """Return a line's name for good where the bank has numbered it: day, number, sum and direction.

    One number may stand on two lines, a payment and its fee, and an export may hold but one of them.
    """
    is_long = len(number) > LONGEST_NUMBER
    short = hashlib.sha256(number.encode()).hexdigest()[:24] if is_long else number
    return f"{on:%Y%m%d}-{short}-{fen}"


def _numbered(lines: Sequence[Line]) -> Iterator[Line]:
    """Give each line its name for good: by the bank's number, else a digest of all it says.

    A statement may hold two equal lines; the second is the second every time.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        if line.key:
            name = numbered(line.on, line.key, line.fen)
            seen[name] += 1
            yield replace(line, key=name if seen[name] == 1 else f"{name}-{seen[name]}")
            continue
        said = [line.on, line.at, line.fen, line.balance, line.payer, line.payer_account, line.text]
        digest = hashlib.sha256(repr([str(part) for part in said]).encode()).hexdigest()[:24]
        seen[digest] += 1
        yield replace(line, key=f"{line.on:%Y%m%d}-{digest}-{seen[digest]}")
