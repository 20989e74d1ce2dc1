"""A viewer of a kind who is nobody yet: parameters stand where a person's keys would.

A statement written for him holds no person, so one serves everybody of his kind, and is written
once. Who really asks is filled in each time (`filled`). What does not know the parameters stays
shut: he has no region and no key of anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam

from privacy.viewers import Viewer, region_prefix
from vocabulary.enums import Role

_KEYS = (
    "actor", "account_id", "organisation_id", "class_grade", "class_name", "batch_id", "donor_id",
    "pledge_id", "child_id", "stipend_id", "volunteer_id", "reveal_id", "behind", "as_of",
)  # fmt: skip
_BANNER_DIGITS = 6
Span = tuple[Any, Any]


class Kind(NamedTuple):
    """What a statement's wording may depend on: roles, which keys there are, how many regions."""

    roles: frozenset[Role]
    keys: tuple[bool, ...]
    regions: int
    banners: int


@dataclass(frozen=True, slots=True, eq=False)
class Somebody(Viewer):
    """The stand-in: where his regions and their banners begin and end are parameters too."""

    regions_span: tuple[Span, ...] = ()
    banners_span: tuple[Span, ...] = ()


def spans(viewer: Viewer) -> tuple[Span, ...]:
    """Return the first and last division code of each part of the tree the viewer works in."""
    if isinstance(viewer, Somebody):
        return viewer.regions_span
    return _spans(viewer.regions)


def banner_spans(viewer: Viewer) -> tuple[Span, ...]:
    """Return the same for the banners around his regions."""
    if isinstance(viewer, Somebody):
        return viewer.banners_span
    return _spans(tuple(code[:_BANNER_DIGITS].ljust(12, "0") for code in viewer.regions))


@lru_cache(maxsize=1024)
def _spans(codes: tuple[str, ...]) -> tuple[Span, ...]:
    prefixes = sorted({region_prefix(code) for code in codes})
    return tuple((p.ljust(12, "0"), p.ljust(12, "9")) for p in prefixes)


def kind_of(viewer: Viewer) -> Kind:
    """Return the viewer's kind."""
    keys = tuple(getattr(viewer, key) is not None for key in _KEYS)
    return Kind(viewer.roles, keys, len(spans(viewer)), len(banner_spans(viewer)))


@lru_cache(maxsize=256)
def stand_in(kind: Kind) -> Somebody:
    """Return the one stand-in of a kind."""
    held = zip(_KEYS, kind.keys, strict=True)
    keys: dict[str, Any] = {key: bindparam(f"viewer_{key}") for key, is_there in held if is_there}
    return Somebody(
        kind.roles,
        **keys,
        regions_span=_named("region", kind.regions),
        banners_span=_named("banner", kind.banners),
    )


def _named(what: str, count: int) -> tuple[Span, ...]:
    return tuple(
        (bindparam(f"viewer_{what}_{n}_first"), bindparam(f"viewer_{what}_{n}_last"))
        for n in range(count)
    )


def filled(viewer: Viewer) -> Mapping[str, Any]:
    """Return the values of the parameters for the one who really asks."""
    found = {f"viewer_{key}": getattr(viewer, key) for key in _KEYS}
    for what, where in (("region", spans(viewer)), ("banner", banner_spans(viewer))):
        for n, (first, last) in enumerate(where):
            found[f"viewer_{what}_{n}_first"] = first
            found[f"viewer_{what}_{n}_last"] = last
    return found
