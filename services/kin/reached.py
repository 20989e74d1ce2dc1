"""Who of those who look after a child is written to: the carer first, else the guardian."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.children import Kin
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import KinRole
from vocabulary.errors import BadInput


def reached(
    session: Session, child_id: int, *, now: datetime, guardians_only: bool = False
) -> Kin | None:
    """Return whose telephone a message about a child goes to now, or None."""
    people = session.scalars(
        select(Kin)
        .where(Kin.child_id == child_id, or_(Kin.until_on.is_(None), Kin.until_on > today(now)))
        .order_by(Kin.id)
    ).all()
    if guardians_only:
        people = [kin for kin in people if kin.kin_role is KinRole.GUARDIAN]
    by_care = sorted(people, key=lambda kin: kin.kin_role is not KinRole.CARER)
    return next((kin for kin in by_care if _is_a_way(kin.phone)), None)


def _is_a_way(phone: str | None) -> bool:
    try:
        vault.read_contact(phone or "")
    except BadInput:
        return False
    return True
