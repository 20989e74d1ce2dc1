"""The link in the question to a family: the page that its slip's code opens, and nothing more."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import links
from services.handover.hand_lists import is_line
from services.kin.reached import reached
from services.links import Subject
from vocabulary.enums import LinkPurpose
from vocabulary.errors import NotFound


def make(session: Session, by: Viewer, subject: str, *, now: datetime) -> str:
    """Make a link to "stipend:<ref>" for whoever the message goes to: it dies with their charge.

    Raises NotFound for what is no instalment.
    """
    ref = subject.partition(":")[2]
    its = select(Stipend.id, Match.child_id).join(Match, Match.id == Stipend.match_id)
    row = session.execute(its.where(*is_line(ref))).one_or_none()
    if row is None:
        raise NotFound()
    kin = reached(session, row.child_id, now=now)
    to = Subject(stipend_id=row.id, kin_id=kin.id if kin else None)
    return links.make(session, by, LinkPurpose.SLIP, to, now=now)
