"""Whose case a child is, and looks into the details of a case that is not one's own.

Case staff see the general profile of every child of their regions. Health, psychology and remarks
they see of their own cases; of others on request, with a reason, a second person and an end. In an
emergency the details open at once, and a second person is called at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session

from models.base import Condition
from models.children import Child
from models.file_access import OPEN, FileAccess
from privacy.disclosure import Audience
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.children import child_file
from services.gate import Card, Part
from services.lifecycle import advance
from services.notices import notices
from services.notices.notice_words import ACCESS_REASONS, ACCESS_STATES
from vocabulary.dates import today
from vocabulary.enums import AccessReason, AccessStatus, NoticeKind, Role
from vocabulary.errors import BadInput, Lapsed, NotPermitted

DECIDE_WITHIN = timedelta(days=7)
OPEN_FOR = timedelta(days=7)
EMERGENCY_FOR = timedelta(hours=24)
PAGE = 100
_WAITING = (AccessStatus.ASKED, AccessStatus.OPENED)
_CHILD = Part(Child, Child.id == FileAccess.child_id, ("ref", "name", "class_label"))


def ask(
    session: Session, by: Viewer, child_ref: str, *, reason: AccessReason, words: str, now: datetime
) -> str:
    """Ask to see the details of a child's case for 7 days; return the request's ref.

    The same again while the first waits or is open is one request.
    """
    return _file(session, by, child_ref, AccessStatus.ASKED, (reason, words), now=now)


def open_at_once(
    session: Session, by: Viewer, child_ref: str, *, reason: AccessReason, words: str, now: datetime
) -> str:
    """See the details now, for 24 hours; a second person is called at once, at night too."""
    return _file(session, by, child_ref, AccessStatus.OPENED, (reason, words), now=now)


def _file(
    session: Session,
    by: Viewer,
    child_ref: str,
    status: AccessStatus,
    why: tuple[AccessReason, str],
    *,
    now: datetime,
) -> str:
    require(by, Act.ASK_FILE)
    reason, words = why
    if not words:
        raise BadInput(field="words", reason="missing")
    child = gate.row(session, by, Child, Child.ref == child_ref)
    is_urgent = status is AccessStatus.OPENED
    live = OPEN if is_urgent else (*_WAITING, AccessStatus.GRANTED)
    known = session.scalar(
        select(FileAccess.ref).where(
            FileAccess.child_id == child.id,
            FileAccess.asked_by == by.actor,
            FileAccess.status.in_(live),
            FileAccess.until_at > now,
        )
    )
    if known is not None:
        return known
    until = now + (EMERGENCY_FOR if is_urgent else DECIDE_WITHIN)
    access = FileAccess(
        child_id=child.id, reason=reason, words=words, status=status, is_urgent=is_urgent,
        asked_by=by.actor, asked_on=today(now), until_at=until,
    )  # fmt: skip
    session.add(access)
    session.flush()
    act = "file.open_at_once" if is_urgent else "file.ask"
    trace.record(session, by, act, f"child:{child.ref}", now=now, why=reason.value)
    kind = NoticeKind.FILE_OPENED if is_urgent else NoticeKind.FILE_ASKED
    subject, roles = f"file_access:{access.ref}", sorted(CASE_STAFF)
    notices.to_roles(session, roles, child.banner_code, kind, subject, now=now)
    return access.ref


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let the asker read the details for 7 days; an emergency is found right by it.

    Raises ActedBefore for the asker, NotPermitted for who has no say, Lapsed, AlreadyDecided.
    """
    access = _to_decide(session, by, ref, now=now)
    access.until_at = now + OPEN_FOR
    _decide(session, by, access, AccessStatus.GRANTED, because="", now=now)


def decline(session: Session, by: Viewer, ref: str, *, because: str, now: datetime) -> None:
    """Refuse with a reason; what an emergency opened is shut again at once."""
    if not because:
        raise BadInput(field="because", reason="missing")
    access = _to_decide(session, by, ref, now=now)
    _decide(session, by, access, AccessStatus.DECLINED, because=because, now=now)


def _to_decide(session: Session, by: Viewer, ref: str, *, now: datetime) -> FileAccess:
    """Find a request that the viewer may decide: as an approver, or as whose case the child is."""
    require(by, Act.ASK_FILE)
    access = gate.row(session, by, FileAccess, FileAccess.ref == ref)
    has_say = by.has(Role.APPROVER) or _sees_details(session, by, Child.id == access.child_id)
    if access.asked_by != by.actor and not has_say:
        raise NotPermitted()
    by_two.check_second(by, access, _WAITING)
    if access.status is AccessStatus.ASKED and access.until_at <= now:
        raise Lapsed()
    return access


