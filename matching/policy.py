"""The versioned policy of weights: one file, read and checked with the place of every fault."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from matching.kind import Kind, Weights
from matching.kinds import KINDS
from matching.records import BadRecord, stated_fields

_FILE: Final = "the file"
STATED: Final = Path(__file__).with_name("policy.toml")


class BadPolicy(ValueError):
    """What is wrong with a policy, and where in the file."""

    def __init__(self, place: str, fault: str) -> None:
        """Keep both for whoever shows it."""
        super().__init__(f"{place}: {fault}")
        self.place = place
        self.fault = fault


def stated(kind: Kind) -> Weights:
    """Return the weights of a kind that policy.toml states."""
    return _stated()[kind.name]


@cache
def _stated() -> dict[str, Weights]:
    return read_policy(STATED.read_text(encoding="utf-8"))


def read_policy(text: str, kinds: Mapping[str, Kind] = KINDS) -> dict[str, Weights]:
    """Read the weights of every kind. Raises BadPolicy."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(_FILE, f"is no TOML: {error}") from error
    for name in given.keys() - kinds.keys():
        raise BadPolicy(name, f"is no kind; there are {', '.join(kinds)}")
    return {name: _weights(kind, given.get(name)) for name, kind in kinds.items()}


def _weights(kind: Kind, given: Any) -> Weights:
    if not isinstance(given, dict):
        raise BadPolicy(kind.name, "must be a section of its own")
    known = {name for name, _ in stated_fields(kind.weights)}
    for name in sorted(given.keys() ^ known):
        place = f"{kind.name}.{name}"
        raise BadPolicy(place, "is missing" if name in known else "is no weight of this kind")
    try:
        return kind.weights(**given)
    except BadRecord as error:
        place = f"{kind.name}.{error.field.removeprefix('weights.')}"
        raise BadPolicy(place, error.fault) from error
