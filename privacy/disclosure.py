"""Which audiences a column or derived value is shown to. What names none is shown to nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Audience(StrEnum):
    """A group of viewers in relation to one record; each table says in SQL when one holds."""

    EVERYONE = "everyone"
    CASE_STAFF = "case_staff"
    CASE_DETAIL = "case_detail"
    CASE_CONTACT = "case_contact"
    STATISTICS = "statistics"
    COLLECTING = "collecting"
    PAYING = "paying"
    CHAIN_READER = "chain_reader"
    AUDIT = "audit"
    SAMPLED = "sampled"
    CUSTODY = "custody"
    ADMINISTRATION = "administration"
    OWN_SCHOOL = "own_school"
    OWN_VILLAGE = "own_village"
    OWN_UNIT = "own_unit"
    HANDING_UNIT = "handing_unit"
    OWN_FAMILY = "own_family"
    SUPPORTING_DONOR = "supporting_donor"
    OWNING_DONOR = "owning_donor"
    PAIRED_VOLUNTEER = "paired_volunteer"
    AGREED_NAME = "agreed_name"
    AGREED_PLACE = "agreed_place"
    LETTER_WRITER = "letter_writer"
    LETTER_READER = "letter_reader"
    SELF = "self"
    ENGINE = "engine"


_KEY = "seen_by"


def seen_by(*audiences: Audience) -> dict[str, Any]:
    """Name a column's audiences beside the column: `info=seen_by(...)`."""
    return {_KEY: frozenset(audiences)}


NOBODY = seen_by()


def audiences_of(info: Mapping[str, Any]) -> frozenset[Audience] | None:
    """Return the declared audiences; None when the column forgot to declare."""
    return info.get(_KEY)


@dataclass(frozen=True, slots=True)
class Derived:
    """A value computed from columns; shown to its own audiences, which need not see the columns."""

    audiences: frozenset[Audience]
    needs: tuple[str, ...]
    compute: Callable[..., Any]


def shown_to(*audiences: Audience, needs: tuple[str, ...], compute: Callable[..., Any]) -> Derived:
    """Declare a derived value; `compute` gets the needed columns in order."""
    return Derived(frozenset(audiences), needs, compute)
