"""Care needs and volunteers for the matching tests, by hand or by dice, and another judge."""

import itertools
import random

from hypothesis import strategies as st

from matching import VOLUNTEERS, CareNeed, Volunteer, stated

WEIGHTS = stated(VOLUNTEERS)
BANNER, OTHER_BANNER = "150723000000", "150722000000"
PLACES = {
    BANNER: ("150723100000", 5060, 12372),
    OTHER_BANNER: ("150722100000", 4850, 12451),
    "150721000000": ("150721100000", 4823, 12348),
}


def a_care(code="N1", **changes):
    plain = {
        "asks": frozenset({"tutoring"}),
        "sex": "F",
        "age": 9,
        "language": "zh",
        "township": "150723100000",
        "banner": BANNER,
        "lat": 5060,
        "lon": 12372,
        "urgency": 1,
        "waiting_days": 30,
        "is_verified": True,
        "has_consent": True,
    }
    return CareNeed(code=code, **(plain | changes))


def a_volunteer(code="V1", **changes):
    plain = {
        "places": 2,
        "sex": "F",
        "skills": frozenset({"tutoring", "companionship"}),
        "languages": frozenset({"zh"}),
        "township": "150723100000",
        "banner": BANNER,
        "lat": 5060,
        "lon": 12372,
        "is_cleared": True,
        "is_trained": True,
    }
    return Volunteer(code=code, **(plain | changes))


def _some(dice, words, least=1):
    return frozenset(dice.sample(words, dice.randint(least, len(words))))


def _place(dice):
    banner = dice.choice((BANNER, BANNER, *PLACES))
    township, lat, lon = PLACES[banner]
    where = {"lat": lat + dice.randint(-12, 12), "lon": lon + dice.randint(-18, 18)}
    unknown = {"lat": None, "lon": None}
    return {"banner": banner, "township": township} | (unknown if dice.random() < 0.1 else where)


def any_care(dice, code, *, families=("F1", "F2"), volunteers=()):
    return a_care(
        code,
        asks=_some(dice, ("tutoring", "daily_care", "companionship")),
        sex=dice.choice("FM"),
        age=dice.randint(0, 17),
        language=dice.choice(("zh", "mn", "mn")),
        understands=dice.choice((frozenset(), frozenset({"zh"}))),
        times=_some(dice, ("weekday", "evening", "weekend"), least=0),
        urgency=dice.randint(0, 3),
        waiting_days=dice.randint(0, 300),
        is_verified=dice.random() < 0.97,
        has_consent=dice.random() < 0.97,
        is_high_risk=dice.random() < 0.3,
        family=dice.choice((None, None, *families)),
        sibling_with=dice.choice((None,) * 9 + ("V0", "V9999")),
        organisations=frozenset(dice.sample(("s1", "s2", "s3"), 1)),
        **_place(dice),
    )


def any_volunteer(dice, code, *, needs=()):
    return a_volunteer(
        code,
        places=dice.randint(0, 5),
        sex=dice.choice(("F", "F", "F", "M", None)),
        skills=_some(dice, ("tutoring", "daily_care", "companionship")),
        languages=_some(dice, ("zh", "mn")),
        reach_km=dice.choice((5, 20, 60)),
        times=_some(dice, ("weekday", "evening", "weekend"), least=0),
        wish_sex=dice.choice((None, None, None, "F", "M")),
        age_from=dice.choice((0, 0, 6)),
        age_to=dice.choice((25, 25, 14)),
        is_cleared=dice.random() < 0.95,
        is_trained=dice.random() < 0.95,
        has_high_risk=dice.random() < 0.2,
        organisations=frozenset(dice.sample(("s1", "s2", "s3", "s4", "s5"), 1)),
        excluded=frozenset(dice.sample([need.code for need in needs], min(1, len(needs)))),
        waiting_days=dice.randint(0, 40),
        **_place(dice),
    )


def a_village(needs, offers, *, seed=0, family_size=3):
    dice = random.Random(seed)
    families = [f"F{at}" for at in range(max(1, needs // family_size))]
    made = [any_care(dice, f"N{at}", families=families) for at in range(needs)]
    return made, [any_volunteer(dice, f"V{at}", needs=made) for at in range(offers)]


@st.composite
def villages(draw, most_needs=5, most_offers=3):
    seed = draw(st.integers(0, 2**32))
    needs, offers = draw(st.integers(0, most_needs)), draw(st.integers(0, most_offers))
    return a_village(needs, offers, seed=seed)


@st.composite
def crowded_villages(draw):
    """Everybody fits everybody: siblings, risk and places are what decides."""
    needs = [
        a_care(
            f"N{at}",
            urgency=draw(st.integers(0, 3)),
            is_high_risk=draw(st.booleans()),
            family=draw(st.sampled_from((None, None, "F1", "F2"))),
            asks=frozenset(draw(st.sets(st.sampled_from(("tutoring", "material")), min_size=1))),
        )
        for at in range(draw(st.integers(1, 6)))
    ]
    skills = st.sets(st.sampled_from(("tutoring", "material")), min_size=1)
    offers = [
        a_volunteer(f"V{at}", places=draw(st.integers(1, 3)), skills=frozenset(draw(skills)))
        for at in range(draw(st.integers(1, 3)))
    ]
    return needs, offers


def lawful(pairs, needs, offers):
    """Say whether a whole plan keeps places, siblings and risk; written without the engine."""
    for offer in offers:
        mine = [need for need in needs if pairs.get(need.code) == offer.code]
        if len(mine) > offer.places or sum(need.is_high_risk for need in mine) > 1:
            return False
    families = {need.family for need in needs} - {None}
    takers = [{pairs.get(need.code) for need in needs if need.family == one} for one in families]
    return all(len(one) == 1 for one in takers)


def best_by_trying_all(needs, offers):
    """Return the largest total over every lawful plan."""
    fits = [
        [None, *(offer for offer in offers if not VOLUNTEERS.broken(need, offer))] for need in needs
    ]
    best = 0
    for chosen in itertools.product(*fits):
        made = {n.code: o.code for n, o in zip(needs, chosen, strict=True) if o}
        if lawful(made, needs, offers):
            points = sum(
                VOLUNTEERS.score_of(need, offer, WEIGHTS)
                for need, offer in zip(needs, chosen, strict=True)
                if offer
            )
            best = max(best, points)
    return best
