"""Pairs pledges with children's needs: one best total assignment, with reasons, without identities.

The model. Offer o gives its donor's own sum s_o (a listed sum) to each of at most c_o children;
need n has u_n units (50 yuan a month) open. Over the pairs no hard rule forbids, choose x_on from
{0} and the listed sums up to min(s_o, u_n), to make the sum of score_on * x_on largest, such that
  sum over o of x_on <= u_n           several pledges may share a need;
  at most c_o pairs of o carry a sum  one pledge may support several children, none split in two;
  at most one pair of n has x_on < s_o: a donor's sum is cut only where the need is smaller.
Dropping the last two and splitting sums freely (supply s_o * c_o) leaves a transport problem, whose
integer optimum the flow finds: an upper bound. Where rounding it loses nothing it is the proof;
elsewhere CP-SAT solves that part of the market exactly. Plan.proof and Plan.bound say which.
"""

from matching.assign import Pair, Plan, Unmatched, propose
from matching.explain import (
    Alternative,
    Lack,
    WishCounts,
    Wishes,
    best_of,
    lacks,
    pool_of,
    wish_counts,
)
from matching.pairs import Limits
from matching.records import LISTED_UNITS, BadRecord, Need, Offer
from matching.rules import RULES, Removed, broken
from matching.scores import Part, Weights, parts_of, score_of
from matching.whole import Proof

__all__ = [
    "LISTED_UNITS",
    "RULES",
    "Alternative",
    "BadRecord",
    "Lack",
    "Limits",
    "Need",
    "Offer",
    "Pair",
    "Part",
    "Plan",
    "Proof",
    "Removed",
    "Unmatched",
    "Weights",
    "WishCounts",
    "Wishes",
    "best_of",
    "broken",
    "lacks",
    "parts_of",
    "pool_of",
    "propose",
    "score_of",
    "wish_counts",
]
