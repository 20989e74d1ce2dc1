"""A person's own inbox, and the release of what is more than 36 hours late."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models.notices import Notice
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.lifecycle import advance_all
from services.notices.notice_texts import title_of
from vocabulary.enums import NoticeKind, NoticeStatus, RecipientKind

PAGE = 30
_SHOWN = ("ref", "kind", "subject", "text", "inbox_at", "read_at")
_NOT_READ = (Notice.text.is_not(None), Notice.read_at.is_(None))
_HELD = (Notice.is_held, Notice.status == NoticeStatus.WAITING)


def messages(session: Session, viewer: Viewer, *, page: int = 1) -> list[Card]:
    """List the viewer's own messages, newest first, each with its title."""
    kind = RecipientKind.DONOR if viewer.donor_id is not None else RecipientKind.ACCOUNT
    found = gate.cards(
        session,
        viewer,
        Notice,
        fields=_SHOWN,
        where=(Notice.text.is_not(None),),
        order_by=(Notice.inbox_at.desc(), Notice.id.desc()),
        limit=PAGE + 1,
        offset=(page - 1) * PAGE,
    )
    return [card.and_also(title=title_of(kind, card["kind"])) for card in found]


def unread(session: Session, viewer: Viewer) -> int:
    """Count the viewer's messages not read yet."""
    return gate.count(session, viewer, Notice, *_NOT_READ)


def not_read(viewer: Viewer) -> ColumnElement[int]:
    """Count the same in SQL, for the corner of every page."""
    return gate.tally(viewer, Notice, *_NOT_READ)


def mark_read(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say that the viewer has read one message. Raises NotFound for another's."""
    notice = gate.row(session, by, Notice, Notice.ref == ref)
    notice.read_at = notice.read_at or now


def mark_all_read(session: Session, by: Viewer, *, now: datetime) -> int:
    """Say that the viewer has read everything up to now; return how many were new."""
    mine = Notice.standings(by).values()
    marked = session.execute(
        update(Notice)
        .where(*mine, Notice.text.is_not(None), Notice.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(marked.rowcount)  # type: ignore[attr-defined]


def late(session: Session, viewer: Viewer) -> dict[NoticeKind, int]:
    """Count by kind what waits for a release because it is more than 36 hours late."""
    require(viewer, Act.RELEASE_LATE)
    rows = session.execute(
        select(Notice.kind, func.count()).where(*_HELD).group_by(Notice.kind).order_by(Notice.kind)
    )
    return {kind: count for kind, count in rows}


def release_held(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let everything that is held leave from now on; return how many."""
    require(by, Act.RELEASE_LATE)
    freed = session.execute(
        update(Notice)
        .where(*_HELD)
        .values(is_held=False, released_at=now, not_before=now)
        .execution_options(synchronize_session=False)
    )
    return _told(session, by, "notices.release", int(freed.rowcount), now=now)  # type: ignore[attr-defined]


def drop_held(session: Session, by: Viewer, *, now: datetime) -> int:
    """Send nothing of what is held; what stands in an inbox stays there. Return how many."""
    require(by, Act.RELEASE_LATE)
    held = select(Notice.id).where(*_HELD)
    count = advance_all(
        session, Notice, held, NoticeStatus.DROPPED, by=by, now=now, reason="too_late"
    )
    return _told(session, by, "notices.drop", count, now=now)


def _told(session: Session, by: Viewer, act: str, count: int, *, now: datetime) -> int:
    trace.record(session, by, act, "notices", now=now, detail={"count": count})
    return count
