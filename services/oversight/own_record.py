"""最近活动 of whoever comes by a private link: what was done behind it, by day; and an end to it.

A donor's stands in the custodian's chain, a guardian's and a class teacher's in the ordinary one,
under what `Viewer.behind` says: who else comes for the same child or batch is not told of. Behind a
link to one pledge nothing stands: it was made on the form's own phone, which may be anybody's. A slip
neither: a school prints it, and whoever held it could shut a family out.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.trace import CustodianEntry, OrdinaryEntry
from privacy.viewers import Viewer
from services import links, trace
from services.donors import donor_links
from services.gate import Card
from services.guardians import own_links
from services.handover import class_lists
from vocabulary.dates import today
from vocabulary.enums import Role
from vocabulary.errors import NotFound

LOOKED_BACK = timedelta(days=60)
ENTRIES = 1_000
"""More acts than these in 60 days, and the older ones are left out."""
_UNTOLD = "harm."
"""That somebody fears for a child is told to nobody who picks up a teacher's telephone."""


def lately(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what was done in one's name, day by day, the newest first: act and how often, no hour."""
    _check(viewer)
    table = CustodianEntry if viewer.has(Role.DONOR) else OrdinaryEntry
    entries = session.execute(
        select(table.at, table.act)
        .where(table.actor == viewer.actor, table.at >= now - LOOKED_BACK, *_own(viewer))
        .where(table.act.not_like(f"{_UNTOLD}%"))
        .order_by(table.seq.desc())
        .limit(ENTRIES)
    )
    counted = Counter((today(at), act) for at, act in entries)
    newest_first = sorted(counted.items(), key=lambda one: (-one[0][0].toordinal(), one[0][1]))
    return [Card({"on": on, "act": act, "times": times}) for (on, act), times in newest_first]


def _own(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    if viewer.has(Role.DONOR):
        return ()
    return (OrdinaryEntry.detail[trace.BEHIND].as_string() == viewer.behind,)


def end_links(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """End every private link of one's own at once, this one too.

    A donor and a guardian are sent a new one; a class teacher asks her school's officer.
    """
    _check(viewer)
    if viewer.donor_id is not None:
        links.revoke_donor(session, viewer.donor_id, now=now)
        donor_links.send(session, viewer.donor_id, now=now)
    elif viewer.has(Role.FAMILY):
        own_links.renew(session, viewer, now=now)
    else:
        class_lists.end_own(session, viewer, now=now)
    chain = trace.chain_of(viewer)
    act = "donor.end_links" if viewer.has(Role.DONOR) else "link.end"
    trace.record(session, viewer, act, viewer.actor, now=now, chain=chain)


def _check(viewer: Viewer) -> None:
    """Raise NotFound behind a link to one pledge, behind a slip, and without any link."""
    is_donor = viewer.donor_id is not None and viewer.pledge_id is None
    if not is_donor and not viewer.behind:
        raise NotFound()
