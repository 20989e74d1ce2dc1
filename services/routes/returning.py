"""Cash that could not be delivered is back on the account within ten school days, or somebody hears.

The ledger moves when the money is back (`returns`); this says by when, and who has to be asked. What a
hand keeps for somebody on leave, or until a detail is put right, has the same ten days.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Stipend
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services.handover import office_staff
from services.handover.reminders import hands_of_all
from services.notices import notices
from services.notices.notices import Recipient
from services.routes import calendar
from vocabulary.enums import NoticeKind, RecipientKind
from vocabulary.school_year import RETURN_DAYS, nth_day_after
from vocabulary.stipends import KEPT_FOR_NOW, SENT_BACK

_UNDELIVERED = (
    Stipend.sent_on.is_not(None),
    Stipend.not_handed_over_on.is_not(None),
    Stipend.handed_over_on.is_(None),
    Stipend.snag.in_((*SENT_BACK, *KEPT_FOR_NOW)),
    Stipend.returned_on.is_(None),
    Stipend.written_off_on.is_(None),
)


def back_by(session: Session, refs: Collection[str] | None = None) -> Mapping[str, date]:
    """Return by when money is to be back, of the batches (refs) whose hand could not deliver some."""
    wanted = [] if refs is None else [Batch.ref.in_(refs)]
    rows = session.execute(
        select(Batch.ref, Batch.route, Batch.region_code, func.min(Stipend.not_handed_over_on))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(*_UNDELIVERED, *wanted)
        .group_by(Batch.ref, Batch.route, Batch.region_code)
    ).all()
    known = calendar.holidays(session) if rows else {}
    return {
        ref: _day(said_on, calendar.closed_for(route, code, known))
        for ref, route, code, said_on in rows
        if said_on is not None
    }


def _day(said_on: date, closed: calendar.Holidays) -> date:
    return nth_day_after(said_on, RETURN_DAYS, counts=lambda on: calendar.is_school_day(on, closed))


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell the hand and its case staff of money that is late, once each; return of how many batches."""
    require(by, Act.RUN_STIPENDS)
    late = [ref for ref, day in back_by(session).items() if day < on]
    batches = session.scalars(select(Batch).where(Batch.ref.in_(late)).order_by(Batch.id)).all()
    told = hands_of_all(session, batches, on=on)
    kind = NoticeKind.RETURN_LATE
    for batch in batches:
        subject, named = f"batch:{batch.ref}", office_staff.named_in(session, batch)
        to = [(Recipient(RecipientKind.ACCOUNT, key), subject) for key in told.get(batch.id, ())]
        notices.queue_all(session, kind, to, now=now)
        roles = sorted(CASE_STAFF)
        notices.to_roles(session, roles, batch.region_code, kind, subject, now=now, but=named)
    return len(batches)
