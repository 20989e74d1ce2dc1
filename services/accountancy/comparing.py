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
from services.checking import apart
from services.gate import Card
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import NotFound

_ALL_WAITS = (
    "查清以前，钱先不往外付；查清了再核对一遍，都对得上就能接着付。",
    "钱先不往外付。",
)
_OWN_WAITS = (
    "都只关单独放下的结对：它们一分钱也不动，别的照常付。改好了再核对一遍，就接着付。",
    "有问题的已单独放下，别的照常付。",
)
TOLD = (Role.AUDITOR, Role.ADMINISTRATOR, Role.PAYING_DESK)


def keep(session: Session, by: Viewer, report: dict[str, Any], *, now: datetime) -> int:
    """Keep what a comparison (`checks.report`) found, and tell whoever is to act; return how many.

    What is wholly about a record sets that record apart, and stops nobody else's money.
    """
    require(by, Act.SEE_BOOKS)
    counts = {check["name"]: check["count"] for check in report["checks"]}
    found: int = sum(counts.values())
    own: int = sum(check["contained"] for check in report["checks"])
    session.add(BookCheck(at=now, by=by.actor, findings=found, contained=own, counts=counts))
    apart.keep(session, by, report["apart"], are_all=found == own, now=now)
    detail = {"checks": len(counts), "findings": found, "contained": own}
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
    """Return how many findings there are, and what waits. Raises NotFound once they are cleared up."""
    found, own = stop.last(session)
    if not found:
        raise NotFound()
    waits = _ALL_WAITS if found > own else _OWN_WAITS
    return {"found": str(found), "waits": waits[0], "waits_short": waits[1]}
