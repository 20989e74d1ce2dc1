"""The hard rules: no pair is ever proposed that breaks one. Each is said twice, tested to agree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.columns import NONE, Bools, Ints, NeedColumns, OfferColumns
from matching.records import Need, Offer, division_prefix, is_past


def is_verified(need: Need, offer: Offer | None = None) -> bool:
    """Pass when the home visit was made and a second person verified the record."""
    return need.is_verified


def has_consent(need: Need, offer: Offer | None = None) -> bool:
    """Pass when the guardian's consent to matching is valid (law 9)."""
    return need.has_consent


def is_uncovered(need: Need, offer: Offer | None = None) -> bool:
    """Pass when at least 50 yuan a month of the need is still open."""
    return need.units_open > 0


def is_at_school(need: Need, offer: Offer | None = None) -> bool:
    """Pass when the child has not graduated yet: a month or more is left."""
    return need.months_left > 0


def has_place(need: Need, offer: Offer) -> bool:
    """Pass when the pledge can carry one more child at the donor's own sum."""
    return offer.places > 0


def grants_sex(need: Need, offer: Offer) -> bool:
    """Pass when the donor wished for no sex or for this one."""
    return offer.wish_sex in (None, need.sex)


def grants_stage(need: Need, offer: Offer) -> bool:
    """Pass when the donor wished for no school stage or for this one."""
    return offer.wish_stage in (None, need.stage)


def grants_league(need: Need, offer: Offer) -> bool:
    """Pass when the donor wished for no league or for this one."""
    return offer.wish_league in (None, need.league)


def is_before_end(need: Need, offer: Offer) -> bool:
    """Pass unless the pledge stops at a graduation that the child has behind it."""
    return not is_past(need.stage, offer.until)


def is_in_scope(need: Need, offer: Offer) -> bool:
    """Pass when the child's banner lies inside the division the pledge is limited to."""
    return need.banner.startswith(division_prefix(offer.scope or ""))


def is_not_excluded(need: Need, offer: Offer) -> bool:
    """Pass unless this pair was declined earlier or declared related (law 8)."""
    return need.code not in offer.excluded


def _not_excluded_mask(needs: NeedColumns, offers: OfferColumns) -> Bools:
    rows = needs.row.ravel()
    allowed = np.ones((len(rows), len(offers.row)), dtype=np.bool_)
    order = np.argsort(rows)
    found = np.searchsorted(rows[order], offers.excluded[:, 0])
    for place, (need_row, offer_row) in zip(found, offers.excluded, strict=True):
        if place < len(rows) and rows[order[place]] == need_row:
            allowed[order[place], offer_row] = False
    return allowed


@dataclass(frozen=True)
class Rule:
    """One hard rule: the plain function, and the same as a mask over a block (needs upright)."""

    code: str
    holds: Callable[[Need, Offer], bool]
    mask: Callable[[NeedColumns, OfferColumns], Bools]


RULES: Final = (
    Rule("verified", is_verified, lambda needs, offers: needs.is_verified > 0),
    Rule("consent", has_consent, lambda needs, offers: needs.has_consent > 0),
    Rule("uncovered", is_uncovered, lambda needs, offers: needs.units_open > 0),
    Rule("at_school", is_at_school, lambda needs, offers: needs.months_left > 0),
    Rule("place", has_place, lambda needs, offers: offers.places > 0),
    Rule("wish_sex", grants_sex, lambda needs, offers: _granted(offers.wish_sex, needs.sex)),
    Rule(
        "wish_stage", grants_stage, lambda needs, offers: _granted(offers.wish_stage, needs.stage)
    ),
    Rule(
        "wish_league",
        grants_league,
        lambda needs, offers: _granted(offers.wish_league, needs.league),
    ),
    Rule("until", is_before_end, lambda needs, offers: needs.stage <= offers.last_stage),
    Rule(
        "scope",
        is_in_scope,
        lambda needs, offers: needs.banner // offers.scope_divisor == offers.scope,
    ),
    Rule("not_excluded", is_not_excluded, _not_excluded_mask),
)


NEED_RULES: Final = (is_verified, has_consent, is_uncovered, is_at_school)
"""The rules that look at the need alone."""


@dataclass(frozen=True)
class Removed:
    """How many offers one rule takes from a need, and how many it alone takes."""

    rule: str
    offers: int
    alone: int


def broken(need: Need, offer: Offer) -> tuple[str, ...]:
    """Return the codes of every rule this pair breaks."""
    return tuple(rule.code for rule in RULES if not rule.holds(need, offer))


def is_open(need: Need) -> bool:
    """Tell whether any pledge at all could meet this need."""
    return all(holds(need) for holds in NEED_RULES)


def permitted(needs: NeedColumns, offers: OfferColumns) -> Bools:
    """Return which pairs of the block break no rule."""
    upright = needs.upright()
    allowed = np.ones((len(needs.row), len(offers.row)), dtype=np.bool_)
    for rule in RULES:
        allowed &= rule.mask(upright, offers)
    return allowed


def removals(needs: NeedColumns, offers: OfferColumns) -> tuple[list[tuple[Removed, ...]], Ints]:
    """Return for each need of the block what each rule removes, and how many offers fit."""
    shape = (len(needs.row), len(offers.row))
    upright = needs.upright()
    fails = np.stack([~np.broadcast_to(rule.mask(upright, offers), shape) for rule in RULES])
    removed = fails.sum(axis=2)
    failed = fails.sum(axis=0)
    alone = (fails & (failed == 1)).sum(axis=2)
    counts = [
        tuple(
            Removed(rule.code, int(removed[at, row]), int(alone[at, row]))
            for at, rule in enumerate(RULES)
            if removed[at, row]
        )
        for row in range(shape[0])
    ]
    return counts, (failed == 0).sum(axis=1)


def _granted(wishes: Ints, facts: Ints) -> Bools:
    granted: Bools = (wishes == NONE) | (wishes == facts)
    return granted
