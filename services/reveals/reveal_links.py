"""The guardian's own link to what is asked of a family, and to whom it knows; no slip opens that.

It belongs to the guardian to whose telephone it goes, and dies with that guardian's charge.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.notices import AccessLink
from models.reveals import Reveal
from privacy.viewers import Viewer
from services import links
from services.kin.reached import reached
from services.links import Subject
from vocabulary.dates import today
from vocabulary.enums import KinRole, LinkPurpose, Role
from vocabulary.errors import LinkExpired, NotFound


def guardian_with_phone(session: Session, child_id: int, *, now: datetime) -> int | None:
    """Return the key of the guardian to whose telephone the link goes, or None."""
    kin = reached(session, child_id, now=now, guardians_only=True)
    return kin.id if kin else None


def make(session: Session, by: Viewer, subject: str, *, now: datetime) -> str:
    """Make a link to "reveal:<ref>" for the child's guardian. Raises NotFound without one."""
    reveal = _reveal(session, subject)
    kin_id = guardian_with_phone(session, reveal.child_id, now=now)
    if kin_id is None:
        raise NotFound()
    to = Subject(reveal_id=reveal.id, kin_id=kin_id)
    return links.make(session, by, LinkPurpose.REVEAL, to, now=now)


def _reveal(session: Session, subject: str) -> Reveal:
    found = session.scalar(select(Reveal).where(Reveal.ref == subject.partition(":")[2]))
    if found is None:
        raise NotFound()
    return found


def open_reveal(session: Session, token: str, *, now: datetime) -> Viewer:
    """Return the family behind its guardian's link. Raises LinkExpired, also for one relieved."""
    link = links.find(session, token, LinkPurpose.REVEAL, now=now)
    return family_behind(session, link, on=today(now))


def family_behind(session: Session, link: AccessLink, *, on: date) -> Viewer:
    """Return the family of a guardian's own link. Raises LinkExpired for one relieved of the charge."""
    kin = session.get_one(Kin, link.kin_id)
    is_relieved = kin.until_on is not None and kin.until_on <= on
    if is_relieved or kin.kin_role is not KinRole.GUARDIAN:
        raise LinkExpired()
    child = session.get_one(Child, kin.child_id)
    return Viewer(
        frozenset({Role.FAMILY}),
        actor=f"family:{child.ref}",
        child_id=child.id,
        organisation_id=child.school_id,
        reveal_id=link.reveal_id,
        behind=kin.ref,
    )
