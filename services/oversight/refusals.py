"""What a signed-in person was refused is kept in the trace: who, which page, when; never a handle.

Whoever tries handles, pages of other roles, forms without their token, or proofs that do not fit is
found there by name. What was typed is not kept: it may be somebody's.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from privacy.viewers import Viewer
from services import trace

UNKNOWN = "unknown"


def note(session: Session, viewer: Viewer, page: str, *, status: int, now: datetime) -> None:
    """Keep that a page, by the name of its view, was refused to an account."""
    act, subject = "access.refused", f"page:{page or UNKNOWN}"
    chain = trace.chain_of(viewer)
    trace.record(session, viewer, act, subject, now=now, why=str(status), chain=chain)


def note_proof(session: Session, viewer: Viewer, *, is_blocked: bool, now: datetime) -> None:
    """Keep that somebody did not prove who he is, or tried too often."""
    act, why = "account.proof_refused", "blocked" if is_blocked else "wrong"
    chain = trace.chain_of(viewer)
    trace.record(session, viewer, act, viewer.actor, now=now, why=why, chain=chain)
