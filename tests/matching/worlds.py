"""Needs and offers for the matching tests, made by hand, by dice or by hypothesis."""

import random

from hypothesis import strategies as st

from matching import LISTED_UNITS, PLEDGES, Need, Offer, stated

WEIGHTS = stated(PLEDGES)

LEAGUES = ("150100000000", "152200000000")
BANNERS = {
    "150100000000": ("150121000000", "150122000000"),
    "152200000000": ("152221000000", "152222000000"),
}
STAGES = ("primary", "junior", "senior")
RHYTHMS = ("month", "term", "year")


def a_need(code="N1", **changes):
    plain = {
        "units_open": 2,
        "sex": "F",
        "stage": "primary",
        "league": LEAGUES[0],
        "banner": BANNERS[LEAGUES[0]][0],
        "urgency": 1,
        "waiting_days": 30,
        "is_verified": True,
        "has_consent": True,
        "months_left": 40,
    }
    return Need(code=code, **(plain | changes))


def an_offer(code="O1", **changes):
    return Offer(code=code, **({"units": 2, "units_per_child": 2} | changes))


def any_need(dice, code, *, units=(1, 2, 2, 3, 4, 6, 10)):
    league = dice.choice(LEAGUES)
    return a_need(
        code,
        units_open=dice.choice(units),
        sex=dice.choice("FM"),
        stage=dice.choice(STAGES),
        league=league,
        banner=dice.choice(BANNERS[league]),
        urgency=dice.randint(0, 3),
        waiting_days=dice.randint(0, 300),
        is_verified=dice.random() < 0.95,
        has_consent=dice.random() < 0.95,
        months_left=dice.randint(0, 60),
    )


def any_offer(dice, code, *, sums=LISTED_UNITS, needs=()):
    chosen = dice.choice(sums)
    excluded = dice.sample([need.code for need in needs], k=min(2, len(needs)))
    return an_offer(
        code,
        units=chosen * dice.choice((1, 1, 2, 3)),
        units_per_child=chosen,
        wish_sex=dice.choice((None, None, "F", "M")),
        wish_stage=dice.choice((None, None, *STAGES)),
        wish_league=dice.choice((None, None, None, *LEAGUES)),
        until=dice.choice((None, None, None, "junior", "senior", "university")),
        scope=dice.choice((None, None, None, "15", "1501", "152221", "150121000000")),
        rhythm=dice.choice(RHYTHMS),
        excluded=frozenset(excluded),
        waiting_days=dice.randint(0, 40),
    )


def a_world(needs, offers, *, seed=0, units=(1, 2, 2, 3, 4, 6, 10), sums=LISTED_UNITS):
    dice = random.Random(seed)
    made = [any_need(dice, f"N{at:04}", units=units) for at in range(needs)]
    return made, [any_offer(dice, f"O{at:04}", sums=sums, needs=made) for at in range(offers)]


@st.composite
def worlds(draw, most_needs=3, most_offers=3):
    seed = draw(st.integers(0, 2**32))
    needs, offers = draw(st.integers(0, most_needs)), draw(st.integers(0, most_offers))
    return a_world(needs, offers, seed=seed)


@st.composite
def easy_worlds(draw):
    """Few wishes and small sums, so that sharing and splitting are what decides."""
    sizes = st.sampled_from((1, 2, 3, 4, 5, 7))
    needs = [
        a_need(f"N{at}", units_open=draw(sizes), urgency=draw(st.integers(0, 3)))
        for at in range(draw(st.integers(1, 3)))
    ]
    offers = []
    for at in range(draw(st.integers(1, 4))):
        chosen = draw(st.sampled_from((1, 2, 3, 4, 6)))
        wish = draw(st.sampled_from((None, None, "F", "M")))
        times = draw(st.integers(1, 2))
        offers.append(
            an_offer(f"O{at}", units=chosen * times, units_per_child=chosen, wish_sex=wish)
        )
    return needs, offers
