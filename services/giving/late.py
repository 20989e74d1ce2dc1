"""When a donor's money does not come: a ladder of kind reminders, then the case staff.

On days 3, 10 and 20 after the due day; whoever was reached late is not asked twice in a row. On day
20 the pledge is dry (services/fund/running_dry.py): its child's staff hear of it by pledge code, never
who gives. Nobody who has died or asked to be forgotten is written to.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.vault import Donor, VaultPledge
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services.books.covering import ASKED_SINCE, WAITS
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.enums import MatchStatus, NoticeKind, PledgeStatus, RecipientKind

STEPS = (3, 10, 20)
LAST_STEP = STEPS[-1]
TOLD_WITHIN = timedelta(days=31)
_ASKED = (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED, PledgeStatus.ENDING)


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Queue each donor's step of the ladder, each once, and tell staff of pledges run dry.

    A step missed while the machine was off is skipped when the next one is due as well. How many
    there were tells of who has paid, and is not counted anywhere.
    """
    require(by, Act.RUN_STIPENDS)
    for donor_id, ref, due_on in session.execute(_late(on)).all():
        step = max((n for n, days in enumerate(STEPS, 1) if (on - due_on).days >= days), default=0)
        if step:
            to = Recipient(RecipientKind.DONOR, donor_id)
            rung = (due_on.year * 12 + due_on.month) * 10 + step
            notices.queue(
                session, to, NoticeKind.PAYMENT_LATE, f"overdue:{ref}", now=now, rung=rung
            )
    _tell_staff(session, on=on, now=now)


def _late(on: date) -> Select[int, str, date]:
    """Select who owes an instalment, under which pledge, since when; the eldest of each pledge."""
    return (
        select(VaultPledge.donor_id, Pledge.donor_ref, func.min(ASKED_SINCE))
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .join(VaultPledge, VaultPledge.pledge_id == Pledge.id)
        .join(Donor, Donor.id == VaultPledge.donor_id)
        .where(
            WAITS,
            Pledge.status.in_(_ASKED),
            Donor.died_on.is_(None),
            Donor.forgotten_on.is_(None),
        )
        .group_by(VaultPledge.donor_id, Pledge.donor_ref)
        .having(func.min(ASKED_SINCE) <= on - timedelta(days=STEPS[0]))
        .order_by(Pledge.donor_ref)
    )


def asked_since(session: Session, ref: str) -> date | None:
    """Return since when a pledge's donor is asked for the eldest instalment that waits."""
    query = (
        select(func.min(ASKED_SINCE))
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(WAITS, Pledge.donor_ref == ref)
    )
    return session.scalar(query)


def _tell_staff(session: Session, *, on: date, now: datetime) -> None:
    """Tell the children's case staff, once for each time that a pledge runs dry."""
    dry = session.execute(
        select(Match.child_ref, Match.dry_on, Child.region_code)
        .join(Child, Child.id == Match.child_id)
        .where(Match.status == MatchStatus.ACTIVE, Match.dry_on > on - TOLD_WITHIN)
        .order_by(Match.id)
    )
    for ref, day, code in dry.all():
        kind, subject = NoticeKind.PLEDGE_DRY, f"dry:{ref}"
        rung = day.toordinal() if day else 0
        notices.to_roles(session, sorted(CASE_STAFF), code, kind, subject, now=now, rung=rung)
