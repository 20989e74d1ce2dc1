"""How far a long run is, banner by banner, and a way to stop it; a stopped run returns nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.shapes import Ints


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
    """Tells of a run over so many needs and asks, between its parts, whether it shall stop."""

    def __init__(
        self,
        needs: int,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        *,
        banners: Ints | None = None,
    ) -> None:
        """Keep whom to tell and whom to ask, either may be nobody, and each need's banner."""
        self._tell, self._stop = progress, stop
        self._phase, self._done, self._all = Phase.PAIRING, 0, needs
        own = np.zeros(needs, dtype=np.int64) if banners is None else banners
        self._names, self._banner = np.unique(own, return_inverse=True)
        self._of = np.bincount(self._banner, minlength=len(self._names))
        self._settled, self._met = np.zeros((2, len(self._names)), dtype=np.int64)

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
            self._tell(Progress(phase, self._done, self._all, tuple(banners)))

    def _changed(self, rows: Ints, given: Ints) -> list[BannerSoFar]:
        touched = self._banner[rows]
        self._settled += np.bincount(touched, minlength=len(self._names))
        self._met += np.bincount(touched[given > 0], minlength=len(self._names))
        return [
            BannerSoFar(_name(number), of, settled, met)
            for number, of, settled, met in (
                (self._names[one], int(self._of[one]), int(self._settled[one]), int(self._met[one]))
                for one in np.unique(touched)
            )
        ]


def _name(number: int) -> str:
    """Return the code of a banner by its first six digits; none where a kind has no banners."""
    return str(number).ljust(12, "0") if number else ""
