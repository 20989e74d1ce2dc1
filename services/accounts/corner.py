"""The corner of every page: who is signed in, and what stands beside the entries of his menu."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.regions import Region
from models.somebody import Kind, filled, kind_of, stand_in
from privacy.viewers import Viewer
from services import gate
from services.care import visit_lists
from services.custody import custody_desk
from services.danger import harm
from services.gate import Card, Part, Wanted
from services.guardians import guardian_requests
from services.letters import letter_desk
from services.notices import inbox
from services.oversight import file_access


class Counted(StrEnum):
    """What waits for the viewer, as his menu counts it."""

    MESSAGES = "messages"
    REPORTS = "reports"
    CUSTODY = "custody"
    FILES = "files"
    LETTERS = "letters"
    GUARDIANS = "guardians"
    WORRIES = "worries"


_COUNTS: Mapping[Counted, Callable[[Viewer], ColumnElement[int]]] = {
    Counted.MESSAGES: inbox.not_read,
    Counted.REPORTS: harm.not_taken_up,
    Counted.CUSTODY: custody_desk.not_decided,
    Counted.FILES: file_access.not_decided,
    Counted.LETTERS: letter_desk.not_decided,
    Counted.GUARDIANS: guardian_requests.not_answered,
    Counted.WORRIES: visit_lists.waiting,
}
_PLACE = Part(Region, Region.code == Account.region_code, ("name",))


def of(session: Session, viewer: Viewer, counted: frozenset[Counted]) -> Card:
    """Return the counts, and of an account its name and place, in one statement."""
    if viewer.account_id is not None:
        found = gate.ask(session, viewer, _of_account(viewer, counted))
        return found[0] if found else Card({})  # an account without a role sees not even itself
    if not counted:
        return Card({})
    query = _of_link(kind_of(viewer), counted)
    return Card(dict(session.execute(query, filled(viewer)).mappings().one()))


@gate.written_once
def _of_account(viewer: Viewer, counted: frozenset[Counted]) -> Wanted:
    own = Account.id == viewer.account_id
    beside = _beside(viewer, counted)
    return Wanted(
        Account, {"place": _PLACE}, fields=("name",), where=(own,), few=True, beside=beside
    )


@lru_cache(maxsize=256)
def _of_link(kind: Kind, counted: frozenset[Counted]) -> Select[Any]:
    beside = _beside(stand_in(kind), counted)
    return select(*(count.label(name) for name, count in beside.items()))


def _beside(viewer: Viewer, counted: frozenset[Counted]) -> dict[str, ColumnElement[Any]]:
    return {what.value: _COUNTS[what](viewer) for what in sorted(counted)}
