"""Rules and factors that kinds share; each kind lists those it takes."""

from typing import Any, Final

import numpy as np

from matching.columns import Columns
from matching.kind import Factor, Params, Rule
from matching.shapes import NONE, Bools, Ints
from matching.tables import Table, rows_of

SEXES: Final = ("F", "M")
MOST_URGENT: Final = 3


def is_verified(need: Any, offer: Any = None) -> bool:
    """Pass when the home visit was made and a second person verified the record."""
    return bool(need.is_verified)


def has_consent(need: Any, offer: Any = None) -> bool:
    """Pass when the guardian's consent to matching is valid (law 9)."""
    return bool(need.has_consent)


def is_uncovered(need: Any, offer: Any = None) -> bool:
    """Pass when something of the need is still open."""
    return bool(need.units_open > 0)


def has_place(need: Any, offer: Any) -> bool:
    """Pass when the offer can take one need more."""
    return bool(offer.places > 0)


def grants_sex(need: Any, offer: Any) -> bool:
    """Pass when the giving side wished for no sex or for this one."""
    return offer.wish_sex in (None, need.sex)


def is_not_excluded(need: Any, offer: Any) -> bool:
    """Pass unless this pair was declined earlier or declared related (law 8)."""
    return need.code not in offer.excluded


def granted(wishes: Ints, facts: Ints) -> Bools:
    """Return where nothing was wished for, or what is."""
    met: Bools = (wishes == NONE) | (wishes == facts)
    return met


def _excluded(needs: Table, offers: Table) -> Ints:
    column, codes = offers.sets("excluded")
    row = rows_of(needs.texts("code"), codes)
    return np.stack([row[row >= 0], column[row >= 0]], axis=1)


VERIFIED: Final = Rule("verified", is_verified, lambda needs, offers: needs.is_verified > 0)
CONSENT: Final = Rule("consent", has_consent, lambda needs, offers: needs.has_consent > 0)
UNCOVERED: Final = Rule("uncovered", is_uncovered, lambda needs, offers: needs.units_open > 0)
PLACE: Final = Rule("place", has_place, lambda needs, offers: offers.places > 0, may_relax=True)
WISH_SEX: Final = Rule(
    "wish_sex",
    grants_sex,
    lambda needs, offers: granted(offers.wish_sex, needs.sex),
    may_relax=True,
)
NOT_EXCLUDED: Final = Rule("not_excluded", is_not_excluded, pairs=_excluded)


def _urgency(need: Any, offer: Any, weights: Any) -> tuple[int, Params]:
    return weights.urgency * need.urgency // MOST_URGENT, {"level": need.urgency}


def _urgency_block(needs: Columns, offers: Columns, weights: Any) -> Ints:
    points: Ints = weights.urgency * needs.urgency // MOST_URGENT
    return points


def _waiting(need: Any, offer: Any, weights: Any) -> tuple[int, Params]:
    days = min(need.waiting_days, weights.waiting_full_days)
    points = weights.waiting * days // weights.waiting_full_days
    return points, {"days": need.waiting_days}


def _waiting_block(needs: Columns, offers: Columns, weights: Any) -> Ints:
    days = np.minimum(needs.waiting_days, weights.waiting_full_days)
    points: Ints = weights.waiting * days // weights.waiting_full_days
    return points


URGENCY: Final = Factor("urgency", _urgency, _urgency_block)
"""A third of the points per step of urgency."""
WAITING: Final = Factor("waiting", _waiting, _waiting_block)
"""Points by the day until `waiting_full_days`, then all."""
