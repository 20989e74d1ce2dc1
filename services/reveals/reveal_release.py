"""互相认识, once a week: what was asked is put to the other side, what was agreed to the staff.

One batch for all, so that nobody can tell from the day who acted when.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.reveals import Reveal, RevealRefusal, never_asked
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import trace
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import reveal_words, vault
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    ChildStatus,
    NoticeKind,
    RecipientKind,
    RevealSide,
    RevealStatus,
)


def release(session: Session, by: Viewer, *, now: datetime) -> dict[str, int]:
    """Ask the other sides whose askers cooled off, and hand what was agreed to the staff.

    Once a week: nobody can tell from the day who acted when. Safe to repeat.
    """
    require(by, Act.RELEASE_REVEALS)
    agreed = _waiting(session, RevealStatus.AGREED)
    for one in agreed:
        _to_staff(session, by, one, now=now)
    asked = [
        one
        for one in _waiting(session, RevealStatus.ASKED)
        if one.asks_from <= today(now) and _may_be_asked(session, one)
    ]
    for one in asked:
        advance(session, one, RevealStatus.PUT, by=by, now=now)
        tell(session, one, NoticeKind.REVEAL_ASKED, to=_answering(one), now=now)
    # By refs that nobody else reads, in an order of their own: the case staff read the others.
    for ref in sorted(one.chain_ref for one in (*agreed, *asked)):
        subject, chain = f"reveal:{ref}", Chain.CUSTODIAN
        trace.record(session, by, "reveal.release", subject, now=now, chain=chain)
    return {"asked": len(asked), "to_check": len(agreed)}


def _waiting(session: Session, status: RevealStatus) -> Sequence[Reveal]:
    """Return what waits, in an order that no donor's act has a part in."""
    query = select(Reveal).where(Reveal.status == status, Reveal.withdrawn_on.is_(None))
    order = (Reveal.child_id, Reveal.pledge_id, Reveal.asker)
    return session.scalars(query.order_by(*order)).all()


def _may_be_asked(session: Session, one: Reveal) -> bool:
    """Say whether there is somebody to ask who did not say "never ask me"."""
    child = session.get_one(Child, one.child_id)
    donor_id = vault.donor_of_pledge(session, one.pledge_id)
    if one.asker is RevealSide.DONOR:
        never = never_asked(child_id=child.id)
    else:
        never = never_asked(donor_id=donor_id)
    refused = session.scalar(select(RevealRefusal.id).where(never, RevealRefusal.is_set))
    is_there = child.status is not ChildStatus.ENDED and reveal_words.is_reachable(
        session, donor_id
    )
    return is_there and refused is None


def _to_staff(session: Session, by: Viewer, one: Reveal, *, now: datetime) -> None:
    advance(session, one, RevealStatus.CHECKING, by=by, now=now)
    one.checked_from = today(now)
    session.flush()
    region = session.get_one(Child, one.child_id).region_code
    subject = f"reveal_check:{one.ref}"
    notices.to_roles(session, CASE_STAFF, region, NoticeKind.REVEAL_CHECK, subject, now=now)


def _answering(one: Reveal) -> RevealSide:
    return RevealSide.FAMILY if one.asker is RevealSide.DONOR else RevealSide.DONOR


def tell(session: Session, one: Reveal, kind: NoticeKind, *, to: RevealSide, now: datetime) -> None:
    """Queue a word to one side; the outbox keeps it from ever going twice."""
    if to is RevealSide.FAMILY:
        family = Recipient(RecipientKind.FAMILY, one.child_id)
        notices.queue(session, family, kind, f"reveal:{one.ref}", now=now)
        return
    ref = session.scalars(
        select(Match.donor_ref)
        .where(Match.pledge_id == one.pledge_id, Match.child_id == one.child_id)
        .order_by(Match.id.desc())
        .limit(1)
    ).one()
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, one.pledge_id))
    notices.queue(session, donor, kind, f"reveal:{ref}", now=now)
