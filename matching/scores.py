"""The soft scores: whole points for urgency, waiting, wishes, amount and rhythm, 100 in all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.columns import Ints, NeedColumns, OfferColumns, pair_sums
from matching.records import RHYTHMS, BadRecord, Need, Offer, pair_units

Params = dict[str, int | str | list[str]]

_MONTHS_AHEAD: Final = {"month": 1, "term": 6, "year": 10}
"""Months of school one instalment reaches; a school year is ten."""

_MOST_URGENT: Final = 3
_MOST_POINTS: Final = 1000
_WEIGHTS: Final = "weights"
_WISHES: Final = ("sex", "stage", "league")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The most points each factor can give; `name` is the version the plan records.

    `amount` is at least 1, so that every permitted pair is worth making.
    """

    name: str = "2026-1"
    urgency: int = 40
    waiting: int = 30
    wish: int = 15
    amount: int = 10
    rhythm: int = 5
    waiting_full_days: int = 180

    def __post_init__(self) -> None:
        """Refuse weights that are negative, too fine, or make a permitted pair worthless."""
        points = (self.urgency, self.waiting, self.wish, self.rhythm)
        if any(isinstance(one, bool) or not 0 <= one <= _MOST_POINTS for one in points):
            raise BadRecord(_WEIGHTS, "every weight is 0 to 1000 whole points")
        if not 1 <= self.amount <= _MOST_POINTS or self.waiting_full_days < 1:
            raise BadRecord(_WEIGHTS, "amount and waiting_full_days are at least 1")


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a pair's score; the doors draw the sentence from factor and params."""

    factor: str
    points: int
    of: int
    params: Params

    def as_dict(self) -> dict[str, object]:
        """Return the part as it is stored: {"factor", "points", "of", **params}."""
        return {"factor": self.factor, "points": self.points, "of": self.of, **self.params}


def urgency_part(need: Need, offer: Offer, weights: Weights) -> Part:
    """Give a third of the points per step of urgency."""
    points = weights.urgency * need.urgency // _MOST_URGENT
    return Part("urgency", points, weights.urgency, {"level": need.urgency})


def waiting_part(need: Need, offer: Offer, weights: Weights) -> Part:
    """Give points by the day until `waiting_full_days`, then all."""
    days = min(need.waiting_days, weights.waiting_full_days)
    points = weights.waiting * days // weights.waiting_full_days
    return Part("waiting", points, weights.waiting, {"days": need.waiting_days})


def wish_part(need: Need, offer: Offer, weights: Weights) -> Part:
    """Give a third per wish met, so a particular pledge goes where it was meant to go."""
    met = [wish for wish in _WISHES if getattr(offer, f"wish_{wish}") == getattr(need, wish)]
    return Part("wish", weights.wish * len(met) // len(_WISHES), weights.wish, {"met": [*met]})


def amount_part(need: Need, offer: Offer, weights: Weights) -> Part:
    """Give points by how nearly the donor's sum and the open need are the same; at least 1."""
    given = pair_units(need, offer)
    larger = max(need.units_open, offer.units_per_child)
    params: Params = {"units_open": need.units_open, "units_per_child": offer.units_per_child}
    return Part("amount", max(1, weights.amount * given // larger), weights.amount, params)


def rhythm_part(need: Need, offer: Offer, weights: Weights) -> Part:
    """Give all points when the child is at school as long as one instalment reaches."""
    fits = need.months_left >= _MONTHS_AHEAD[offer.rhythm]
    params: Params = {"rhythm": offer.rhythm, "months_left": need.months_left}
    return Part("rhythm", weights.rhythm if fits else 0, weights.rhythm, params)


def parts_of(need: Need, offer: Offer, weights: Weights) -> tuple[Part, ...]:
    """Return every factor's part, in the order of `BLOCKS`."""
    makers = (urgency_part, waiting_part, wish_part, amount_part, rhythm_part)
    return tuple(make(need, offer, weights) for make in makers)


def score_of(need: Need, offer: Offer, weights: Weights) -> int:
    """Return the pair's points per unit given."""
    return sum(part.points for part in parts_of(need, offer, weights))


def _urgency(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    return weights.urgency * needs.urgency // _MOST_URGENT


def _waiting(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    days = np.minimum(needs.waiting_days, weights.waiting_full_days)
    return weights.waiting * days // weights.waiting_full_days


def _wish(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    met = (offers.wish_sex == needs.sex).astype(np.int64)
    met = met + (offers.wish_stage == needs.stage)
    met = met + (offers.wish_league == needs.league)
    points: Ints = weights.wish * met // len(_WISHES)
    return points


def _amount(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    larger = np.maximum(needs.units_open, offers.units_per_child)
    return np.maximum(1, weights.amount * pair_sums(needs, offers) // larger)


def _rhythm(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    ahead = np.array([_MONTHS_AHEAD[rhythm] for rhythm in RHYTHMS])[offers.rhythm]
    return np.where(needs.months_left >= ahead, weights.rhythm, 0)


BLOCKS: Final[tuple[Callable[[NeedColumns, OfferColumns, Weights], Ints], ...]] = (
    _urgency,
    _waiting,
    _wish,
    _amount,
    _rhythm,
)
"""The same factors over a block of needs (upright) and offers."""


def scores(needs: NeedColumns, offers: OfferColumns, weights: Weights) -> Ints:
    """Return `score_of` for every pair of the block."""
    upright = needs.upright()
    total = np.zeros((len(needs.row), len(offers.row)), dtype=np.int64)
    for block in BLOCKS:
        total += block(upright, offers, weights)
    return total
