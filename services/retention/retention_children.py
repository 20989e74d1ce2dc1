"""Letting go of the details of a child whose record is over: what the books need stays.

The name and the payments stay under the law on accounting archives, for storage only: nobody but
case staff stands near an ended child. All else that tells who it is, where it lives and how it
fares is emptied, in its own row and in those that hang on it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.care import CareMatch
from models.children import Child, Kin, Need
from models.file_access import FileAccess
from models.pledges import Match
from models.routes import BankCard, ChildRoute
from models.stipends import Gift, Stipend
from models.stood import PlaceBefore, WorkBefore
from models.surgeries import Surgery
from models.transfers import Transfer
from models.visits import FadingNote, Visit
from privacy.viewers import Viewer
from services import trace
from vocabulary.enums import ChildStatus

_CHILD = ("id_number", "id_index", "birth_on", "ethnicity", "address", "remark")
_HANGING: tuple[tuple[Any, dict[str, str | None]], ...] = (
    (Kin, dict.fromkeys(("phone", "phone_index", "workplace", "workplace_index")) | {"name": ""}),
    (Need, {"detail": None}),
    (BankCard, {"holder": "", "bank": "", "number": "", "number_index": "", "tail": ""}),
    (ChildRoute, {"note": None}),
    (PlaceBefore, {"address": None}),
    (WorkBefore, {"workplace": None}),
    (Transfer, {"name": "", "words": "", "answer": None}),
    (FileAccess, {"words": None, "decided_because": None}),
    (Surgery, {"note": ""}),
    (CareMatch, {"proposal_note": None, "refusal_note": None}),
    (Visit, {"words": None}),
    (FadingNote, {"words": None}),
    (Match, {"proposal_note": None, "decline_note": None}),
    # A card's holder and bank as well: they stand here as they did on the card.
    (
        Amendment,
        dict.fromkeys(("number", "number_before", "name_before", "bank", "bank_before"))
        | {"name": "", "reason": ""},
    ),
)


def erase(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    """Empty the details of one child and of what hangs on it."""
    for name in _CHILD:
        setattr(child, name, None)
    for table, values in _HANGING:
        for row in session.scalars(select(table).where(table.child_id == child.id)):
            for name, value in values.items():
                setattr(row, name, value)
    session.flush()
    trace.record(session, by, "child.erase", f"child:{child.ref}", now=now)


def ended_before(session: Session, day: date, *, most: int) -> list[Child]:
    """Return children whose record ended before the day, with details left and nothing due."""
    reachable = Child.id.in_(select(Kin.child_id).where(Kin.phone.is_not(None)))
    has_details = or_(reachable, *(getattr(Child, name).is_not(None) for name in _CHILD))
    found = select(Child).where(
        Child.status == ChildStatus.ENDED,
        Child.ended_on < day,
        has_details,
        *(Child.id.not_in(_owed(table)) for table in (Stipend, Gift)),
    )
    return list(session.scalars(found.order_by(Child.id).limit(most)))


def is_due(session: Session, child_id: int) -> bool:
    """Say whether money is still on its way to a child."""
    owed = or_(*(Child.id.in_(_owed(table)) for table in (Stipend, Gift)))
    return session.scalar(select(Child.id).where(Child.id == child_id, owed)) is not None


def _owed(table: type[Stipend] | type[Gift]) -> Select[int]:
    """Select the children with an instalment or a gift that has come to no end yet."""
    return (
        select(Match.child_id)
        .join(table, table.match_id == Match.id)
        .where(
            table.cancelled_on.is_(None),
            table.confirmed_on.is_(None),
            table.handed_over_on.is_(None),
            table.written_off_on.is_(None),
        )
    )
