"""A school's first account: written down by one person, in force once a second agreed (law 8).

Changing one that stands is services/amendments.py; both wait in the same list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from vocabulary.dates import today
from vocabulary.enums import AmendmentKind, AmendmentStatus
from vocabulary.refs import new_ref

LISTED = "学校名单里写的，请对开户证明。"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a list says of a school's account; any of the three may be missing."""

    name: str | None = None
    bank: str | None = None
    number: str | None = None


def plain_number(text: str) -> str:
    """Return an account's number without the gaps in which people write it."""
    return "".join(text.split()).replace("-", "")


def ask_listed(
    session: Session, by: Viewer, listed: Mapping[str, NewAccount], *, now: datetime
) -> int:
    """Let the accounts of newly entered schools, by their refs, wait for a second person."""
    require(by, Act.ENTER_SCHOOL)
    found = session.execute(
        select(Organisation.id, Organisation.ref, Organisation.name)
        .where(Organisation.ref.in_(listed))
        .order_by(Organisation.id)
    )
    rows = [
        {
            "ref": new_ref("amendment"),
            "kind": AmendmentKind.SCHOOL_ACCOUNT,
            "organisation_id": key,
            "name": listed[ref].name or name,
            "bank": listed[ref].bank,
            "number": plain_number(listed[ref].number or "") or None,
            "reason": LISTED,
            "status": AmendmentStatus.ASKED,
            "asked_by": by.actor,
            "asked_on": today(now),
        }
        for key, ref, name in found
    ]
    if rows:
        session.execute(insert(Amendment), rows)
    return len(rows)
