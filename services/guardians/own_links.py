"""A guardian's own links: ended all at once; what they opened is sent anew to the telephone on file."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.notices import AccessLink, Notice
from models.reveals import Reveal
from privacy.viewers import Viewer
from services.kin import changes
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.enums import LinkPurpose, NoticeKind, NoticeStatus, RecipientKind
from vocabulary.errors import NotFound

_OF_REVEALS = (NoticeKind.REVEAL_ASKED, NoticeKind.REVEAL_SHOWN)


def renew(session: Session, by: Viewer, *, now: datetime) -> None:
    """End every link that went to this guardian's telephone about the child; queue new ones.

    They go where the file says now: whoever has the old telephone is left with nothing.
    """
    kin = session.scalar(select(Kin).where(Kin.ref == by.behind, Kin.child_id == by.child_id))
    if kin is None:
        raise NotFound()
    child = session.get_one(Child, kin.child_id)
    opened = _reveals_open(session, kin, now=now)
    changes.shut(session, kin, now=now)
    _again(session, child, NoticeKind.GUARDIAN_FILE, f"guardian_file:{child.ref}", now=now)
    for subject in opened:
        kind = _told_last(session, child, subject)
        if kind is not None:
            _again(session, child, kind, subject, now=now)


def _reveals_open(session: Session, kin: Kin, *, now: datetime) -> list[str]:
    """Name what else her live links open: each asking to know somebody has a link of its own."""
    refs = session.scalars(
        select(Reveal.ref)
        .join(AccessLink, AccessLink.reveal_id == Reveal.id)
        .where(
            AccessLink.purpose == LinkPurpose.REVEAL,
            AccessLink.kin_id == kin.id,
            AccessLink.expires_at > now,
            AccessLink.revoked_at.is_(None),
        )
        .distinct()
        .order_by(Reveal.ref)
    )
    return [f"reveal:{ref}" for ref in refs]


def _told_last(session: Session, child: Child, subject: str) -> NoticeKind | None:
    told = (_to_family(child), Notice.subject == subject, Notice.kind.in_(_OF_REVEALS))
    kinds = select(Notice.kind).where(*told)
    return session.scalar(kinds.order_by(Notice.id.desc()).limit(1))


def _again(
    session: Session, child: Child, kind: NoticeKind, subject: str, *, now: datetime
) -> None:
    """Queue a word once more; where one still waits to leave, its link is made when it does."""
    same = (_to_family(child), Notice.kind == kind, Notice.subject == subject)
    statuses = session.scalars(select(Notice.status).where(*same)).all()
    if NoticeStatus.WAITING in statuses:
        return
    to = Recipient(RecipientKind.FAMILY, child.id)
    notices.queue(session, to, kind, subject, now=now, rung=1 + len(statuses))


def _to_family(child: Child) -> ColumnElement[bool]:
    is_family = Notice.recipient_kind == RecipientKind.FAMILY
    return and_(is_family, Notice.recipient_id == child.id)
