"""A payment order: what it says, and the table that a bank's batch upload takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateways import spreadsheets
from vocabulary.money import Fen

HEADER = ("收款人户名", "收款人账号", "收款人开户行", "金额（元）", "附言")
WIDE = (0, 1, 2, 4)


@dataclass(frozen=True, slots=True)
class Line:
    """One payment."""

    payee: str
    number: str
    bank: str
    fen: Fen
    words: str


@dataclass(frozen=True, slots=True)
class Order:
    """What stands around the payments; `total_words` is the sum in 大写."""

    ref: str
    made_on: date
    made_by: str
    payer: str
    payer_account: str
    total_fen: Fen
    total_words: str
    digest: str
    lines: Sequence[Line]


def table(order: Order) -> bytes:
    """Return the .xlsx: its header in the first row and nothing below the lines."""
    rows = [[one.payee, one.number, one.bank, in_yuan(one.fen), one.words] for one in order.lines]
    return spreadsheets.write("批量汇款", HEADER, rows, wide=WIDE, code=order.ref)


def in_yuan(fen: int) -> str:
    """Write a sum as a bank reads it: 1200.00, without a sign of money or thousands."""
    return f"{fen // 100}.{fen % 100:02d}"
