"""A third kind in one file, 支教结对: teachers of strong schools to weak schools that lack them."""

from dataclasses import dataclass, replace
from typing import ClassVar

from matching import common
from matching.kind import Factor, Kind, Rule, Weights, points
from matching.records import Record, coded, codes, count, division, flag, one_of, some_of

SUBJECTS = ("maths", "english", "mongolian")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakSchool(Record):
    side: ClassVar[str] = "need"
    code: str = coded()
    subject: str = one_of(SUBJECTS)
    units_open: int = count(at_most=5)
    banner: str = division()
    urgency: int = count(at_most=3)
    waiting_days: int = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongSchool(Record):
    side: ClassVar[str] = "offer"
    code: str = coded()
    subjects: frozenset[str] = some_of(SUBJECTS)
    places: int = count(at_most=9)
    banner: str = division()
    is_near_only: bool = flag(default=False)
    excluded: frozenset[str] = codes()
    waiting_days: int = count(default=0)
    units_per_child: int = count(at_least=1, at_most=1, default=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingWeights(Weights):
    urgency: int = points()
    near: int = points(at_least=1)


def teaches(need, offer):
    """Pass when the school has a teacher of the subject."""
    return need.subject in offer.subjects


def is_near(need, offer):
    """Pass unless the school sends nobody beyond its banner."""
    return not offer.is_near_only or need.banner == offer.banner


def _near(need, offer, weights):
    is_same = need.banner == offer.banner
    return weights.near if is_same else 1, {"same_banner": is_same}


def _near_block(needs, offers, weights):
    return 1 + (needs.banner == offers.banner) * (weights.near - 1)


TEACHING = Kind(
    name="teaching",
    need=WeakSchool,
    offer=StrongSchool,
    weights=TeachingWeights,
    beside=lambda offer, needs: replace(offer, places=max(0, offer.places - len(needs))),
    need_rules=(common.UNCOVERED,),
    rules=(
        common.PLACE,
        Rule("subject", teaches, lambda n, o: (o.subjects >> n.subject) & 1 > 0, may_relax=True),
        Rule("near", is_near, lambda n, o: (o.is_near_only == 0) | (n.banner == o.banner)),
        common.NOT_EXCLUDED,
    ),
    factors=(common.URGENCY, Factor("near", _near, _near_block)),
)
WEIGHTS = TeachingWeights(version="toy", urgency=60, near=40)
