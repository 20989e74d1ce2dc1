"""Everything is compared with everything, each night; while the latest found something, no money leaves.

What is kept are counts. A later comparison that finds nothing lets money leave again, and nobody's
word does.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.book_checks import BookCheck
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accountancy import stop
from services.gate import Card
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import NotFound

TOLD = (Role.AUDITOR, Role.ADMINISTRATOR, Role.PAYING_DESK)


def keep(session: Session, by: Viewer, report: dict[str, Any], *, now: datetime) -> int:
    """Keep what a comparison (`checks.report`) found, and tell whoever is to act; return how many."""
    require(by, Act.SEE_BOOKS)
    counts = {check["name"]: check["count"] for check in report["checks"]}
    found: int = sum(counts.values())
    session.add(BookCheck(at=now, by=by.actor, findings=found, counts=counts))
    session.flush()
    detail = {"checks": len(counts), "findings": found}
    trace.record(session, by, "books.compare", "books", now=now, detail=detail)
    if found:
        subject = f"books:{today(now)}"
        notices.to_roles(session, TOLD, None, NoticeKind.BOOKS_ALARM, subject, now=now)
    return found


def latest(session: Session, viewer: Viewer) -> Card | None:
    """Return the latest comparison that was kept, for the page."""
    require(viewer, Act.SEE_BOOKS)
    newest = (BookCheck.id.desc(),)
    found = gate.cards(session, viewer, BookCheck, order_by=newest, limit=1)
    return found[0] if found else None


def notice_facts(session: Session, _viewer: Viewer, _ref: str, _now: datetime) -> dict[str, str]:
    """Return how many findings there are. Raises NotFound once they are cleared up."""
    found = stop.found_last(session)
    if not found:
        raise NotFound()
    return {"found": str(found)}
