"""How far a long run is, banner by banner, and a way to stop it; a stopped run returns nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from matching.columns import Ints


class Phase(StrEnum):
    """What a run is at: looking for the pairs that are permitted, or choosing among them."""

    PAIRING = "pairing"
    SOLVING = "solving"


@dataclass(frozen=True, slots=True)
class BannerSoFar:
    """A banner's needs, those of them whose part is solved, and those that part has met."""

    banner: str
    needs: int
    settled: int
    met: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: so many needs of all; `banners` are those that changed since the last."""

    phase: Phase
    done: int
    of: int
    banners: tuple[BannerSoFar, ...] = ()


class Stopped(Exception):
    """The run was stopped before its plan was whole; nothing of it is left."""


class Watch:
    """Tells of a run over these needs and asks, between its parts, whether it shall stop."""

    def __init__(
        self,
        needs: Sequence[Any],
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """Keep whom to tell and whom to ask; either may be nobody."""
        self._needs, self._tell, self._stop = needs, progress, stop
        self._phase, self._done = Phase.PAIRING, 0
        self._of, self._settled, self._met = (Counter[str]() for _ in range(3))
        if progress:
            self._of.update(_banner(need) for need in needs)

    def paired(self, needs: int) -> None:
        """Say that so many more needs have their pairs. Raises Stopped."""
        self._step(Phase.PAIRING, needs, ())

    def again(self) -> None:
        """Say that pairs are looked for once more, in another way."""
        self._done = 0

    def solved(self, rows: Ints, given: Ints) -> None:
        """Say that these needs' part is solved, and what each got. Raises Stopped."""
        self._step(Phase.SOLVING, len(rows), self._changed(rows, given) if self._tell else ())

    def without_pairs(self, rows: Ints) -> None:
        """Say that nobody fits these needs. Raises Stopped."""
        if len(rows):
            self.solved(rows, np.zeros(len(rows), dtype=np.int64))

    def _step(self, phase: Phase, needs: int, banners: Sequence[BannerSoFar]) -> None:
        if self._stop and self._stop():
            raise Stopped
        self._done = needs + (self._done if phase is self._phase else 0)
        self._phase = phase
        if self._tell:
            self._tell(Progress(phase, self._done, len(self._needs), tuple(banners)))

    def _changed(self, rows: Ints, given: Ints) -> list[BannerSoFar]:
        touched = [_banner(self._needs[row]) for row in rows.tolist()]
        self._settled.update(touched)
        self._met.update(one for one, units in zip(touched, given.tolist(), strict=True) if units)
        return [
            BannerSoFar(one, self._of[one], self._settled[one], self._met[one])
            for one in dict.fromkeys(touched)
        ]


def _banner(need: Any) -> str:
    return str(getattr(need, "banner", ""))
