"""Two plans over the same records: which pairs change, who wins and who loses."""

from collections import defaultdict
from dataclasses import dataclass

from matching.assign import Plan

Ends = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A need that other offers meet: those before, those after; none where it is not met."""

    need: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every need that moves; who is met only after or only before; each total by its own weights."""

    moved: tuple[Moved, ...]
    winners: tuple[str, ...]
    losers: tuple[str, ...]
    offers_used: tuple[str, ...]
    offers_freed: tuple[str, ...]
    total_before: int
    total_after: int


def what_if(before: Plan, after: Plan) -> WhatIf:
    """Compare two plans, for instance of the same records under two policies."""
    old, new = _offers_of(before), _offers_of(after)
    used, freed = _used(new) - _used(old), _used(old) - _used(new)
    moved = [Moved(need, old.get(need, ()), new.get(need, ())) for need in sorted(old | new)]
    return WhatIf(
        moved=tuple(one for one in moved if one.before != one.after),
        winners=tuple(sorted(new.keys() - old.keys())),
        losers=tuple(sorted(old.keys() - new.keys())),
        offers_used=tuple(sorted(used)),
        offers_freed=tuple(sorted(freed)),
        total_before=before.total,
        total_after=after.total,
    )


def _offers_of(plan: Plan) -> Ends:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for made in plan.made:
        found[made.need].append(made.offer)
    return {need: tuple(sorted(offers)) for need, offers in found.items()}


def _used(ends: Ends) -> set[str]:
    return {offer for offers in ends.values() for offer in offers}
