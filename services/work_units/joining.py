"""A donor says that his work unit collects for one of his pledges, by the unit's code."""

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.pledges import Pledge
from models.work_units import Colleague, Collection
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.vault import vault
from services.work_units import one_side
from vocabulary.dates import today
from vocabulary.enums import Chain
from vocabulary.errors import BadInput


def page(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return which unit collects for a donor's pledge, None for none. Raises NotFound."""
    require(viewer, Act.JOIN_COLLECTION)
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    standing = _standing(session, viewer, pledge)
    name = session.get_one(Organisation, standing.organisation_id).name if standing else None
    return Card(ref=ref, unit=name, joined_on=standing.joined_on if standing else None)


def join(session: Session, viewer: Viewer, ref: str, code: str, *, now: datetime) -> None:
    """Let a unit collect for a pledge, in the place of the one before. Raises BadInput(code)."""
    require(viewer, Act.JOIN_COLLECTION)
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    typed = unicodedata.normalize("NFKC", code).strip().upper()
    unit = session.scalar(select(Collection.organisation_id).where(Collection.code == typed))
    # A unit that hands over is as unknown as a wrong code: nobody learns by typing who gives what.
    if unit is None or one_side.hands_over(session, unit):
        raise BadInput(field="code", reason="unknown")
    before = _standing(session, viewer, pledge)
    if before is not None and before.organisation_id == unit:
        return
    _end(session, before, now=now)
    reference = vault.reference_of(session, pledge.id)
    session.add(Colleague(organisation_id=unit, payment_reference=reference, joined_on=today(now)))
    session.flush()
    _trace(session, viewer, "unit.join", ref, now=now)


def leave(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> None:
    """Let no unit collect for a pledge any more."""
    require(viewer, Act.JOIN_COLLECTION)
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    before = _standing(session, viewer, pledge)
    if before is not None:
        _end(session, before, now=now)
        _trace(session, viewer, "unit.leave", ref, now=now)


def _standing(session: Session, viewer: Viewer, pledge: Pledge) -> Colleague | None:
    reference = vault.reference_of(session, pledge.id)
    own = Colleague.payment_reference == reference, Colleague.left_on.is_(None)
    return next(iter(gate.rows(session, viewer, Colleague, *own)), None)


def _end(session: Session, one: Colleague | None, *, now: datetime) -> None:
    if one is not None:
        one.left_on = today(now)
        session.flush()


def _trace(session: Session, viewer: Viewer, act: str, ref: str, *, now: datetime) -> None:
    trace.record(session, viewer, act, f"pledge:{ref}", now=now, chain=Chain.CUSTODIAN)
