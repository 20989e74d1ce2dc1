"""The places that a child and a volunteer must not share: its school and hand, a guardian's work.

The engine is given codes alone, and compares them: an organisation's ref, and of a workplace a part
of its keyed handle (services/workplaces.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services import workplaces
from services.care import around

Some = tuple[list[int], list[str]]
"""Sets of codes of many records: whose, and the code."""
_HANDLE_DIGITS = 16


def of_children(session: Session, children: Sequence[Any]) -> Some:
    """Return the codes of these children's schools and hands, and of where their guardians work."""
    keys = [(one.school_id, one.hand_id) for one in children]
    refs = around.organisations(session, {key for both in set(keys) for key in both})
    works = workplaces.of_guardians(session, children)
    at = {both: [refs[key] for key in both if key is not None] for both in set(keys)}
    codes = [
        [*at[both], *map(_code, works[one.id])] if one.id in works else at[both]
        for one, both in zip(children, keys, strict=True)
    ]
    rows = np.repeat(np.arange(len(codes)), [len(some) for some in codes]).tolist()
    return rows, list(chain.from_iterable(codes))


def of_volunteers(session: Session, found: Sequence[Any]) -> Some:
    """Return the codes of where these volunteers work: as an organisation, and by its name."""
    refs = around.organisations(session, (one.organisation_id for one in found))
    names = workplaces.of_organisations(session, refs)
    return _sets(
        (row, code) for row, one in enumerate(found) for code in _works_at(one, refs, names)
    )


def _works_at(one: Any, refs: Mapping[int, str], names: Mapping[int, str]) -> Iterator[str]:
    if one.organisation_id is not None:
        yield refs[one.organisation_id]
        yield _code(names[one.organisation_id])
    if one.workplace_index is not None:
        yield _code(one.workplace_index)


def _code(handle: str) -> str:
    return f"w.{handle[:_HANDLE_DIGITS]}"


def _sets(pairs: Iterator[tuple[int, str]]) -> Some:
    found = list(pairs)
    return [row for row, _ in found], [code for _, code in found]
