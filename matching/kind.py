"""A kind of matching: what is needed, what is offered, which rules hold, what a pair is worth.

All of a kind stands in one file of matching/kinds; everything else here is common to all kinds.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Final

import numpy as np

from matching.columns import Columns, columns_of, not_apart
from matching.records import Record, check_code, count, own
from matching.shapes import Bools, Ints
from matching.tables import Table

Params = Mapping[str, int | str | bool | list[str] | None]
_MOST_POINTS: Final = 1000


def points(*, at_least: int = 0) -> Any:
    """State a weight: the most points that a factor can give."""
    return count(at_least=at_least, at_most=_MOST_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights(Record):
    """The policy of one kind: the most points each factor can give, and the version it stands in.

    One factor at least gives every permitted pair a point, so that each is worth making.
    """

    side: ClassVar[str] = "weights"
    version: str = own(check_code)

    def as_dict(self) -> dict[str, int]:
        """Return the numbers alone."""
        return {name: value for name, value in asdict(self).items() if name != "version"}

    @property
    def digest(self) -> str:
        """Return what tells this policy from every other, whatever its version is called."""
        written = json.dumps([type(self).__qualname__, asdict(self)], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class Rule:
    """One hard rule: a plain function, whose docstring is its reason, and the same as a mask.

    Without a mask, `pairs` lists the pairs of rows that it forbids one by one. `may_relax` says
    that somebody may decide to do without it: the law and a child's safety are nobody's to relax.
    """

    code: str
    holds: Callable[[Any, Any], bool]
    mask: Callable[[Columns, Columns], Bools] | None = None
    pairs: Callable[[Table, Table], Iterable[tuple[int, int]] | Ints] | None = None
    may_relax: bool = False

    def over(self, needs: Columns, offers: Columns) -> Bools:
        """Return which pairs of a block (needs upright) keep the rule."""
        if self.mask:
            return self.mask(needs, offers)
        return not_apart(self.code, needs, offers)


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a pair's score; the doors draw the sentence from factor and params."""

    factor: str
    points: int
    of: int
    params: Params

    def as_dict(self) -> dict[str, object]:
        """Return the part as it is stored: {"factor", "points", "of", **params}."""
        return {"factor": self.factor, "points": self.points, "of": self.of, **self.params}


@dataclass(frozen=True)
class Factor:
    """One soft factor, named as its weight: the plain function, and the same over a block."""

    code: str
    plain: Callable[[Any, Any, Any], tuple[int, Params]]
    block: Callable[[Columns, Columns, Any], Ints]


@dataclass(frozen=True)
class Removed:
    """How many offers one rule takes from a need, and how many it alone takes."""

    rule: str
    offers: int
    alone: int


def _no_more(needs: Table, offers: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {}


def _own_places(offers: Table) -> Ints:
    return offers.numbers("places")


Near = Callable[[Columns, Columns], Iterator[tuple[Ints, Ints]]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of matching.

    A need has `code`, `units_open` and `waiting_days`; an offer has `code`, `places` (needs it may
    take), `units_per_child` (what it gives each), `waiting_days` and `excluded`. `sums` are the
    units a pair may carry. `beside` is the offer as it stands beside needs that it keeps already.
    `together` names the field of a need whose equals stay together: one offer or none; `once`
    names the flag of which an offer takes one at most (both where a pair carries one unit). `more`
    gives columns that no field gives, `places` the offers' where no field holds them; `near` cuts a
    large world into blocks outside which no pair is permitted.
    """

    name: str
    need: type[Record]
    offer: type[Record]
    weights: type[Weights]
    need_rules: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    factors: tuple[Factor, ...]
    beside: Callable[[Any, Sequence[Any]], Any]
    sums: tuple[int, ...] = (1,)
    together: str | None = None
    once: str | None = None
    more: Callable[[Table, Table], tuple[Any, Any]] = _no_more
    places: Callable[[Table], Ints] = _own_places
    near: Near | None = None
    all_rules: tuple[Rule, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Put the rules that look at the need alone before the others."""
        object.__setattr__(self, "all_rules", self.need_rules + self.rules)
        if (self.together or self.once) and self.sums != (1,):
            raise ValueError(self.name)

    def broken(self, need: Any, offer: Any) -> tuple[str, ...]:
        """Return the codes of every rule this pair breaks."""
        return tuple(rule.code for rule in self.all_rules if not rule.holds(need, offer))

    def is_open(self, need: Any) -> bool:
        """Tell whether any offer at all could meet this need."""
        return all(rule.holds(need, None) for rule in self.need_rules)

    def are_open(self, needs: Table) -> Bools:
        """Tell the same of many, by the rules' masks."""
        columns = columns_of(needs, {})
        masks = (rule.over(columns, columns) for rule in self.need_rules)
        found: Bools = np.logical_and.reduce([np.ones(len(needs), dtype=np.bool_), *masks])
        return found

    def removed_by(self, need: Any, offers: Iterable[Any]) -> tuple[Removed, ...]:
        """Return what each rule takes from a need, those first that alone stand in most ways."""
        failed = [self.broken(need, offer) for offer in offers]
        counts = Counter(rule for rules in failed for rule in rules)
        alone = Counter(rules[0] for rules in failed if len(rules) == 1)
        found = (Removed(rule, offers, alone[rule]) for rule, offers in counts.items())
        return tuple(sorted(found, key=lambda one: (-one.alone, -one.offers, one.rule)))

    def parts_of(self, need: Any, offer: Any, weights: Weights) -> tuple[Part, ...]:
        """Return every factor's part."""
        return tuple(
            Part(one.code, got[0], getattr(weights, one.code), got[1])
            for one in self.factors
            for got in (one.plain(need, offer, weights),)
        )

    def score_of(self, need: Any, offer: Any, weights: Weights) -> int:
        """Return the pair's points per unit given."""
        return sum(one.plain(need, offer, weights)[0] for one in self.factors)

    def most_units(self, need: Any, offer: Any) -> int:
        """Return what this pair would carry if nobody else gave."""
        most = min(need.units_open, offer.units_per_child)
        return max((units for units in self.sums if units <= most), default=0)

    def family_of(self, need: Any) -> str | None:
        """Return what the need stays together with."""
        return getattr(need, self.together) if self.together else None

    def is_once(self, need: Any) -> bool:
        """Tell whether an offer takes only one need like this."""
        return bool(self.once and getattr(need, self.once))

    def columns(self, needs: Iterable[Any], offers: Iterable[Any]) -> tuple[Columns, Columns]:
        """Read both sides."""
        sides = Table.of(self.need, needs, "needs"), Table.of(self.offer, offers, "offers")
        of_needs, of_offers = self.more(*sides)
        listed = {rule.code: rule.pairs(*sides) for rule in self.all_rules if rule.pairs}
        of_offers = {**of_offers, "places": self.places(sides[1])}
        return columns_of(sides[0], of_needs), columns_of(sides[1], of_offers, listed)
