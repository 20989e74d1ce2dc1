"""最近活动 of a donor: what was done behind his links, by day; and an end to every link he has.

Read from the custodian's chain, where what a donor does alone is kept. Behind a link to one pledge
nothing of it stands: such a link was made on the form's own phone, which may be anybody's.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.trace import CustodianEntry
from privacy.viewers import Viewer
from services import links, trace
from services.donors import donor_links
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import Chain
from vocabulary.errors import NotFound

LOOKED_BACK = timedelta(days=60)
ENTRIES = 1_000
"""More acts than these in 60 days, and the older ones are left out."""


def lately(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what was done in his name, day by day, the newest first: act and how often, no hour."""
    _whole(viewer)
    entries = session.execute(
        select(CustodianEntry.at, CustodianEntry.act)
        .where(CustodianEntry.actor == viewer.actor, CustodianEntry.at >= now - LOOKED_BACK)
        .order_by(CustodianEntry.seq.desc())
        .limit(ENTRIES)
    )
    counted = Counter((today(at), act) for at, act in entries)
    newest_first = sorted(counted.items(), key=lambda one: (-one[0][0].toordinal(), one[0][1]))
    return [Card({"on": on, "act": act, "times": times}) for (on, act), times in newest_first]


def end_links(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """End every private link of the donor at once, this one too, and send him a new one."""
    donor_id = _whole(viewer)
    links.revoke_donor(session, donor_id, now=now)
    chain = Chain.CUSTODIAN
    trace.record(session, viewer, "donor.end_links", viewer.actor, now=now, chain=chain)
    donor_links.send(session, donor_id, now=now)


def _whole(viewer: Viewer) -> int:
    """Return the donor's key. Raises NotFound behind a link to one pledge, and to others."""
    if viewer.donor_id is None or viewer.pledge_id is not None:
        raise NotFound()
    return viewer.donor_id
