"""The guardian's own link to a child's letters. It dies with that guardian's charge of the child."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from privacy.viewers import Viewer
from services import links
from services.links import Subject
from services.reveals.reveal_links import family_behind, guardian_with_phone
from vocabulary.dates import today
from vocabulary.enums import LinkPurpose
from vocabulary.errors import NotFound


def make(session: Session, by: Viewer, subject: str, *, now: datetime) -> str:
    """Make a link to "letters:<child>" for the child's guardian. Raises NotFound without one."""
    ref = subject.partition(":")[2]
    child_id = session.scalar(select(Child.id).where(Child.ref == ref))
    kin_id = guardian_with_phone(session, child_id, now=now) if child_id else None
    if kin_id is None:
        raise NotFound()
    return links.make(session, by, LinkPurpose.LETTERS, Subject(kin_id=kin_id), now=now)


def open_letters(session: Session, token: str, *, now: datetime) -> Viewer:
    """Return the family behind its guardian's link. Raises LinkExpired, also for one relieved."""
    link = links.find(session, token, LinkPurpose.LETTERS, now=now)
    return family_behind(session, link, on=today(now))
