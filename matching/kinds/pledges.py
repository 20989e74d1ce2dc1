"""Pledges to children's financial needs, in units of 50 yuan a month.

A pledge gives its donor's own listed sum to each of several children; several pledges may share a
need. Amounts that the need cannot take whole are cut to a listed sum, once a need.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np

from matching import common
from matching.columns import Columns
from matching.common import MOST_URGENT, SEXES, granted
from matching.kind import Factor, Kind, Params, Rule, Weights, points
from matching.records import (
    MOST,
    Record,
    coded,
    codes,
    count,
    division,
    division_prefix,
    flag,
    listed,
    one_of,
    scoped,
)
from matching.shapes import NONE, Ints
from matching.tables import Table

LISTED_UNITS: Final = (1, 2, 3, 4, 6, 10)
"""The monthly sums of data/amounts.toml in units of 50 yuan."""
STAGES: Final = ("preschool", "primary", "junior", "senior", "university")
RHYTHMS: Final = ("month", "term", "year")

_MONTHS_AHEAD: Final = {"month": 1, "term": 6, "year": 10}
"""Months of school one instalment reaches; a school year is ten."""
_WISHES: Final = ("sex", "stage", "league")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Record):
    """A child's financial need: units are 50 yuan a month still uncovered, urgency is 0 to 3."""

    side: ClassVar[str] = "need"
    code: str = coded()
    units_open: int = count()
    sex: str = one_of(SEXES)
    stage: str = one_of(STAGES)
    league: str = division()
    banner: str = division()
    urgency: int = count(at_most=MOST_URGENT)
    waiting_days: int = count()
    is_verified: bool = flag()
    has_consent: bool = flag()
    months_left: int = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """What a pledge can still give; wishes that are given are hard, None wishes for nothing.

    `until` is the stage at whose graduation it stops, None when it stops at none.
    `scope` is a division (12 digits, or a prefix of 2, 4 or 6); `excluded` holds need codes.
    """

    side: ClassVar[str] = "offer"
    code: str = coded()
    units: int = count(is_column=False)
    units_per_child: int = listed(LISTED_UNITS)
    children_at_most: int | None = count(default=None, is_column=False)
    wish_sex: str | None = one_of(SEXES, default=None)
    wish_stage: str | None = one_of(STAGES, default=None)
    wish_league: str | None = division(default=None)
    until: str | None = one_of(STAGES, default=None)
    scope: str | None = scoped()
    rhythm: str = one_of(RHYTHMS, default="month")
    excluded: frozenset[str] = codes()
    waiting_days: int = count(default=0)

    @property
    def places(self) -> int:
        """Children this pledge can take at the donor's own sum; a smaller rest is not placed."""
        most = MOST if self.children_at_most is None else self.children_at_most
        return min(self.units // self.units_per_child, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeWeights(Weights):
    """The most points of each factor; `waiting` is full after `waiting_full_days`."""

    urgency: int = points()
    waiting: int = points()
    wish: int = points()
    amount: int = points(at_least=1)
    rhythm: int = points()
    waiting_full_days: int = count(at_least=1)


def is_at_school(need: Need, offer: Offer | None = None) -> bool:
    """Pass when the child has not graduated yet: a month or more is left."""
    return need.months_left > 0


def grants_stage(need: Need, offer: Offer) -> bool:
    """Pass when the donor wished for no school stage or for this one."""
    return offer.wish_stage in (None, need.stage)


def grants_league(need: Need, offer: Offer) -> bool:
    """Pass when the donor wished for no league or for this one."""
    return offer.wish_league in (None, need.league)


def is_past(stage: str, until: str | None) -> bool:
    """Say whether a child in `stage` has the graduation behind it at which a pledge stops."""
    return until is not None and STAGES.index(stage) > STAGES.index(until)


def is_before_end(need: Need, offer: Offer) -> bool:
    """Pass unless the pledge stops at a graduation that the child has behind it."""
    return not is_past(need.stage, offer.until)


def is_in_scope(need: Need, offer: Offer) -> bool:
    """Pass when the child's banner lies inside the division the pledge is limited to."""
    return need.banner.startswith(division_prefix(offer.scope or ""))


def _wish(need: Need, offer: Offer, weights: PledgeWeights) -> tuple[int, Params]:
    met = [wish for wish in _WISHES if getattr(offer, f"wish_{wish}") == getattr(need, wish)]
    return weights.wish * len(met) // len(_WISHES), {"met": met}


def _wish_block(needs: Columns, offers: Columns, weights: PledgeWeights) -> Ints:
    met = (offers.wish_sex == needs.sex).astype(np.int64)
    met = met + (offers.wish_stage == needs.stage) + (offers.wish_league == needs.league)
    points_: Ints = weights.wish * met // len(_WISHES)
    return points_


def listed_at_most(units: int) -> int:
    """Return the largest listed sum within `units`, 0 when there is none."""
    return max((listed for listed in LISTED_UNITS if listed <= units), default=0)


def pair_units(need: Need, offer: Offer) -> int:
    """Return what this pledge would give this child if nobody else gave, in units."""
    return PLEDGES.most_units(need, offer)


def _amount(need: Need, offer: Offer, weights: PledgeWeights) -> tuple[int, Params]:
    given, larger = pair_units(need, offer), max(need.units_open, offer.units_per_child)
    params = {"units_open": need.units_open, "units_per_child": offer.units_per_child}
    return max(1, weights.amount * given // larger), params


def _amount_block(needs: Columns, offers: Columns, weights: PledgeWeights) -> Ints:
    listed = np.array((0, *LISTED_UNITS), dtype=np.int64)
    most = np.minimum(needs.units_open, offers.units_per_child)
    given = listed[np.searchsorted(listed, most, side="right") - 1]
    larger = np.maximum(needs.units_open, offers.units_per_child)
    return np.maximum(1, weights.amount * given // larger)


def _rhythm(need: Need, offer: Offer, weights: PledgeWeights) -> tuple[int, Params]:
    fits = need.months_left >= _MONTHS_AHEAD[offer.rhythm]
    params: Params = {"rhythm": offer.rhythm, "months_left": need.months_left}
    return weights.rhythm if fits else 0, params


def _rhythm_block(needs: Columns, offers: Columns, weights: PledgeWeights) -> Ints:
    ahead = np.array([_MONTHS_AHEAD[rhythm] for rhythm in RHYTHMS])[offers.rhythm]
    return np.where(needs.months_left >= ahead, weights.rhythm, 0)


def _more(needs: Table, offers: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    every, which = np.unique(offers.texts("scope"), return_inverse=True)
    prefixes = [division_prefix(scope.decode()) for scope in every.tolist()]
    least = np.array([int(prefix or 0) for prefix in prefixes], dtype=np.int64)
    divisor = np.array([10 ** (6 - len(prefix)) for prefix in prefixes], dtype=np.int64)
    return {}, {"scope": least[which], "scope_divisor": divisor[which]}


def _places(offers: Table) -> Ints:
    most = offers.numbers("children_at_most")
    whole = offers.numbers("units") // offers.numbers("units_per_child")
    found: Ints = np.minimum(whole, np.where(most == NONE, MOST, most))
    return found


def _beside(offer: Offer, needs: Sequence[Need]) -> Offer:
    left = max(0, offer.places - len(needs))
    return replace(offer, units=left * offer.units_per_child, children_at_most=left)


PLEDGES: Final = Kind(
    name="pledges",
    need=Need,
    offer=Offer,
    weights=PledgeWeights,
    sums=LISTED_UNITS,
    beside=_beside,
    more=_more,
    places=_places,
    need_rules=(
        common.VERIFIED,
        common.CONSENT,
        common.UNCOVERED,
        Rule("at_school", is_at_school, lambda needs, offers: needs.months_left > 0),
    ),
    rules=(
        common.PLACE,
        common.WISH_SEX,
        Rule(
            "wish_stage", grants_stage, lambda n, o: granted(o.wish_stage, n.stage), may_relax=True
        ),
        Rule(
            "wish_league",
            grants_league,
            lambda needs, offers: granted(offers.wish_league, needs.league),
            may_relax=True,
        ),
        Rule(
            "until",
            is_before_end,
            lambda n, o: (o.until == NONE) | (n.stage <= o.until),
            may_relax=True,
        ),
        Rule("scope", is_in_scope, lambda n, o: n.banner // o.scope_divisor == o.scope),
        common.NOT_EXCLUDED,
    ),
    factors=(
        common.URGENCY,
        common.WAITING,
        Factor("wish", _wish, _wish_block),
        Factor("amount", _amount, _amount_block),
        Factor("rhythm", _rhythm, _rhythm_block),
    ),
)
