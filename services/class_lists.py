"""Passing one class of one batch to its class teacher: a link that one device alone may open."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, links, trace
from services.gate import Card
from services.hand_lists import as_hand
from services.links import DAYS, Subject
from vocabulary.classes import class_label
from vocabulary.dates import today
from vocabulary.enums import LinkPurpose
from vocabulary.errors import NotFound


def pass_class(session: Session, by: Viewer, batch_ref: str, label: str, *, now: datetime) -> Card:
    """Make a class's link and the six digits for its first device; earlier ones end.

    Returns token, code, class_label and expires_on: shown once, kept as hashes only.
    Raises NotFound for a class that is not on the batch.
    """
    require(by, Act.PASS_CLASS_LIST)
    hand = as_hand(by)
    found = gate.row(session, hand, Batch, Batch.ref == batch_ref)
    grade, name = _class_of(session, hand, found, label)
    subject = Subject(batch_id=found.id, class_grade=grade, class_name=name)
    links.revoke_class(session, subject, now=now)
    token = links.make(session, by, LinkPurpose.CLASS_LIST, subject, now=now)
    code = links.set_code(session, token, now=now)
    trace.record(session, by, "batch.pass_class", f"batch:{batch_ref}", now=now, why=label)
    expires_on = today(now) + timedelta(days=DAYS[LinkPurpose.CLASS_LIST])
    return Card({"token": token, "code": code, "class_label": label, "expires_on": expires_on})


def _class_of(
    session: Session, hand: Viewer, found: Batch, label: str
) -> tuple[int | None, str | None]:
    lines = (
        select(Match.child_id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(Stipend.batch_id == found.id)
    )
    pupils = gate.cards(
        session, hand, Child, fields=("grade", "class_name"), where=(Child.id.in_(lines),)
    )
    for pupil in pupils:
        if class_label(pupil["grade"], pupil["class_name"]) == label:
            return pupil["grade"], pupil["class_name"]
    raise NotFound()
