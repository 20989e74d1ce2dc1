"""An independent judge of plans: it imports nothing of the engine and knows its rules by itself."""

import itertools

SUMS = {50: 1, 100: 2, 150: 3, 200: 4, 300: 6, 500: 10}.values()
ORDER = ("preschool", "primary", "junior", "senior", "university")


def is_allowed(need, offer):
    prefix = offer.scope or ""
    if len(prefix) == 12:
        prefix = prefix[:6]
    for ending in ("0000", "00"):
        if len(prefix) == 6 and prefix.endswith(ending):
            prefix = prefix[: -len(ending)]
    wishes = ((offer.wish_sex, need.sex), (offer.wish_stage, need.stage))
    return (
        need.is_verified
        and need.has_consent
        and need.units_open > 0
        and need.months_left > 0
        and all(wish is None or wish == fact for wish, fact in wishes)
        and (offer.wish_league is None or offer.wish_league == need.league)
        and ORDER.index(need.stage) <= ORDER.index(offer.until or ORDER[-1])
        and need.banner[: len(prefix)] == prefix
        and need.code not in offer.excluded
    )


def faults(plan, needs, offers):
    """List everything in the plan that the agreement forbids."""
    need_of, offer_of = {one.code: one for one in needs}, {one.code: one for one in offers}
    found = []
    seen = [(pair.need, pair.offer) for pair in plan.pairs]
    if len(seen) != len(set(seen)):
        found.append("a pair twice")
    for pair in plan.pairs:
        need, offer = need_of[pair.need], offer_of[pair.offer]
        if not is_allowed(need, offer):
            found.append(f"{pair.need}-{pair.offer} breaks a rule")
        if pair.units not in SUMS:
            found.append(f"{pair.need}-{pair.offer} carries a sum off the list")
        if pair.units > offer.units_per_child:
            found.append(f"{pair.need}-{pair.offer} takes more than the donor chose")
    found += [fault for need in needs for fault in _need_faults(plan, need, offer_of)]
    return found + [fault for offer in offers for fault in _offer_faults(plan, offer)]


def _need_faults(plan, need, offer_of):
    pairs = [pair for pair in plan.pairs if pair.need == need.code]
    given = sum(pair.units for pair in pairs)
    smaller = [pair for pair in pairs if pair.units < offer_of[pair.offer].units_per_child]
    if given > need.units_open:
        yield f"{need.code} gets more than is open"
    if len(smaller) > 1:
        yield f"{need.code} cuts two sums"
    for pair in smaller:
        room = min(need.units_open - given + pair.units, offer_of[pair.offer].units_per_child)
        if pair.units != max(one for one in SUMS if one <= room):
            yield f"{need.code}-{pair.offer} is cut more than the need asks"


def _offer_faults(plan, offer):
    pairs = [pair for pair in plan.pairs if pair.offer == offer.code]
    if sum(pair.units for pair in pairs) > offer.units:
        yield f"{offer.code} gives more than it has"
    if offer.children_at_most is not None and len(pairs) > offer.children_at_most:
        yield f"{offer.code} has too many children"
    if len(pairs) > offer.units // offer.units_per_child:
        yield f"{offer.code} splits its sum"


def best_by_trying_all(needs, offers, score):
    """Return the largest total, by trying every choice of every pair, need by need."""

    def best(at, places):
        if at == len(needs):
            return 0
        return max(
            worth + best(at + 1, left)
            for worth, left in _fillings(needs[at], offers, score, places)
        )

    return best(0, tuple(offer.units // offer.units_per_child for offer in offers))


def _fillings(need, offers, score, places):
    choices = [
        [0, *(one for one in SUMS if one <= offer.units_per_child)]
        if is_allowed(need, offer) and left
        else [0]
        for offer, left in zip(offers, places, strict=True)
    ]
    for units in itertools.product(*choices):
        cut = sum(0 < x < o.units_per_child for x, o in zip(units, offers, strict=True))
        if sum(units) <= need.units_open and cut <= 1:
            worth = sum(x * score(need, offer) for x, offer in zip(units, offers, strict=True) if x)
            yield worth, tuple(left - (x > 0) for left, x in zip(places, units, strict=True))
