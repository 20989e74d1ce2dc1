"""Small changes stay small: one banner is matched anew, and who was shown a proposal keeps it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matching.assign import Made, Pair, Plan, propose
from matching.kind import Kind, Weights
from matching.kinds.pledges import PLEDGES
from matching.pairs import Limits
from matching.watching import Progress

THRESHOLD: Final = 10
"""Points a unit by which the whole must gain before a proposal moves that somebody has seen."""


@dataclass(frozen=True, slots=True)
class Rematch:
    """The banner's plan; of what stood there what stays and what moves, and what is new."""

    plan: Plan
    kept: tuple[Made, ...]
    moved: tuple[Made, ...]
    new: tuple[Pair, ...]


def rematch(  # noqa: PLR0913 one banner, beside what stands: each is named at the call
    needs: Iterable[Any],
    offers: Iterable[Any],
    *,
    banner: str,
    standing: Sequence[Made] = (),
    threshold: int = THRESHOLD,
    kind: Kind = PLEDGES,
    weights: Weights | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Rematch:
    """Match the needs of one banner anew beside all that stands elsewhere.

    Accepted pairs are no part of it: records come without what those take, and so none moves.
    `standing` are the proposals somebody was shown, of every banner; those of other banners keep
    their places, those of this one move only where the whole gains more than `threshold` points
    for each unit moved. Raises Stopped.
    """
    every = list(needs)
    here = [need for need in every if need.banner == banner]
    own = {need.code for need in here}
    stays = {(one.need, one.offer): threshold + 1 for one in standing if one.need in own}
    free = _beside(kind, every, offers, [one for one in standing if one.need not in own])
    plan = propose(
        here,
        free,
        kind=kind,
        weights=weights,
        seed=seed,
        limits=limits,
        stays=stays,
        progress=progress,
        stop=stop,
    )
    stood, made = [one for one in standing if one.need in own], plan.made
    shown, now = set(stood), set(made)
    return Rematch(
        plan=plan,
        kept=tuple(one for one in stood if one in now),
        moved=tuple(one for one in stood if one not in now),
        new=tuple(plan.pairs[at] for at, one in enumerate(made) if one not in shown),
    )


def _beside(
    kind: Kind, needs: Iterable[Any], offers: Iterable[Any], elsewhere: Iterable[Made]
) -> list[Any]:
    """Return the offers as they stand beside what was proposed in other banners."""
    need_of = {need.code: need for need in needs}
    taken: defaultdict[str, list[Any]] = defaultdict(list)
    for one in elsewhere:
        taken[one.offer].append(need_of.get(one.need))
    return [
        kind.beside(offer, taken[offer.code]) if offer.code in taken else offer for offer in offers
    ]
