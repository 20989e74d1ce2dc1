"""What the engine may know of a need and of a pledge: codes, bands and counts, no person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LISTED_UNITS: Final = (1, 2, 3, 4, 6, 10)
"""The monthly sums of data/amounts.toml in units of 50 yuan."""

SEXES: Final = ("F", "M")
STAGES: Final = ("preschool", "primary", "junior", "senior", "university")
RHYTHMS: Final = ("month", "term", "year")

_CODE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_IDENTITY = re.compile(
    r"\d{11,}"
    r"|[A-Za-z]{0,3}-?(?:86)?1[3-9]\d{9}[A-Za-z]{0,3}"
    r"|(?:.*[._:-])?(?:(?:86)?1[3-9]\d{9}|\d{15}|\d{17}[\dXx])(?:[._:-].*)?"
)
_DIVISION = re.compile(r"\d{12}")
_MOST = 100_000
_SCOPE = "offer.scope"
_REGION_DIGITS = 2


class BadRecord(ValueError):
    """A record the engine refuses; the message names field and fault, never a refused text."""

    def __init__(self, field: str, fault: str) -> None:
        """Keep both for whoever shows it."""
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A child's financial need: units are 50 yuan a month still uncovered, urgency is 0 to 3."""

    code: str
    units_open: int
    sex: str
    stage: str
    league: str
    banner: str
    urgency: int
    waiting_days: int
    is_verified: bool
    has_consent: bool
    months_left: int

    def __post_init__(self) -> None:
        """Refuse identities, unknown bands and negative counts."""
        _check_code("need.code", self.code)
        _check_member("need.sex", self.sex, SEXES)
        _check_member("need.stage", self.stage, STAGES)
        _check_division("need.league", self.league)
        _check_division("need.banner", self.banner)
        _check_count("need.units_open", self.units_open, at_most=_MOST)
        _check_count("need.urgency", self.urgency, at_most=3)
        _check_count("need.waiting_days", self.waiting_days, at_most=_MOST)
        _check_count("need.months_left", self.months_left, at_most=_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a pledge can still give; wishes that are given are hard, None wishes for nothing.

    `until` is the stage at whose graduation it stops, None when it stops at none.
    `scope` is a division (12 digits, or a prefix of 2, 4 or 6); `excluded` holds need codes.
    """

    code: str
    units: int
    units_per_child: int
    children_at_most: int | None = None
    wish_sex: str | None = None
    wish_stage: str | None = None
    wish_league: str | None = None
    until: str | None = None
    scope: str | None = None
    rhythm: str = "month"
    excluded: frozenset[str] = frozenset()
    waiting_days: int = 0

    def __post_init__(self) -> None:
        """Refuse identities, sums off the list, unknown bands and negative counts."""
        _check_code("offer.code", self.code)
        _check_count("offer.units", self.units, at_most=_MOST)
        _check_count("offer.children_at_most", self.children_at_most or 0, at_most=_MOST)
        _check_count("offer.waiting_days", self.waiting_days, at_most=_MOST)
        _check_member("offer.units_per_child", self.units_per_child, LISTED_UNITS)
        _check_member("offer.wish_sex", self.wish_sex, (*SEXES, None))
        _check_member("offer.wish_stage", self.wish_stage, (*STAGES, None))
        _check_member("offer.until", self.until, (*STAGES, None))
        _check_member("offer.rhythm", self.rhythm, RHYTHMS)
        for code in self.excluded:
            _check_code("offer.excluded", code)
        if self.wish_league is not None:
            _check_division("offer.wish_league", self.wish_league)
        division_prefix(self.scope or "")

    @property
    def places(self) -> int:
        """Children this pledge can take at the donor's own sum; a smaller rest is not placed."""
        affordable = self.units // self.units_per_child
        return (
            affordable if self.children_at_most is None else min(affordable, self.children_at_most)
        )


def is_past(stage: str, until: str | None) -> bool:
    """Say whether a child in `stage` has the graduation behind it at which a pledge stops."""
    return until is not None and STAGES.index(stage) > STAGES.index(until)


def division_prefix(scope: str) -> str:
    """Return the 0, 2, 4 or 6 digits every division inside `scope` begins with."""
    if not re.fullmatch(r"(?:\d{2}|\d{4}|\d{6}|\d{6}0{6})?", scope, re.ASCII):
        raise BadRecord(_SCOPE, "a region, league or banner is 2, 4, 6 or 12 digits")
    prefix = scope[:6]
    while len(prefix) > _REGION_DIGITS and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def listed_at_most(units: int) -> int:
    """Return the largest listed sum within `units`, 0 when there is none."""
    return max((listed for listed in LISTED_UNITS if listed <= units), default=0)


def pair_units(need: Need, offer: Offer) -> int:
    """Return what this pledge would give this child if nobody else gave, in units."""
    return listed_at_most(min(need.units_open, offer.units_per_child))


def check_unique(field: str, codes: Iterable[str]) -> None:
    """Refuse a code that stands twice, naming its place."""
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            raise BadRecord(field, f"the code at place {place} ({code}) stands twice")
        seen.add(code)


def _check_code(field: str, code: str) -> None:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BadRecord(field, "a code is 1 to 64 of A-Z a-z 0-9 . _ : - (never a name)")
    if _IDENTITY.fullmatch(code):
        raise BadRecord(field, "looks like a phone or identity number; use a random code")


def _check_division(field: str, code: str) -> None:
    if not isinstance(code, str) or not _DIVISION.fullmatch(code) or not code.isascii():
        raise BadRecord(field, "a division is 12 digits")
    if not code.endswith("000000"):
        raise BadRecord(field, "nothing finer than a banner may be given")


def _check_member(field: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise BadRecord(field, f"must be one of {', '.join(map(str, allowed))}")


def _check_count(field: str, value: int, *, at_most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecord(field, "must be a whole number")
    if not 0 <= value <= at_most:
        raise BadRecord(field, f"must be 0 to {at_most}, not {value}")
