"""Tells donors and families what became of an instalment; the vault keeps who the donors are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Stipend
from services import notices, vault
from services.notices import Recipient
from vocabulary.enums import NoticeKind, RecipientKind
from vocabulary.errors import NotFound
from vocabulary.refs import stipend_ref


def handed_over(session: Session, stipends: Sequence[Stipend], *, now: datetime) -> None:
    """Queue the hand's word to each instalment's donor and to its family."""
    for stipend, match in _with_matches(session, stipends):
        _tell_donor(session, stipend, match, NoticeKind.HANDED_OVER, now=now)
        family = Recipient(RecipientKind.FAMILY, match.child_id)
        subject = f"stipend:{stipend_ref(match.child_ref, stipend.due_on)}"
        notices.queue(session, family, NoticeKind.HANDED_OVER, subject, now=now)


def confirmed(session: Session, stipend: Stipend, *, now: datetime) -> None:
    """Queue the family's word to the instalment's donor."""
    for one, match in _with_matches(session, [stipend]):
        _tell_donor(session, one, match, NoticeKind.CONFIRMED, now=now)


def _with_matches(session: Session, stipends: Sequence[Stipend]) -> list[tuple[Stipend, Match]]:
    ids = {stipend.match_id for stipend in stipends}
    matches = {m.id: m for m in session.scalars(select(Match).where(Match.id.in_(ids)))}
    return [(stipend, matches[stipend.match_id]) for stipend in stipends]


def _tell_donor(
    session: Session, stipend: Stipend, match: Match, kind: NoticeKind, *, now: datetime
) -> None:
    """Queue one notice; money that no donor stands behind tells nobody."""
    try:
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, match.pledge_id))
    except NotFound:
        return
    subject = f"match:{stipend_ref(match.donor_ref, stipend.due_on)}"
    notices.queue(session, donor, kind, subject, now=now)
