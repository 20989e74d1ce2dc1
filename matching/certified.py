"""What proves a run: its records, the pairs kept, what was made, and the prices that bound it.

Packed to bytes for whoever keeps it; `matching/verify.py` judges it without the solver.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

import numpy as np

from matching.columns import Ints
from matching.kind import Kind, Weights
from matching.kinds import KINDS

MOST_DAYS: Final = 1_000
"""Days waited that count among equal scores; more count no more."""
_RECORDS: Final = "records"
_ASIDE: Final = ("kind", "needs", "offers", "weights", "seed")


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Records in the run's order, and parallel arrays over pairs, needs, offers and parts.

    Per pair kept: `need` and `offer` (rows), `score`, `units` made, and `stay`, points more a unit
    for a pair that somebody was shown already. Per need and offer: its price and its part; who has
    no pair is in the last one. Per part: `scale` (a point's worth beside a day waited), `bound` on
    (score + stay) x scale + days, and whether CP-SAT gave it instead of the prices.
    """

    kind: Kind
    needs: tuple[Any, ...]
    offers: tuple[Any, ...]
    weights: Weights
    seed: int
    need: Ints
    offer: Ints
    score: Ints
    stay: Ints
    units: Ints
    need_price: Ints
    offer_price: Ints
    need_part: Ints
    offer_part: Ints
    scale: Ints
    bound: Ints
    is_searched: Ints

    def values(self) -> Ints:
        """Return what a unit on each pair is worth: its points, then the days both sides waited."""
        waited = [_days(self.needs)[self.need], _days(self.offers)[self.offer]]
        scale = self.scale[self.need_part[self.need]]
        return (self.score + self.stay) * scale + sum(waited)

    def most_units(self) -> Ints:
        """Return what each pair could carry if nobody else gave."""
        open_ = _ints(need.units_open for need in self.needs)[self.need]
        each = _ints(offer.units_per_child for offer in self.offers)[self.offer]
        listed = np.array((0, *self.kind.sums), dtype=np.int64)
        return listed[np.searchsorted(listed, np.minimum(open_, each), side="right") - 1]

    def demand(self) -> Ints:
        """Return the units each need lacks."""
        return _ints(need.units_open for need in self.needs)

    def supply(self) -> Ints:
        """Return the units each offer has for the needs of its part, a need once."""
        size = np.bincount(self.need_part, minlength=len(self.scale))
        sides = zip(self.offers, size[self.offer_part].tolist(), strict=True)
        return _ints(min(offer.places, most) * offer.units_per_child for offer, most in sides)

    def pack(self) -> bytes:
        """Return the certificate as one compressed file of plain arrays."""
        records = {
            "kind": self.kind.name,
            "needs": [asdict(need) for need in self.needs],
            "offers": [asdict(offer) for offer in self.offers],
            "weights": asdict(self.weights),
            "digest": self.weights.digest,
            "seed": self.seed,
        }
        written = io.BytesIO()
        text = np.frombuffer(json.dumps(records, default=sorted).encode(), dtype=np.uint8)
        arrays: dict[str, Any] = {name: getattr(self, name) for name in _arrays()}
        np.savez_compressed(written, **(arrays | {_RECORDS: text}))
        return written.getvalue()

    @classmethod
    def unpack(cls, packed: bytes, kinds: Mapping[str, Kind] = KINDS) -> Self:
        """Read what `pack` wrote. Raises ValueError, KeyError or BadRecord where it is damaged."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as read:
            given = json.loads(read[_RECORDS].tobytes())
            arrays = {name: read[name].astype(np.int64) for name in _arrays()}
        kind = kinds[given["kind"]]
        weights = kind.weights(**given["weights"])
        if weights.digest != given["digest"]:
            raise ValueError(weights.version)
        return cls(
            kind=kind,
            needs=tuple(kind.need(**_sets(one)) for one in given["needs"]),
            offers=tuple(kind.offer(**_sets(one)) for one in given["offers"]),
            weights=weights,
            seed=given["seed"],
            **arrays,
        )


def _sets(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's fields as they were: a list in JSON was a set."""
    return {name: frozenset(one) if isinstance(one, list) else one for name, one in record.items()}


def _days(records: Sequence[Any]) -> Ints:
    return _ints(min(record.waiting_days, MOST_DAYS) for record in records)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _arrays() -> list[str]:
    return [one.name for one in fields(Certificate) if one.name not in _ASIDE]
