"""代收: what a unit's colleagues are to give this month, by payment reference, and what came.

What is due comes from the pledge's own terms, never from a match: no child's state changes a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.organisations import Organisation
from models.pledges import Pledge
from models.vault import VaultPledge, VaultReceipt
from models.work_units import Colleague, Collection
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.work_units import one_side
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import PledgeStatus, Rhythm, Role
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, due_days

_GIVES = (PledgeStatus.OFFERED, PledgeStatus.CONFIRMED, PledgeStatus.ENDING)


@dataclass(frozen=True, slots=True)
class Line:
    """One colleague's code in one month."""

    reference: str
    due_fen: Fen
    came_fen: Fen

    @property
    def left_fen(self) -> Fen:
        """Return what is still to be collected."""
        return Fen(max(0, self.due_fen - self.came_fen))


@dataclass(frozen=True, slots=True)
class Month:
    """A unit's month: `code` is None until the clerk begins to collect."""

    name: str
    code: str | None
    month: date
    lines: Sequence[Line]

    @property
    def due_fen(self) -> Fen:
        """Return what all are to give."""
        return Fen(sum(line.due_fen for line in self.lines))

    @property
    def came_fen(self) -> Fen:
        """Return what came of all."""
        return Fen(sum(line.came_fen for line in self.lines))

    @property
    def left(self) -> Sequence[Line]:
        """Return the lines of which something is to be collected."""
        return [line for line in self.lines if line.left_fen]

    @property
    def remark(self) -> str:
        """Write the list as the collecting desk's statement divides one transfer by it."""
        return " ".join(f"{line.reference}:{_plain(line.left_fen)}" for line in self.left)


def begin(session: Session, by: Viewer, *, now: datetime) -> str:
    """Begin to collect, and return the code that colleagues type; the same one when begun.

    Raises BadInput for a unit that hands over.
    """
    require(by, Act.COLLECT_FROM_COLLEAGUES)
    if by.organisation_id is None:
        raise NotFound()
    found = gate.cards(session, by, Collection)
    if found:
        return str(found[0]["code"])
    one_side.check(session, by.organisation_id, Role.UNIT_COLLECTOR)
    made = Collection(organisation_id=by.organisation_id, opened_on=today(now))
    session.add(made)
    session.flush()
    trace.record(session, by, "unit.begin", _subject(session, by), now=now)
    return made.code


def month(session: Session, viewer: Viewer, *, now: datetime) -> Month:
    """Return this month's list of the clerk's own unit, in the order of the codes."""
    require(viewer, Act.COLLECT_FROM_COLLEAGUES)
    first = first_of_month(today(now))
    codes = [one["code"] for one in gate.cards(session, viewer, Collection)]
    own = gate.cards(session, viewer, Colleague, where=(Colleague.left_on.is_(None),))
    references = sorted(one["payment_reference"] for one in own)
    came = _came(session, references, first)
    name = session.scalar(
        select(Organisation.name).where(Organisation.id == viewer.organisation_id)
    )
    return Month(
        name=name or "",
        code=codes[0] if codes else None,
        month=first,
        lines=[
            Line(reference, _due(pledge, first), Fen(came.get(reference, 0)))
            for reference, pledge in _terms(session, references)
        ],
    )


def take_list(session: Session, by: Viewer, *, now: datetime) -> Card:
    """Return what is to be collected, to go with the transfer, and keep that it was taken."""
    found = month(session, by, now=now)
    lines = [(one.reference, one.left_fen) for one in found.left]
    trace.record(session, by, "unit.list", _subject(session, by), now=now)
    return Card(name=found.name, month=found.month, lines=lines)


def _subject(session: Session, viewer: Viewer) -> str:
    own = Organisation.id == viewer.organisation_id
    return f"organisation:{session.scalars(select(Organisation.ref).where(own)).one()}"


def _terms(session: Session, references: Sequence[str]) -> list[tuple[str, Pledge]]:
    rows = session.execute(
        select(VaultPledge.payment_reference, Pledge)
        .join(Pledge, Pledge.id == VaultPledge.pledge_id)
        .where(VaultPledge.payment_reference.in_(references))
        .order_by(VaultPledge.payment_reference)
    )
    return [(reference, pledge) for reference, pledge in rows]


def _due(pledge: Pledge, first: date) -> Fen:
    rhythm: Rhythm | None = pledge.rhythm
    if rhythm is None or pledge.status not in _GIVES:
        return Fen(0)
    last = add_months(first, 1)
    days = [day for day in due_days(STANDARD[rhythm], start=first, until=last) if day < last]
    is_over = pledge.ends_on is not None and bool(days) and days[0] >= pledge.ends_on
    return Fen(0 if is_over else len(days) * pledge.instalment_fen * pledge.children_wanted)


def _came(session: Session, references: Sequence[str], first: date) -> dict[str, int]:
    rows = session.execute(
        select(VaultPledge.payment_reference, func.sum(Receipt.amount_fen))
        .join(VaultReceipt, VaultReceipt.pledge_id == VaultPledge.pledge_id)
        .join(Receipt, Receipt.id == VaultReceipt.receipt_id)
        .where(
            VaultPledge.payment_reference.in_(references),
            Receipt.received_on >= first,
            Receipt.received_on < add_months(first, 1),
        )
        .group_by(VaultPledge.payment_reference)
    )
    return {reference: int(fen) for reference, fen in rows}


def _plain(fen: int) -> str:
    yuan, cents = divmod(fen, 100)
    return f"{yuan}.{cents:02d}" if cents else str(yuan)
