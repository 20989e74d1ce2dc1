"""Where a guardian works, written down by the case staff: nobody of there is to hand money over.

A unit of that name steps aside at once (回避): the child's way goes over to the banner's own office,
and of what lies with the unit its clerk has to say again who works there before anything is handed
over; then these lines go back, whatever was ticked (services/work_units/stepping_aside.py).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.viewers import Viewer
from services import stood, trace, workplaces
from services.kin import changes
from services.routes import deciding
from vocabulary.enums import BatchStatus, KinRole, Route
from vocabulary.errors import BadInput


def say(
    session: Session, by: Viewer, child_ref: str, ref: str, name: str, *, now: datetime
) -> None:
    """Write down where a guardian works; nothing for no work, or none that we know.

    Raises BadInput(workplace) for a carer, AlreadyDecided for who looks after the child no more.
    """
    child, kin = changes.in_charge(session, by, child_ref, ref)
    if kin.kin_role is not KinRole.GUARDIAN:
        raise BadInput(field="workplace", reason="guardians_only")
    is_true_row = stood.write_work(session, by, kin, name, now=now)
    trace.record(session, by, "kin.work", f"child:{child_ref}", now=now)
    if is_true_row:
        keep_apart(session, by, child, now=now)


def keep_apart(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    """Let the unit step aside that brings the child its money, where a guardian works there."""
    if child.hand_id is None or child.route is not Route.WORK_UNIT:
        return
    if not workplaces.works_at(session, child.id, child.hand_id):
        return
    unit = child.hand_id
    deciding.step_aside(session, by, child, now=now)
    its = select(Stipend.batch_id).join(Match, Match.id == Stipend.match_id)
    lies_there = (
        Batch.organisation_id == unit,
        Batch.status == BatchStatus.SENT,
        Batch.id.in_(its.where(Match.child_id == child.id)),
    )
    for batch in session.scalars(select(Batch).where(*lies_there)):
        batch.cleared_on = None
    session.flush()
