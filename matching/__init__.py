"""Pairs what is offered with what is needed: one best total assignment, explained and proved.

    from matching import VOLUNTEERS, faults, gap, propose
    from matching.kinds.volunteers import CareNeed, Volunteer

    plan = propose([CareNeed(code="n1", ...)], [Volunteer(code="v1", ...)], kind=VOLUNTEERS)
    for pair in plan.pairs:
        pair.need, pair.offer, pair.score, pair.parts      # who, and why: the parts of the score
        pair.runner_up                                     # who came next, and what was lacking
    plan.unmatched_needs                                   # whom nobody fits, and by which rule
    assert not faults(plan.certificate)                    # no hard rule broken, and
    assert gap(plan.certificate) == 0                      # no plan better: said without the solver

A kind (PLEDGES, VOLUNTEERS, or one of yours: a file like those of matching/kinds) states its
records, rules and scores; the solver, reasons, proof, regret, fairness and policy are common.
Records hold codes, bands and counts; a name is refused. The model: docs/matching.md.
"""

from matching.assign import Made, Pair, Plan, Relaxation, Unmatched, propose, relaxations
from matching.certified import Certificate
from matching.explain import Alternative, Lack, best_of, lacks
from matching.kind import Factor, Kind, Part, Removed, Rule, Weights
from matching.kinds import KINDS
from matching.kinds.pledges import LISTED_UNITS, PLEDGES, Need, Offer, PledgeWeights
from matching.kinds.volunteers import VOLUNTEERS, CareNeed, CareWeights, Volunteer
from matching.pairs import Limits
from matching.policy import BadPolicy, read_policy, stated
from matching.records import BadRecord
from matching.small import Rematch, rematch
from matching.verify import faults, gap
from matching.watching import BannerSoFar, Phase, Progress, Stopped
from matching.what_if import Moved, WhatIf, what_if
from matching.whole import Proof
from matching.wishes import WishCounts, Wishes, pool_of, wish_counts

broken = PLEDGES.broken
removed_by = PLEDGES.removed_by
parts_of = PLEDGES.parts_of
score_of = PLEDGES.score_of

__all__ = [
    "KINDS",
    "LISTED_UNITS",
    "PLEDGES",
    "VOLUNTEERS",
    "Alternative",
    "BadPolicy",
    "BadRecord",
    "BannerSoFar",
    "CareNeed",
    "CareWeights",
    "Certificate",
    "Factor",
    "Kind",
    "Lack",
    "Limits",
    "Made",
    "Moved",
    "Need",
    "Offer",
    "Pair",
    "Part",
    "Phase",
    "Plan",
    "PledgeWeights",
    "Progress",
    "Proof",
    "Relaxation",
    "Rematch",
    "Removed",
    "Rule",
    "Stopped",
    "Unmatched",
    "Volunteer",
    "Weights",
    "WhatIf",
    "WishCounts",
    "Wishes",
    "best_of",
    "broken",
    "faults",
    "gap",
    "lacks",
    "parts_of",
    "pool_of",
    "propose",
    "read_policy",
    "relaxations",
    "rematch",
    "removed_by",
    "score_of",
    "stated",
    "what_if",
    "wish_counts",
]
