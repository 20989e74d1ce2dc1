"""Random codes, and sets of them, as columns of bytes; names, phones and numbers are refused."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from matching.shapes import Bools, small

LONGEST_CODE: Final = 64

_CODE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_IDENTITY = re.compile(
    r"[0-9]{11,}"
    r"|[A-Za-z]{0,3}-?(?:86)?1[3-9][0-9]{9}[A-Za-z]{0,3}"
    r"|(?:.*[._:-])?(?:(?:86)?1[3-9][0-9]{9}|[0-9]{15}|[0-9]{17}[0-9Xx])(?:[._:-].*)?"
)
_CODES = re.compile(r"[A-Za-z0-9._:\n-]*")
_MAY_BE_IDENTITY = re.compile(r"[0-9]{11}")
"""What stands in every identity: texts without it need no closer look."""


def is_code(value: Any) -> bool:
    """Say whether this is a code at all."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def is_identity(value: str) -> bool:
    """Say whether a code looks like a phone or identity number."""
    return _IDENTITY.fullmatch(value) is not None


def are_codes(values: Sequence[str]) -> Bools:
    """Say the same of many: which are random codes."""
    joined, count = "\n".join(values), len(values)
    if _CODES.fullmatch(joined) and joined.count("\n") == max(0, count - 1):
        good = np.fromiter((0 < len(one) <= LONGEST_CODE for one in values), np.bool_, count)
    else:
        good = np.fromiter((is_code(one) for one in values), np.bool_, count)
    if _MAY_BE_IDENTITY.search(joined):
        good &= np.fromiter((not is_identity(one) for one in values), np.bool_, count)
    return good


class Codes:
    """Random codes as bytes; the empty one is None, where `may_lack`."""

    def __init__(
        self, *, may_lack: bool, is_good: Callable[[Sequence[str]], Bools] = are_codes
    ) -> None:
        self.may_lack, self._is_good = may_lack, is_good

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these codes as bytes, and which rows are good."""
        if isinstance(values, np.ndarray):
            values = [one.decode("ascii", "replace") or None for one in values.tolist()]
        lacks = np.fromiter((one is None for one in values), np.bool_, rows)
        texts = [one if isinstance(one, str) else "" for one in values]
        some = texts if not lacks.any() else [one or "-" for one in texts]
        good = self._is_good(some)
        good = np.where(lacks, self.may_lack, good & ~np.array([not one for one in texts], bool))
        width = max((len(one) for one in texts), default=1)
        kept = [one if fine else "" for one, fine in zip(texts, good.tolist(), strict=True)]
        return np.array(kept, dtype=f"S{min(max(width, 1), LONGEST_CODE)}"), good

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return stored.decode() or None


class CodeSets:
    """Sets of codes: a few rows hold any, so they stand one after another with each row's first."""

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these codes as bytes, and which rows are good."""
        if isinstance(values, tuple):
            owners, codes = np.asarray(values[0], dtype=np.int64), values[1]
            typed = np.ones(rows, dtype=np.bool_)
        else:
            typed = np.fromiter((isinstance(one, frozenset) for one in values), np.bool_, rows)
            sets = [sorted(one, key=str) if isinstance(one, frozenset) else () for one in values]
            owners = np.repeat(np.arange(rows), [len(one) for one in sets])
            codes = [one for some in sets for one in some]
        items, fine = Codes(may_lack=False).column(codes, len(codes))
        typed[owners[~fine]] = False
        owners, items = owners[fine], items[fine]
        order = np.lexsort((items, owners))
        return (small(owners[order]), items[order]), typed

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return frozenset(one.decode() for one in stored.tolist())
