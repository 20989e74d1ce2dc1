"""Who stands in a list twice: by number, else by name, birth and telephone as far as they are given."""

import re
import unicodedata
from dataclasses import dataclass, field

from services.rosters.births import Birth, Precision
from services.rosters.identities import Identity
from services.rosters.reports import Findings, Problem
from services.rosters.rows import DataRow

_COARSEST_FIRST = (Precision.YEAR, Precision.MONTH, Precision.DAY)
_SPELT_OR_NOT = re.compile(r"[\s·]+")


@dataclass(frozen=True, slots=True)
class Person:
    """What stands for a person beside a valid resident ID. `paper`: another document's number."""

    name: str
    birth: Birth | None
    phone: str | None
    paper: str

    def is_same(self, other: "Person") -> bool:
        """Compare what both rows give: nothing may differ, and something must tell."""
        if self.paper != other.paper or not _agree(self.phone, other.phone):
            return False
        if self.birth and other.birth and not is_same_birth(self.birth, other.birth):
            return False
        return bool(self.phone and other.phone) or (
            self.birth == other.birth and (_is_day(self.birth) or self.phone == other.phone)
        )


def _agree(one: str | None, other: str | None) -> bool:
    return not one or not other or one == other


def _is_day(birth: Birth | None) -> bool:
    return birth is not None and birth.precision is Precision.DAY


def is_same_birth(one: Birth, other: Birth) -> bool:
    """Compare to the precision of the coarser of the two."""
    coarse, fine = sorted((one, other), key=lambda b: _COARSEST_FIRST.index(b.precision))
    return coarse.agrees_with(fine.day)


@dataclass(slots=True)
class Seen:
    """The persons met so far in this list, each with the row of the first meeting."""

    by_number: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[tuple[Person, int, bool]]] = field(default_factory=dict)

    def first_row(self, number: str | None, person: Person | None, row: int) -> int | None:
        """Return the earlier row of the same person, or None after noting this one.

        Two valid numbers that differ are two persons, however alike the rest reads.
        """
        if number and number in self.by_number:
            return self.by_number[number]
        known = self.by_name.setdefault(person.name, []) if person else []
        for other, first, has_number in known:
            if person and not (number and has_number) and person.is_same(other):
                return first
        if number:
            self.by_number[number] = row
        if person:
            known.append((person, row, number is not None))
        return None


def judge_double(
    data: DataRow, findings: Findings, seen: Seen, identity: Identity, person: Person | None
) -> None:
    """Refuse a later occurrence; then only that matters, since the row should go."""
    number = identity.number if identity.birth else None
    first = seen.first_row(number, person, data.number)
    if first is not None:
        findings.problems.clear()
        findings.add(Problem.DUPLICATE, f"与第 {first} 行是同一个人，请删去一行。")


def person_of(
    name: str, birth: Birth | None, phone: str | None, identity: Identity
) -> Person | None:
    """Return what stands for a person without a valid ID, or None where too little is known.

    A name is one with or without its dots and blanks: 阿依·古丽, 阿依古丽.
    """
    folded = _SPELT_OR_NOT.sub("", unicodedata.normalize("NFKC", name)).casefold()
    paper = "" if identity.birth else identity.number or ""
    return Person(folded, birth, phone, paper) if folded and (birth or phone) else None
