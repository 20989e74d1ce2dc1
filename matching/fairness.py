"""Who a run leaves waiting: each group's share met beside everybody's, with a stated threshold."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

FOUR_FIFTHS: Final = 0.8
"""A group met less than this of everybody's share is flagged: the four-fifths rule, 29 CFR
1607.4(D) (Uniform Guidelines on Employee Selection Procedures, 1978)."""
FEWEST: Final = 10
"""Groups of fewer needs say nothing: one child more or less would turn the verdict."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One need of a run: its groups by kind, days waited, whether it was met, what staff said.

    `answer` is True where its proposal was approved, False where it was turned down, else None.
    """

    groups: Mapping[str, str]
    waited: int
    is_met: bool
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One group: how many needs stood open, how many were met, what both kinds had waited.

    `waited_met` and `waited_left` are medians in days, None where nobody is; `accepted` is the
    share approved of what staff decided, None before the first; `ratio` is the group's share met
    over everybody's, None where nobody was met at all.
    """

    group: str
    pool: int
    met: int
    waited_met: float | None
    waited_left: float | None
    accepted: float | None
    ratio: float | None

    @property
    def is_flagged(self) -> bool:
        """Tell whether the group is large enough to say so, and met less than four fifths."""
        return self.pool >= FEWEST and self.ratio is not None and self.ratio < FOUR_FIFTHS


def shares(seen: Iterable[Seen], kind: str) -> tuple[Share, ...]:
    """Return the groups of one kind ("sex", "stage", ...), those that fare worst first."""
    every = [one for one in seen if kind in one.groups]
    overall = _share(every)
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in every:
        found[one.groups[kind]].append(one)
    made = [_of_group(group, members, overall) for group, members in found.items()]
    return tuple(sorted(made, key=lambda one: (_worst(one), -one.pool, one.group)))


def _of_group(group: str, members: list[Seen], overall: float) -> Share:
    return Share(
        group=group,
        pool=len(members),
        met=sum(one.is_met for one in members),
        waited_met=_median(members, lambda one: one.is_met),
        waited_left=_median(members, lambda one: not one.is_met),
        accepted=_accepted(members),
        ratio=_share(members) / overall if overall else None,
    )


def _share(members: list[Seen]) -> float:
    return sum(one.is_met for one in members) / len(members) if members else 0.0


def _accepted(members: list[Seen]) -> float | None:
    answers = [one.answer for one in members if one.answer is not None]
    return sum(answers) / len(answers) if answers else None


def _median(members: list[Seen], chosen: Callable[[Seen], bool]) -> float | None:
    days = [one.waited for one in members if chosen(one)]
    return float(median(days)) if days else None


def _worst(share: Share) -> float:
    return 1.0 if share.ratio is None else share.ratio
