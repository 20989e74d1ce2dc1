"""What stands on a donor's papers, all in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

NO_VOUCHER = "不作报销或抵税凭证"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One 捐赠证书; `came` says day and sum of each payment."""

    number: str
    called: str
    year: int
    given_for: str
    amount: str
    amount_words: str
    came: Sequence[tuple[str, str]]
    issued_on: date
    issuer: str
    hotline: str
    code: str
    verify_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment or gift: month, sum, and the days of its facts; `note` stands below."""

    cells: Sequence[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What stands under one heading: pairs of label and value, then rows of a table."""

    title: str
    pairs: Sequence[tuple[str, str]] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Row] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Statement:
    """One 年度对账单; `months_url` is where its codes are compared, empty where it has none."""

    title: str
    as_of: date
    issuer: str
    hotline: str
    blocks: Sequence[Block]
    feet: Sequence[str] = ()
    months_url: str = ""
