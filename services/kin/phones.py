"""Another telephone of a guardian or carer: asked by one, compared by another, told to the old one.

Links to letters and questions about money go there. So it holds three whole days after the second
yes, be it the first number, another one or one after a loss; whoever may object
(services/kin/warned.py) and the banner's other case staff are told at once, and any of them stops it.
While somebody fears for the child, whom the report names hears nothing: no login of theirs, and of a
family that is named only whose number it is.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services.batches.school_accounts import WAITS
from services.children.newcomers import phone_index
from services.children.readiness import settle
from services.danger import protection
from services.kin import changes, warned
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


def announce(session: Session, amendment: Amendment, *, now: datetime) -> None:
    """Say from when on it holds; tell the old number, whoever else may object, and colleagues."""
    amendment.holds_on = today(now) + WAITS + timedelta(days=1)
    child = session.get_one(Child, amendment.child_id)
    kind, subject = NoticeKind.PHONE_CHANGES, f"amendment:{amendment.ref}"
    is_named = child.in_danger and protection.names_family(session, child.id)
    own = (Kin.id == amendment.kin_id,) if is_named else ()
    keys = warned.warned(session, child.id, *own, on=today(now))
    told = [(Recipient(RecipientKind.GUARDIAN, key), subject) for key in keys]
    notices.queue_all(session, kind, told, now=now)
    but = {actor for actor in (amendment.asked_by, amendment.decided_by) if actor}
    if child.in_danger:
        but |= protection.accused_in(session, child.id)
    notices.to_roles(session, CASE_STAFF, child.region_code, kind, subject, now=now, but=but)


def write(session: Session, by: Viewer, amendment: Amendment, *, now: datetime) -> None:
    """Let the other number hold; every link that went to the one before is dead."""
    kin = session.get_one(Kin, amendment.kin_id)
    changes.shut(session, kin, now=now)
    amendment.number_before, kin.phone = kin.phone, amendment.number
    kin.phone_index = phone_index(amendment.number or "")
    settle(session, by, session.get_one(Child, amendment.child_id), now=now)
