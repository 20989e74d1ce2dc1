"""爱心妈妈 volunteers to children's care: one child has one volunteer, who has at most five."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np

from matching import common, distances
from matching.columns import Columns
from matching.common import MOST_URGENT, SEXES
from matching.kind import Factor, Kind, Params, Rule, Weights, points
from matching.records import Record, coded, codes, count, division, flag, one_of, some_of
from matching.shapes import NONE, Ints
from matching.tables import Table, matching_rows, rows_of

CARE: Final = ("tutoring", "daily_care", "psychological", "companionship", "material")
LANGUAGES: Final = ("zh", "mn", "dta", "evn", "orh", "other")
TIMES: Final = ("weekday", "evening", "weekend", "holiday")
_OLDEST, _TOWNSHIP_DIGITS, _MOST_PLACES, _FURTHEST_KM = 25, 9, 5, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CareNeed(Record):
    """A child's care needs together. No `times` means any; `family` is shared by siblings."""

    side: ClassVar[str] = "need"
    code: str = coded()
    asks: frozenset[str] = some_of(CARE)
    sex: str = one_of(SEXES)
    age: int = count(at_most=_OLDEST)
    language: str = one_of(LANGUAGES)
    understands: frozenset[str] = some_of(LANGUAGES, default=frozenset())
    township: str = division(digits=_TOWNSHIP_DIGITS)
    banner: str = division()
    lat: int | None = distances.latitude()
    lon: int | None = distances.longitude()
    times: frozenset[str] = some_of(TIMES, is_any_when_empty=True, default=frozenset())
    urgency: int = count(at_most=MOST_URGENT)
    waiting_days: int = count()
    is_verified: bool = flag()
    has_consent: bool = flag()
    is_high_risk: bool = flag(default=False)
    family: str | None = coded(default=None)
    sibling_with: str | None = coded(default=None)
    organisations: frozenset[str] = codes()
    units_open: int = count(at_most=1, default=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer(Record):
    """A volunteer with the places she has left; her own wishes are hard."""

    side: ClassVar[str] = "offer"
    code: str = coded()
    places: int = count(at_most=_MOST_PLACES)
    sex: str | None = one_of(SEXES, default=None)
    skills: frozenset[str] = some_of(CARE)
    languages: frozenset[str] = some_of(LANGUAGES)
    township: str = division(digits=_TOWNSHIP_DIGITS)
    banner: str = division()
    lat: int | None = distances.latitude()
    lon: int | None = distances.longitude()
    reach_km: int = count(at_most=_FURTHEST_KM, default=30)
    times: frozenset[str] = some_of(TIMES, is_any_when_empty=True, default=frozenset())
    wish_sex: str | None = one_of(SEXES, default=None)
    age_from: int = count(at_most=_OLDEST, default=0)
    age_to: int = count(at_most=_OLDEST, default=_OLDEST)
    is_cleared: bool = flag()
    is_trained: bool = flag()
    has_high_risk: bool = flag(default=False)
    organisations: frozenset[str] = codes()
    excluded: frozenset[str] = codes()
    waiting_days: int = count(default=0)
    units_per_child: int = count(at_least=1, at_most=1, default=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareWeights(Weights):
    """The most points of each factor; at `far_km` the way gives none."""

    urgency: int = points()
    waiting: int = points()
    skill: int = points(at_least=1)
    language: int = points()
    distance: int = points()
    times: int = points()
    waiting_full_days: int = count(at_least=1)
    far_km: int = count(at_least=1)


def is_cleared(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when her record check and insurance are valid (law 9)."""
    return offer.is_cleared


def is_trained(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when her training is valid."""
    return offer.is_trained


def has_skill(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when she can do at least one of the things the child needs."""
    return bool(need.asks & offer.skills)


def can_talk(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when she speaks the language the child speaks every day, or one that it understands."""
    return bool(offer.languages & (need.understands | {need.language}))


def has_time(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when both have one time of the week in common."""
    return not need.times or not offer.times or bool(need.times & offer.times)


def keeps_girls_safe(need: CareNeed, offer: Volunteer) -> bool:
    """Pass unless this is a girl and no woman would care for her."""
    return need.sex == "M" or offer.sex == "F"


def grants_age(need: CareNeed, offer: Volunteer) -> bool:
    """Pass when the child's age is within what she wished for."""
    return offer.age_from <= need.age <= offer.age_to


def has_one_high_risk(need: CareNeed, offer: Volunteer) -> bool:
    """Pass unless both this and a child she looks after already are high-risk."""
    return not (need.is_high_risk and offer.has_high_risk)


def joins_sibling(need: CareNeed, offer: Volunteer) -> bool:
    """Pass unless a sibling of the child is with another volunteer."""
    return need.sibling_with in (None, offer.code)


def has_no_conflict(need: CareNeed, offer: Volunteer) -> bool:
    """Pass unless she works at the child's school or with its guardians."""
    return not need.organisations & offer.organisations


def _conflicts(needs: Table, offers: Table) -> Ints:
    return matching_rows(needs.sets("organisations"), offers.sets("organisations"))


def _talk(needs: Columns) -> Ints:
    return needs.understands | (1 << needs.language)


def _skill(need: CareNeed, offer: Volunteer, weights: CareWeights) -> tuple[int, Params]:
    met = sorted(need.asks & offer.skills)
    points = max(1, weights.skill * len(met) // max(1, len(need.asks)))
    return points, {"met": met, "asked": sorted(need.asks)}


def _skill_block(needs: Columns, offers: Columns, weights: CareWeights) -> Ints:
    met, asked = _bits(needs.asks & offers.skills), _bits(needs.asks)
    return np.maximum(1, weights.skill * met // np.maximum(1, asked))


def _language(need: CareNeed, offer: Volunteer, weights: CareWeights) -> tuple[int, Params]:
    is_spoken = need.language in offer.languages
    return weights.language * is_spoken, {"language": need.language, "spoken": is_spoken}


def _language_block(needs: Columns, offers: Columns, weights: CareWeights) -> Ints:
    return weights.language * ((offers.languages >> needs.language) & 1)


def _times(need: CareNeed, offer: Volunteer, weights: CareWeights) -> tuple[int, Params]:
    asked = need.times or frozenset(TIMES)
    met = sorted(asked & (offer.times or frozenset(TIMES)))
    return weights.times * len(met) // len(asked), {"met": met, "asked": sorted(need.times)}


def _times_block(needs: Columns, offers: Columns, weights: CareWeights) -> Ints:
    return weights.times * _bits(needs.times & offers.times) // _bits(needs.times)


def _bits(sets: Ints) -> Ints:
    return np.bitwise_count(sets).astype(np.int64)


def _more(needs: Table, offers: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give a number to the volunteers whom a sibling is with; NONE to one not in this run."""
    asked = needs.texts("sibling_with")
    row = rows_of(offers.texts("code"), asked)
    named = np.zeros(len(offers), dtype=np.int64)
    named[row[row >= 0]] = row[row >= 0] + 1
    wanted = np.where(asked == b"", 0, np.where(row < 0, NONE, row + 1))
    return {"sibling": wanted}, {"named": named}


def _beside(offer: Volunteer, needs: Sequence[CareNeed]) -> Volunteer:
    is_taken = offer.has_high_risk or any(need.is_high_risk for need in needs)
    return replace(offer, places=max(0, offer.places - len(needs)), has_high_risk=is_taken)


VOLUNTEERS: Final = Kind(
    name="volunteers",
    need=CareNeed,
    offer=Volunteer,
    weights=CareWeights,
    beside=_beside,
    more=_more,
    near=distances.near,
    together="family",
    once="is_high_risk",
    need_rules=(common.VERIFIED, common.CONSENT, common.UNCOVERED),
    rules=(
        Rule("cleared", is_cleared, lambda needs, offers: offers.is_cleared > 0),
        Rule("trained", is_trained, lambda needs, offers: offers.is_trained > 0),
        common.PLACE,
        Rule("skill", has_skill, lambda n, o: (n.asks & o.skills) > 0, may_relax=True),
        Rule("language", can_talk, lambda n, o: _talk(n) & o.languages > 0),
        distances.WITHIN_REACH,
        Rule("times", has_time, lambda n, o: (n.times & o.times) > 0, may_relax=True),
        Rule("girls", keeps_girls_safe, lambda n, o: (n.sex == 1) | (o.sex == 0)),
        common.WISH_SEX,
        Rule(
            "wish_age",
            grants_age,
            lambda n, o: (o.age_from <= n.age) & (n.age <= o.age_to),
            may_relax=True,
        ),
        Rule("high_risk", has_one_high_risk, lambda n, o: (n.is_high_risk & o.has_high_risk) == 0),
        Rule("siblings", joins_sibling, lambda n, o: (n.sibling == 0) | (n.sibling == o.named)),
        Rule("conflict", has_no_conflict, pairs=_conflicts),
        common.NOT_EXCLUDED,
    ),
    factors=(
        common.URGENCY,
        common.WAITING,
        Factor("skill", _skill, _skill_block),
        Factor("language", _language, _language_block),
        distances.DISTANCE,
        Factor("times", _times, _times_block),
    ),
)
