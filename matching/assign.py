"""From records to a plan: the best total assignment, its proof, and its reasons when asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import starmap
from typing import Any, Final

import numpy as np

from matching.blocks import CELLS, removals
from matching.certified import Certificate
from matching.explain import Alternative, Told
from matching.kind import Kind, Part, Removed, Weights
from matching.kinds.pledges import PLEDGES
from matching.lazy import Lazy
from matching.pairs import Limits, Sides
from matching.policy import stated
from matching.run import Run, Stays, certificate, prepare, solve
from matching.shapes import Ints
from matching.watching import Progress
from matching.whole import Proof

TOGETHER: Final = "together"
"""Stands among the rules for offers that may take a need, but not its whole family."""


@dataclass(frozen=True, slots=True)
class Made:
    """One pair of a plan: the codes of both sides, and the units it carries."""

    need: str
    offer: str
    units: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One proposal; `score` is per unit and the sum of its parts. A pledge's unit is 50 yuan."""

    need: str
    offer: str
    units: int
    score: int
    parts: tuple[Part, ...]
    next_offers: tuple[Alternative, ...]
    next_needs: tuple[Alternative, ...]

    @property
    def runner_up(self) -> Alternative | None:
        """Return the offer that fits this need next best, None when no other is permitted."""
        return self.next_offers[0] if self.next_offers else None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An open need that got nothing: offers that fit yet went elsewhere, what rules removed.

    `relaxation` is the one rule that somebody may relax and that alone keeps most offers away.
    """

    need: str
    fitting: int
    removed: tuple[Removed, ...]
    relaxation: str | None = None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A rule that may be relaxed: needs without any offer that it alone keeps from one, and pairs."""

    rule: str
    needs: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One best total assignment: `total` is the sum of score x units, `bound` what none can exceed.

    Both count the points of `stays` too, where proposals were to stay. `proof` is the weakest of
    its parts'; `is_cut` says that only the best pairs a need were solved. Pairs and unmatched
    needs are drawn when they are read, those first that waited longest.
    """

    kind: str
    pairs: Sequence[Pair]
    unmatched_needs: Sequence[Unmatched]
    unplaced_offers: tuple[str, ...]
    total: int
    bound: int
    proof: Proof
    is_cut: bool
    weights: Weights
    seed: int
    certificate: Certificate = field(compare=False, repr=False)

    @property
    def made(self) -> tuple[Made, ...]:
        """Return the pairs without their reasons."""
        return tuple(starmap(Made, self.certificate.made()))


def propose(  # noqa: PLR0913 one run: each is named at the call
    needs: Iterable[Any],
    offers: Iterable[Any],
    *,
    kind: Kind = PLEDGES,
    weights: Weights | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    stays: Stays | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Return the best total assignment; the same for any order of the records.

    Ties go to those who waited longest, then by an order drawn from `seed`. `stays` gives pairs
    points more (see `rematch`). `progress` is told how far the run is and `stop` asked whether it
    shall end, both between its parts. Raises BadRecord, or Stopped when `stop` says yes.
    """
    weights, limits = weights or stated(kind), limits or Limits()
    run = prepare(
        kind,
        needs,
        offers,
        weights=weights,
        limits=limits,
        seed=seed,
        stays=stays or {},
        progress=progress,
        stop=stop,
    )
    solved, units = solve(run, limits)
    proof = certificate(run, solved, units)
    return Plan(
        kind=kind.name,
        pairs=_pairs(proof, run.sides),
        unmatched_needs=_unmatched(run, units),
        unplaced_offers=_unplaced(run, units),
        total=proof.total() + proof.stayed(),
        # The bound counts waiting days below one point of score: whole points are what it proves.
        bound=sum(outcome.bound // market.scale for market, outcome in solved),
        proof=max(
            (outcome.proof for _, outcome in solved), key=list(Proof).index, default=Proof.FLOW
        ),
        is_cut=run.pairs.is_cut,
        weights=weights,
        seed=seed,
        certificate=proof,
    )


def relaxations(plan: Plan) -> tuple[Relaxation, ...]:
    """Return which single rule, if relaxed, would give most unmatched needs a first offer."""
    kind, needs, pairs = plan.certificate.kind, Counter[str](), Counter[str]()
    may_relax = {rule.code for rule in kind.all_rules if rule.may_relax}
    for one in plan.unmatched_needs:
        if one.fitting == 0:
            for removed in one.removed:
                if removed.alone and removed.rule in may_relax:
                    needs[removed.rule] += 1
                    pairs[removed.rule] += removed.alone
    found = (Relaxation(rule, count, pairs[rule]) for rule, count in needs.items())
    return tuple(sorted(found, key=lambda one: (-one.needs, -one.pairs, one.rule)))


def _pairs(proof: Certificate, sides: Sides) -> Lazy[Pair]:
    made = np.flatnonzero(proof.units)

    @cache
    def told() -> Told:
        reasons = proof.explained((sides.needs, sides.offers))
        return replace(proof, reasons=reasons).told()

    def draw(start: int, end: int) -> list[Pair]:
        return [_pair(proof, int(at), told()) for at in made[start:end]]

    return Lazy(len(made), draw, block=1)


def _pair(proof: Certificate, at: int, told: Told) -> Pair:
    return Pair(
        need=proof.needs.code(proof.need[at]),
        offer=proof.offers.code(proof.offer[at]),
        units=int(proof.units[at]),
        score=int(proof.score[at]),
        parts=told.parts(at),
        next_offers=told.next_offers(at),
        next_needs=told.next_needs(at),
    )


def _unmatched(run: Run, units: Ints) -> Lazy[Unmatched]:
    given = np.zeros(len(run.needs), dtype=np.bool_)
    given[run.pairs.need[units > 0]] = True
    rows = np.flatnonzero(~given & (run.sides.needs.units_open > 0))
    height = max(1, CELLS // max(1, len(run.offers)))
    return Lazy(len(rows), partial(_missed, run, rows), block=height)


def _missed(run: Run, rows: Ints, start: int, end: int) -> list[Unmatched]:
    block = rows[start:end]
    counts, fitting = removals(run.kind, run.sides.needs.rows(block), run.sides.offers)
    return [
        _one_missed(run, int(row), removed, int(fits))
        for row, removed, fits in zip(block, counts, fitting, strict=True)
    ]


def _one_missed(run: Run, row: int, removed: tuple[Removed, ...], fits: int) -> Unmatched:
    """Say what stands in a need's way; whoever cannot take its family does not fit either."""
    first, last = np.searchsorted(run.pairs.need, [row, row + 1])
    apart = fits - int(last - first) if run.sides.family[row] >= 0 and not run.pairs.is_cut else 0
    if apart:
        removed, fits = (*removed, Removed(TOGETHER, apart, apart)), fits - apart
    may_relax = {rule.code for rule in run.kind.all_rules if rule.may_relax}
    best = max(
        (one for one in removed if one.rule in may_relax and one.alone),
        key=lambda one: one.alone,
        default=None,
    )
    return Unmatched(run.needs.code(row), fits, removed, best.rule if best else None)


def _unplaced(run: Run, units: Ints) -> tuple[str, ...]:
    given = np.zeros(len(run.offers), dtype=np.bool_)
    given[run.pairs.offer[units > 0]] = True
    return tuple(run.offers.texts("code")[~given].astype(str).tolist())
