"""A donor gives once for one of the children he supports, and for nobody else (限定用途).

It stands in the fund's books under a pledge of its own: it pays that child's months when his sponsor's
money is not there, and its surgery. Nobody on the child's side hears of it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.donors import naming
from services.donors.naming import Called
from services.earmarks import marking
from services.vault import vault
from vocabulary import amounts
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    EarmarkKind,
    MatchStatus,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Rhythm,
)
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.money import Fen
from vocabulary.refs import token_hash


def give(session: Session, viewer: Viewer, match_ref: str, amount: Fen, *, now: datetime) -> str:
    """Keep that a sum is to come for the child of a match; return his ref of the pledge.

    The same sum for the same child on the same day (a double click) is the same pledge. Raises
    BadInput(amount), AlreadyDecided where the sponsorship is over.
    """
    require(viewer, Act.ANSWER_REDIRECTION)
    match = gate.row(session, viewer, Match, Match.donor_ref == match_ref)
    is_over = match.ends_on is not None and match.ends_on <= today(now)
    if match.status is not MatchStatus.ACTIVE or is_over:
        raise AlreadyDecided()
    least, most = amounts.bounds()
    if not least <= amount <= most:
        raise BadInput(field="amount", reason="out_of_range")
    key = token_hash(f"one_child/{match.donor_ref}/{amount}/{today(now)}")
    known = session.scalar(select(Pledge.donor_ref).where(Pledge.form_hash == key))
    return known or _make(session, viewer, match, amount, key, now=now)


def _make(
    session: Session, viewer: Viewer, match: Match, amount: Fen, key: str, *, now: datetime
) -> str:
    pledge = Pledge(
        kind=PledgeKind.GAP_FUND,
        instalment_fen=amount,
        rhythm=Rhythm.MONTH,
        until=PledgeEnd.COUNT,
        until_count=1,
        status=PledgeStatus.OFFERED,
        offered_on=today(now),
        form_hash=key,
    )
    session.add(pledge)
    session.flush()
    vault.file_pledge(session, vault.donor_of_pledge(session, match.pledge_id), pledge)
    kind = EarmarkKind.ONE_CHILD
    marking.mark(session, pledge, kind, now=now, for_child_of=match)
    naming.begin(session, pledge, Called(), now=now)
    subject = f"pledge:{pledge.donor_ref}"
    trace.record(session, viewer, "pledge.one_child", subject, now=now, chain=Chain.CUSTODIAN)
    return pledge.donor_ref
