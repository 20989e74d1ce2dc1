"""The custodian's own chain, to read."""

from sqlalchemy.orm import Session

from models.trace import CustodianEntry
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from vocabulary.enums import Chain

PAGE = 50


def entries(session: Session, viewer: Viewer, *, before: int | None = None) -> list[Card]:
    """List the chain's entries, newest first, from below a sequence number; one over a page."""
    require(viewer, Act.SEE_CUSTODY)
    older = (CustodianEntry.seq < before,) if before is not None else ()
    return gate.cards(
        session,
        viewer,
        CustodianEntry,
        where=older,
        order_by=(CustodianEntry.seq.desc(),),
        limit=PAGE + 1,
    )


def count(session: Session, viewer: Viewer) -> int:
    """Count the chain's entries."""
    require(viewer, Act.SEE_CUSTODY)
    return gate.count(session, viewer, CustodianEntry)


def first_broken(session: Session, viewer: Viewer) -> int | None:
    """Return the first sequence number at which the chain does not verify, or None."""
    require(viewer, Act.SEE_CUSTODY)
    return next(iter(trace.broken_entries(session, Chain.CUSTODIAN)), None)
