"""What a payer wrote beside his money: payment references, and sums beside them."""

import re
import unicodedata
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field

from vocabulary.money import Fen

_GAP = r"[\s\-—_.·]{0,3}"
_OURS = re.compile(rf"A{_GAP}X{_GAP}(?:\d{_GAP}){{5}}\d(?!\d)", re.ASCII)
# A day, a month or a number of people that follows a reference is no sum.
_NO_SUM = r"(?!\d|\.\d|[A-Z]|\s*[年月日号期人份]|[-/]\d)"
_BESIDE = re.compile(rf"[\s:=*×x：＝]{{0,3}}[¥￥]?(\d{{1,7}}(?:\.\d{{1,2}})?)(?:元|块)?{_NO_SUM}")
_LETTERS = re.compile(r"[^0-9A-Z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Others:
    """References that are not of our shape, by their length; any that was given out counts."""

    by_length: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def among(cls, references: Collection[str]) -> "Others":
        """Sort out those that the pattern of our own would not find."""
        strange = [ref for ref in references if ref and not _OURS.fullmatch(ref)]
        lengths = {len(ref) for ref in strange}
        return cls({n: frozenset(r for r in strange if len(r) == n) for n in lengths})

    def find(self, text: str) -> dict[str, int]:
        """Return those that stand in a text whole, each with where it ends."""
        found: dict[str, int] = {}
        for length, known in self.by_length.items():
            for start in range(len(text) - length + 1):
                part = text[start : start + length]
                if part in known and _is_whole(text, start, start + length):
                    found.setdefault(part, start + length)
        return found


@dataclass(frozen=True, slots=True)
class Remark:
    """The references of a remark in their order, and the sums that stand right behind them."""

    references: tuple[str, ...]
    sums: Mapping[str, Fen]


def read_remark(text: str, others: Others | None = None) -> Remark:
    """Find every reference, however it was typed: full-width, lower case, with gaps."""
    plain = unicodedata.normalize("NFKC", text).upper()
    ends = {_LETTERS.sub("", found.group()): found.end() for found in _OURS.finditer(plain)}
    ends |= others.find(plain) if others else {}
    ordered = sorted(ends, key=lambda reference: ends[reference])
    sums = {ref: fen for ref in ordered if (fen := _sum_at(plain, ends[ref])) is not None}
    return Remark(tuple(ordered), sums)


def near(reference: str, known: Container[str]) -> list[str]:
    """Return the known references from which one wrong digit or two swapped ones lead here."""
    digits = reference[2:]
    wrong = (
        digits[:i] + d + digits[i + 1 :]
        for i in range(len(digits))
        for d in "0123456789"
        if d != digits[i]
    )
    swapped = (
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
    )
    meant = dict.fromkeys(f"AX{one}" for one in (*wrong, *swapped))
    return [one for one in meant if one in known and one != reference]


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether no further letter or digit of the same sort stands on either side."""
    return not (
        (start > 0 and _same_sort(text[start - 1], text[start]))
        or (end < len(text) and _same_sort(text[end - 1], text[end]))
    )


def _same_sort(one: str, other: str) -> bool:
    is_digit = one.isdigit() and other.isdigit()
    return is_digit or (one.isascii() and other.isascii() and one.isalpha() and other.isalpha())


def _sum_at(text: str, end: int) -> Fen | None:
    found = _BESIDE.match(text, end)
    if not found:
        return None
    yuan, _, cents = found[1].partition(".")
    return Fen(int(yuan) * 100 + int(cents.ljust(2, "0") or 0))
