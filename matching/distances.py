"""Distance between places, in whole numbers, so that a rule and its mask never differ by a hair.

A place is the centre of a township or banner in hundredths of a degree; never a house.
"""

from collections.abc import Iterator
from math import cos, isqrt, radians
from typing import Any, Final

import numpy as np
from scipy.spatial import cKDTree

from matching.columns import Columns
from matching.kind import Factor, Params, Rule
from matching.records import count
from matching.shapes import NONE, Bools, Ints

_METRES_NORTH: Final = 1113
"""A hundredth of a degree of latitude."""
_METRES_EAST: Final = np.array([round(1113.2 * cos(radians(lat))) for lat in range(91)])
"""A hundredth of a degree of longitude, by whole degree of latitude."""
_KM_A_DEGREE: Final = 111.32
_HUNDREDTHS: Final = 100
_NOBODY: Final[Ints] = np.empty(0, dtype=np.int64)


def latitude() -> Any:
    """State a latitude in hundredths of a degree, or None."""
    return count(at_most=90 * _HUNDREDTHS, default=None)


def longitude() -> Any:
    """State a longitude in hundredths of a degree, or None."""
    return count(at_most=180 * _HUNDREDTHS, default=None)


def metres_squared(lat: Any, lon: Any, other_lat: Any, other_lon: Any) -> Any:
    """Return the square of the distance on the plane between both, numbers or columns."""
    east = (lon - other_lon) * _METRES_EAST[(lat + other_lat) // (2 * _HUNDREDTHS)]
    north = (lat - other_lat) * _METRES_NORTH
    return east * east + north * north


def km_between(one: Any, other: Any) -> int | None:
    """Return whole kilometres between two records, None where a place is not known."""
    if None in (one.lat, one.lon, other.lat, other.lon):
        return None
    return isqrt(int(metres_squared(one.lat, one.lon, other.lat, other.lon))) // 1000


def kilometres(needs: Columns, offers: Columns) -> Ints:
    """Return `km_between` over a block, NONE where a place is not known.

    A block of one place, as `near` yields them, is asked once.
    """
    if (
        len(needs.lat) > 1
        and (needs.lat == needs.lat[0]).all()
        and (needs.lon == needs.lon[0]).all()
    ):
        needs = needs.rows(slice(0, 1))
    squares = metres_squared(
        np.maximum(needs.lat, 0), needs.lon, np.maximum(offers.lat, 0), offers.lon
    )
    is_known = (np.minimum(needs.lat, needs.lon) >= 0) & (np.minimum(offers.lat, offers.lon) >= 0)
    return np.where(is_known, _km(squares), NONE)


def _km(squares: Ints) -> Ints:
    """Return whole kilometres of squared metres.

    Squares stay far below 2^53, so the root is exact enough never to reach the next whole metre.
    """
    km: Ints = np.sqrt(squares).astype(np.int64) // 1000
    return km


def near(needs: Columns, offers: Columns) -> Iterator[tuple[Ints, Ints]]:
    """Yield (need rows, offer rows) place by place, both in order: nobody else is within reach.

    Where a place is not known, the banner is what is near.
    """
    if not len(needs) or not len(offers):
        return
    has_place = np.minimum(offers.lat, offers.lon) >= 0
    known = np.flatnonzero(has_place)
    tree = cKDTree(_points(offers.lat[known], offers.lon[known])) if len(known) else None
    reach = float(offers.reach_km.max(initial=0)) * 1.05 + 5
    first, order, cuts = _places(needs)
    around = (
        tree.query_ball_point(_points(needs.lat[first], needs.lon[first]), reach) if tree else None
    )
    every, unplaced = _by_banner(offers), _by_banner(offers, ~has_place)
    for at, row in enumerate(first.tolist()):
        lat, lon, banner = int(needs.lat[row]), int(needs.lon[row]), int(needs.banner[row])
        is_known = min(lat, lon) >= 0
        close = (
            known[np.array(around[at], dtype=np.int64)]
            if is_known and around is not None
            else _NOBODY
        )
        km = _km(metres_squared(lat, lon, offers.lat[close], offers.lon[close]))
        own = (unplaced if is_known else every).get(banner, _NOBODY)
        within = np.concatenate([close[km <= offers.reach_km[close]], own])
        yield order[cuts[at] : cuts[at + 1]], np.sort(within)


def _places(needs: Columns) -> tuple[Ints, Ints, Ints]:
    """Return one need of each place and banner, all needs place by place, and where each begins."""
    keys = (needs.banner * (91 * _HUNDREDTHS) + needs.lat + 1) * (181 * _HUNDREDTHS) + needs.lon
    order = np.argsort(keys, kind="stable")
    begins = np.flatnonzero(np.diff(keys[order], prepend=-1))
    return order[begins], order, np.append(begins, len(order))


def _by_banner(offers: Columns, chosen: Bools | slice = slice(None)) -> dict[int, Ints]:
    """Return the rows of each banner's chosen offers."""
    rows = np.arange(len(offers))[chosen]
    order = rows[np.argsort(offers.banner[rows], kind="stable")]
    banners, first = np.unique(offers.banner[order], return_index=True)
    return dict(zip(banners.tolist(), np.split(order, first[1:]), strict=False))


def _points(lat: Ints, lon: Ints) -> Any:
    """Return points in space, in kilometres, whose straight distance is the way's."""
    up, round_ = np.radians(lat / _HUNDREDTHS), np.radians(lon / _HUNDREDTHS)
    radius = _KM_A_DEGREE * 180 / np.pi
    circle = np.cos(up)
    return radius * np.stack([circle * np.cos(round_), circle * np.sin(round_), np.sin(up)], axis=1)


def is_within_reach(need: Any, offer: Any) -> bool:
    """Pass when the child lives no further than she goes; an unknown place: in her banner."""
    km = km_between(need, offer)
    return bool(need.banner == offer.banner if km is None else km <= offer.reach_km)


def _reach(needs: Columns, offers: Columns) -> Bools:
    km = kilometres(needs, offers)
    return np.where(km == NONE, needs.banner == offers.banner, km <= offers.reach_km)


def _distance(need: Any, offer: Any, weights: Any) -> tuple[int, Params]:
    """All points in the same township, none from `far_km` on; half where a place is not known."""
    km = km_between(need, offer)
    is_same = need.township == offer.township != need.banner
    left = weights.distance * max(0, weights.far_km - (km or 0)) // weights.far_km
    points = weights.distance // 2 if km is None else left
    return weights.distance if is_same else points, {"km": km, "same_township": is_same}


def _distance_block(needs: Columns, offers: Columns, weights: Any) -> Ints:
    km = kilometres(needs, offers)
    left = weights.distance * np.maximum(0, weights.far_km - km) // weights.far_km
    points = np.where(km == NONE, weights.distance // 2, left)
    is_same = (needs.township == offers.township) & (needs.township % 1000 > 0)
    return np.asarray(np.where(is_same, weights.distance, points), dtype=np.int64)


WITHIN_REACH: Final = Rule("distance", is_within_reach, _reach, may_relax=True)
DISTANCE: Final = Factor("distance", _distance, _distance_block)
