"""What one place more with an offer would change: everybody whom it could touch is matched anew."""

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np

from matching.assign import Plan, propose
from matching.certified import Certificate
from matching.records import BadRecord

MOST_NEEDS: Final = 2_000
"""A part of more needs is not solved again for a page."""


@dataclass(frozen=True, slots=True)
class OneMore:
    """Points the whole gains, and the needs that every best plan then gives to the offer.

    Exact when both plans are proved best and no pair was left out.
    """

    points: int
    needs: tuple[str, ...]
    is_exact: bool


def one_more(proof: Certificate, offer: str) -> OneMore | None:
    """Return what one place more would change; None where it may not have one or too many matter.

    Raises KeyError for an offer that is not in the run.
    """
    column = _column(proof, offer)
    wider = _wider(proof.offers[column])
    if wider is None:
        return None
    needs, parts = _touched(proof, column, wider)
    if len(needs) > MOST_NEEDS:
        return None
    return _compared(proof, column, wider, needs=needs, parts=parts)


def _column(proof: Certificate, offer: str) -> int:
    found = np.flatnonzero(proof.offers.texts("code") == offer.encode())
    if not len(found):
        raise KeyError(offer)
    return int(found[0])


def _wider(offer: Any) -> Any | None:
    """Return the offer with a place more: a volunteer's, or a pledge's sum for one child more."""
    try:
        if any(one.name == "places" for one in fields(offer)):
            return replace(offer, places=offer.places + 1)
        most = offer.children_at_most
        more = None if most is None else most + 1
        units = offer.units + offer.units_per_child
        return replace(offer, units=units, children_at_most=more)
    except BadRecord:
        return None


def _touched(proof: Certificate, column: int, wider: Any) -> tuple[list[int], set[int]]:
    """Return the rows of needs, and the parts, that a plan with the wider offer may change."""
    none, kind = len(proof.scale) - 1, proof.kind
    fits = {row for row, need in enumerate(proof.needs) if not kind.broken(need, wider)}
    parts = {int(proof.offer_part[column])} | {int(proof.need_part[row]) for row in fits}
    parts.discard(none)
    family = _families(proof)
    kin = {family[row] for row in fits} - {None}
    rows = [
        row
        for row in range(len(proof.needs))
        if int(proof.need_part[row]) in parts or row in fits or family[row] in kin
    ]
    return rows, parts


def _families(proof: Certificate) -> list[str | None]:
    name = proof.kind.together
    return proof.needs.values(name) if name else [None] * len(proof.needs)


def _compared(
    proof: Certificate, column: int, wider: Any, *, needs: list[int], parts: set[int]
) -> OneMore:
    others = [
        one
        for at, one in enumerate(proof.offers)
        if at != column and int(proof.offer_part[at]) in parts
    ]
    then = _matched(proof, needs, [*others, wider])
    is_here = np.isin(proof.need_part[proof.need], list(parts))
    before = int(np.dot(proof.units * is_here, proof.score.astype(np.int64) + proof.stay))
    bound = sum(int(proof.bound[part]) // int(proof.scale[part]) for part in parts)
    is_exact = before == bound and then.total == then.bound and not then.is_cut
    if then.total <= before:
        return OneMore(0, (), is_exact)
    rows = proof.need[(proof.offer == column) & (proof.units > 0)]
    had = {proof.needs.code(row) for row in rows.tolist()}
    new = [one.need for one in then.made if one.offer == wider.code and one.need not in had]

    def is_sure(need: str) -> bool:
        without = replace(wider, excluded=wider.excluded | {need})
        return _matched(proof, needs, [*others, without]).total < then.total

    return OneMore(then.total - before, tuple(filter(is_sure, new)), is_exact)


def _matched(proof: Certificate, needs: list[int], offers: list[Any]) -> Plan:
    """Match these records as the run did."""
    stays = {
        (proof.needs.code(proof.need[at]), proof.offers.code(proof.offer[at])): int(proof.stay[at])
        for at in np.flatnonzero(proof.stay)
    }
    return propose(
        [proof.needs[row] for row in needs],
        offers,
        kind=proof.kind,
        weights=proof.weights,
        seed=proof.seed,
        stays=stays,
    )
