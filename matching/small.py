"""Small changes stay small: one banner is matched anew, and who was shown a proposal keeps it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matching.assign import Made, Pair, Plan, propose
from matching.kind import Kind, Weights
from matching.kinds.pledges import PLEDGES
from matching.pairs import Limits
from matching.tables import Table, rows_of
from matching.watching import Progress

_BANNER_DIGITS: Final = 6
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
    every, all_offers = Table.of(kind.need, needs, "needs"), Table.of(kind.offer, offers, "offers")
    here = every.rows(np.flatnonzero(every.numbers("banner") == int(banner[:_BANNER_DIGITS])))
    own = {code.decode() for code in here.texts("code").tolist()}
    stays = {(one.need, one.offer): threshold + 1 for one in standing if one.need in own}
    elsewhere = [one for one in standing if one.need not in own]
    free = _beside(kind, every, all_offers, elsewhere)
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


def _beside(kind: Kind, needs: Table, offers: Table, elsewhere: Sequence[Made]) -> Table:
    """Return the offers as they stand beside what was proposed in other banners."""
    if not elsewhere:
        return offers
    ends = (
        rows_of(table.texts("code"), np.array([getattr(one, side) for one in elsewhere], bytes))
        for table, side in ((needs, "need"), (offers, "offer"))
    )
    taken = defaultdict[int, list[Any]](list)
    for need, offer in zip(*(rows.tolist() for rows in ends), strict=True):
        taken[offer].append(needs[need] if need >= 0 else None)
    taken.pop(-1, None)
    others = np.ones(len(offers), dtype=np.bool_)
    others[list(taken)] = False
    changed = [kind.beside(offers[row], gone) for row, gone in taken.items()]
    return Table.joined(offers.rows(np.flatnonzero(others)), Table.of(kind.offer, changed))
