"""回避 at each list: a unit's clerk says first of which families a guardian works in his unit.

Before that word he hands over nothing of the list, so that somebody who began to work there since the
way was decided is asked about again, batch by batch. What he names stays unopened and goes back, and
the child's money comes by the banner's own office from then on. Nobody on the payers' side is asked,
read or told (docs/security/work-units.md).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import gate, trace, workplaces
from services.handover import handing
from services.handover.hand_lists import is_line
from services.handover.handing import Said
from services.handover.whole_lists import hand_of
from services.notices import notices
from services.routes import deciding
from vocabulary.dates import today
from vocabulary.enums import Evidence, NoticeKind, Route, Snag
from vocabulary.errors import AlreadyDecided


def say(
    session: Session, by: Viewer, batch_ref: str, *, own_staff: Collection[str], now: datetime
) -> int:
    """Keep of whose lines (refs) a guardian works in the unit, of the others that none does.

    All that is open for the same child steps aside with the line that was named, and where the case
    staff wrote down that a guardian works in the unit, whatever is said here. May be said again as
    long as a line is open, when somebody is met at the door. Returns how many step aside.
    Raises NotFound for what is no unit's list or line, AlreadyDecided for a line that is stated, and
    when nothing new is said.
    """
    hand = hand_of(by)
    batch = gate.row(session, hand, Batch, Batch.ref == batch_ref, Batch.route == Route.WORK_UNIT)
    lines = _open_lines(session, hand, batch, own_staff)
    if batch.cleared_on is not None and not lines:
        raise AlreadyDecided()
    batch.cleared_on = batch.cleared_on or today(now)
    detail = {"own_staff": sorted(set(own_staff))}
    trace.record(session, by, "batch.clear", f"batch:{batch_ref}", now=now, detail=detail)
    if lines:
        _step_aside(session, by, batch, lines, now=now)
    session.flush()
    return len(lines)


def _open_lines(
    session: Session, hand: Viewer, batch: Batch, refs: Collection[str]
) -> Sequence[Stipend]:
    """Return what is open for the children of these lines, and where the record names the unit."""
    inside = Stipend.batch_id == batch.id
    named = [gate.row(session, hand, Stipend, *is_line(ref), inside) for ref in sorted(set(refs))]
    children = select(Match.child_id).where(Match.id.in_([one.match_id for one in named]))
    known = workplaces.of_staff(session, batch.organisation_id or 0)
    own = or_(Match.child_id.in_(children), Match.child_id.in_(known))
    theirs = Stipend.match_id.in_(select(Match.id).where(own))
    open_ones = (
        Stipend.sent_on.is_not(None),
        Stipend.handed_over_on.is_(None),
        Stipend.not_handed_over_on.is_(None),
        Stipend.returned_on.is_(None),
        Stipend.written_off_on.is_(None),
    )
    found = select(Stipend).where(inside, theirs, *open_ones).order_by(Stipend.id)
    lines = session.scalars(found).all()
    if not {one.id for one in named} <= {one.id for one in lines}:
        raise AlreadyDecided()
    return lines


def _step_aside(
    session: Session, by: Viewer, batch: Batch, lines: Collection[Stipend], *, now: datetime
) -> None:
    """Send what was named back, let the children's money come another way, and tell case staff."""
    said = [(stipend, Said(Snag.OWN_STAFF)) for stipend in lines]
    handing.state_all(session, said, [], by=by, now=now, evidence=Evidence.WORD)
    for stipend in lines:
        match = session.get_one(Match, stipend.match_id)
        child = session.get_one(Child, match.child_id)
        if (child.route, child.hand_id) == (Route.WORK_UNIT, batch.organisation_id):
            deciding.step_aside(session, by, child, now=now)
    kind, subject = NoticeKind.UNIT_STEPS_ASIDE, f"batch:{batch.ref}"
    notices.to_roles(session, sorted(CASE_STAFF), batch.region_code, kind, subject, now=now)
    handing.close_or_reopen(session, batch, by=by, now=now)