def _decide(
    session: Session,
    by: Viewer,
    access: FileAccess,
    to: AccessStatus,
    *,
    because: str,
    now: datetime,
) -> None:
    access.decided_because = because or None
    by_two.decide(session, by, access, to, now=now, waiting=_WAITING)
    child_ref = session.scalars(select(Child.ref).where(Child.id == access.child_id)).one()
    act = "file.agree" if to is AccessStatus.GRANTED else "file.decline"
    trace.record(session, by, act, f"child:{child_ref}", now=now, why=access.reason.value)
    asker = notices.find_account(session, access.asked_by)
    if asker is not None:
        subject = f"file_access:{access.ref}"
        notices.queue(session, asker, NoticeKind.FILE_DECIDED, subject, now=now)


def lapse(session: Session, by: Viewer, *, now: datetime) -> int:
    """End the requests that nobody decided in time; return how many."""
    require(by, Act.RUN_STIPENDS)
    late = (FileAccess.status == AccessStatus.ASKED, FileAccess.until_at <= now)
    found = session.scalars(select(FileAccess).where(*late).order_by(FileAccess.id)).all()
    for access in found:
        advance(session, access, AccessStatus.LAPSED, by=by, now=now)
        trace.record(session, by, "file.lapse", f"file_access:{access.ref}", now=now)
    return len(found)


def _sees_details(session: Session, viewer: Viewer, this_child: Condition) -> bool:
    detail = Child.standings(viewer).get(Audience.CASE_DETAIL)
    if detail is None:
        return False
    return session.scalar(select(Child.id).where(this_child, detail)) is not None


def sees_details(session: Session, viewer: Viewer, child_ref: str) -> bool:
    """Say whether the details of a child's case are open to the viewer at this time."""
    return _sees_details(session, viewer, Child.ref == child_ref)


def requests(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the requests about the viewer's children, those that wait first, then the newest."""
    require(viewer, Act.ASK_FILE)
    order = (FileAccess.status.in_(_WAITING).desc(), FileAccess.id.desc())
    parts = {"child": _CHILD}
    found = gate.cards(session, viewer, FileAccess, parts=parts, order_by=order, limit=PAGE)
    return _told(session, viewer, found, now=now)


def request(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one request with whether the viewer has a say in it. Raises NotFound."""
    require(viewer, Act.ASK_FILE)
    this = FileAccess.ref == ref
    card = gate.card(session, viewer, FileAccess, this, parts={"child": _CHILD})
    (told,) = _told(session, viewer, [card], now=now)
    may_decide = told["stands"] in _WAITING and not told["is_mine"]
    has_say = _has_say(session, viewer, card["child"]["ref"])
    return told.and_also(may_decide=may_decide and has_say)


def _has_say(session: Session, viewer: Viewer, child_ref: str) -> bool:
    """An approver decides, and so does whoever has the child's case."""
    return viewer.has(Role.APPROVER) or sees_details(session, viewer, child_ref)


def _told(session: Session, viewer: Viewer, cards: Sequence[Card], *, now: datetime) -> list[Card]:
    named = child_file.with_names(session, viewer, cards)
    return [_standing(viewer, card, now=now) for card in named]


def _standing(viewer: Viewer, card: Card, *, now: datetime) -> Card:
    status, is_over = card["status"], card["until_at"] <= now
    return card.and_also(
        is_mine=card["asked_by"] == viewer.actor,
        is_over=is_over,
        stands=AccessStatus.LAPSED if status is AccessStatus.ASKED and is_over else status,
    )


def find_mine(session: Session, viewer: Viewer, child_ref: str, *, now: datetime) -> Card | None:
    """Return the viewer's own request about a child that waits or is open, or None."""
    mine = FileAccess.child_id.in_(select(Child.id).where(Child.ref == child_ref))
    live = FileAccess.status.in_((*_WAITING, AccessStatus.GRANTED))
    own = (mine, live, FileAccess.asked_by == viewer.actor, FileAccess.until_at > now)
    found = gate.cards(
        session, viewer, FileAccess, where=own, order_by=(FileAccess.id.desc(),), limit=1
    )
    return found[0] if found else None


def not_decided(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL the requests that wait for this approver."""
    if not viewer.has(Role.APPROVER):
        return literal(0)
    others = FileAccess.asked_by != viewer.actor
    waits = or_(*(FileAccess.status == status for status in _WAITING))
    return gate.tally(viewer, FileAccess, waits, others)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a request may tell its recipient. Raises NotFound."""
    this = FileAccess.ref == ref
    card = gate.card(session, viewer, FileAccess, this, parts={"child": _CHILD})
    status = card["status"]
    facts = {
        "why": ACCESS_REASONS[card["reason"]],
        "child": card["child"]["name"],
        "asker": child_file.name_of(session, viewer, card["asked_by"]),
    }
    if card["asked_by"] == viewer.actor:
        facts |= {"mine": "1", "decided": ACCESS_STATES[status]}
    elif status in _WAITING and _has_say(session, viewer, card["child"]["ref"]):
        facts["for_me"] = "1"
    return facts
