"""Which ledger account is which 科目 of the accountant: data/accounts.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vocabulary.enums import AccountKind, TransactionKind

_FILE = Path(__file__).parents[2] / "data" / "accounts.toml"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One 科目 of the accountant's chart."""

    code: str
    name: str


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def subject_of(account: AccountKind, kind: TransactionKind) -> Subject:
    """Return what an account means in a kind of entry. Raises KeyError for one that is not named."""
    own = _table().get("kinds", {}).get(kind.value, {})
    return Subject(*(own.get(account.value) or _table()["accounts"][account.value]))
