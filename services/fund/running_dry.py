"""A pledge has run dry: an instalment stands unpaid so long after its due day that nobody waits more.

The gap fund may have paid it; from that day the need counts as uncovered and a successor is sought.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books.covering import ASKED_SINCE, WAITS
from services.pairing.market import IS_GIVEN
from vocabulary.enums import Chain, MatchStatus

DRY_DAYS = 20
"""After the last of the reminders; who pays later is welcome all the same."""


def mark(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Note which active matches have run dry by a day, and which have been paid after all.

    Returns how many changed. Who paid late tells of the givers: the custodian's chain keeps it.
    """
    require(by, Act.RUN_STIPENDS)
    unpaid = _unpaid(on - timedelta(days=DRY_DAYS))
    dry = update(Match).where(
        Match.status == MatchStatus.ACTIVE, IS_GIVEN, Match.dry_on.is_(None), Match.id.in_(unpaid)
    )
    still = unpaid.where(Stipend.match_id == Match.id).correlate(Match).exists()
    paid = update(Match).where(Match.dry_on.is_not(None), ~still)
    changed = 0
    for statement in (dry.values(dry_on=on), paid.values(dry_on=None)):
        plain = statement.execution_options(synchronize_session=False)
        changed += session.execute(plain).rowcount  # type: ignore[attr-defined]
    if changed:
        session.expire_all()
        detail, chain = {"count": changed}, Chain.CUSTODIAN
        trace.record(session, by, "matches.dry", "stipends", now=now, detail=detail, chain=chain)
    return changed


def _unpaid(until: date) -> Select[int]:
    return select(Stipend.match_id).where(WAITS, until >= ASKED_SINCE)
