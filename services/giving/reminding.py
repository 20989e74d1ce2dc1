"""How many days before a due day without money a donor wants to hear of it, pledge by pledge."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.pledges import Pledge
from privacy.viewers import Viewer
from services import gate, trace
from vocabulary.enums import Chain, PledgeStatus
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.todo import REMIND_DAYS


def choose(session: Session, viewer: Viewer, ref: str, days: int, *, now: datetime) -> None:
    """Keep it; holds from today on. Raises BadInput for days that are not offered."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    if pledge.status is PledgeStatus.ENDED:
        raise AlreadyDecided()
    if days not in REMIND_DAYS:
        raise BadInput(field="days", reason="not_offered")
    pledge.remind_days = days
    session.flush()
    subject = f"pledge:{ref}"
    trace.record(session, viewer, "pledge.remind", subject, now=now, chain=Chain.CUSTODIAN)
