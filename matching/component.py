"""One component of an instance that was searched: what was found, and what none can exceed."""

from dataclasses import dataclass

from matching.shapes import Ints


@dataclass(frozen=True)
class Component:
    """Its pairs (rows of the instance), the units on them, their value, and CP-SAT's bound."""

    pairs: Ints
    units: Ints
    value: int
    bound: int
