"""Another telephone of a guardian or carer: asked by one, compared by another, told to the old one.

Links to letters and questions about money go there. So whoever is in charge of the child and has a
telephone is told at once, and the other number holds three whole days after the second yes;
anybody of the case staff can stop it. Where nobody can be told it holds at once.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from privacy.viewers import Viewer
from services.batches.school_accounts import WAITS
from services.children.newcomers import phone_index
from services.children.readiness import settle
from services.kin import changes
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import AmendmentKind, NoticeKind, RecipientKind
from vocabulary.errors import BadInput


def asked(session: Session, by: Viewer, child_ref: str, ref: str, *, phone: str) -> Amendment:
    """Return what one person asks for. Raises BadInput for the number that stands, AlreadyDecided."""
    child, kin = changes.in_charge(session, by, child_ref, ref)
    if phone == kin.phone:
        raise BadInput(field="phone", reason="same_phone")
    return Amendment(
        kind=AmendmentKind.KIN_PHONE, child_id=child.id, kin_id=kin.id, name=kin.name, number=phone
    )


def is_in_charge(session: Session, amendment: Amendment) -> bool:
    """Say whether whose telephone it is still looks after the child."""
    return session.get_one(Kin, amendment.kin_id).until_on is None


def waits(session: Session, amendment: Amendment) -> bool:
    """Say whether somebody can be told, and may object: then it holds three days later."""
    return session.scalar(select(Kin.id).where(*_told(amendment)).limit(1)) is not None


def announce(session: Session, amendment: Amendment, *, now: datetime) -> None:
    """Say from when on it holds, and tell the old number and whoever else looks after the child."""
    amendment.holds_on = today(now) + WAITS + timedelta(days=1)
    keys = session.scalars(select(Kin.id).where(*_told(amendment)).order_by(Kin.id))
    subject = f"amendment:{amendment.ref}"
    told = [(Recipient(RecipientKind.GUARDIAN, key), subject) for key in keys]
    notices.queue_all(session, NoticeKind.PHONE_CHANGES, told, now=now)


def _told(amendment: Amendment) -> tuple[ColumnElement[bool], ...]:
    return (
        Kin.child_id == amendment.child_id,
        Kin.until_on.is_(None),
        Kin.phone.is_not(None),
    )


def write(session: Session, by: Viewer, amendment: Amendment, *, now: datetime) -> None:
    """Let the other number hold; every link that went to the one before is dead."""
    kin = session.get_one(Kin, amendment.kin_id)
    amendment.number_before, kin.phone = kin.phone, amendment.number
    kin.phone_index = phone_index(amendment.number or "")
    changes.shut(session, kin, now=now)
    settle(session, by, session.get_one(Child, amendment.child_id), now=now)
