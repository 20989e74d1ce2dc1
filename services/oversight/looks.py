"""Who looked at a child's file: what its guardian is told. Roles and days, no login, no hour."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.audit import AuditItem
from models.children import Child
from models.file_access import FileAccess
from models.pledges import Match
from models.stipends import Stipend
from models.trace import OrdinaryEntry
from privacy.viewers import Viewer
from services import gate
from services.danger import protection
from vocabulary.dates import today
from vocabulary.enums import AccessReason, AccessStatus, GrantStatus, LookKind, Role

READ, AUDITED, TAKEN = "child.read", "audit.read", "export.take"
KEPT_FOR = timedelta(days=365)
TOLD_LATER = timedelta(days=92)
"""So long after a look for the child's safety its reason is told to nobody at home: whom the fear
is of, often nobody knows yet. The day's reading stands there like any other."""
_LINKS = {"class": Role.CLASS_TEACHER, "console": Role.CONSOLE}


@dataclass(frozen=True, slots=True)
class Look:
    """On one day somebody in a role looked; `reason` stands where it had to be asked for."""

    on: date
    role: Role | None
    kind: LookKind
    reason: AccessReason | None = None
    times: int = 1


def looks_of(session: Session, viewer: Viewer, *, now: datetime) -> list[Look]:
    """List the looks of the last year at the family's own child, the newest first.

    Raises NotFound for a viewer who is not a family. The family's own reading is not listed, nor
    is what was read while a case stood that named somebody of the family.
    """
    child = gate.row(session, viewer, Child, Child.id == viewer.child_id)
    since = now - KEPT_FOR
    found = [*_reads(session, child, since), *_audits(session, child, since)]
    found += _exports(session, child, since)
    looks = [*found, *_asked(session, viewer, child, now)]
    hidden = protection.kept_from_family(session, child.id)
    looks = [one for one in looks if not any(first <= one.on <= last for first, last in hidden)]
    return sorted(looks, key=lambda look: (look.on, look.kind.value), reverse=True)


def _reads(session: Session, child: Child, since: datetime) -> list[Look]:
    """Sum up the pages that showed the file, a list that named it among others counted in."""
    subject = f"child:{child.ref}"
    among = and_(OrdinaryEntry.subject.endswith("records"), _names(subject))
    named = or_(OrdinaryEntry.subject == subject, among)
    return _summed(session, LookKind.FILE, (OrdinaryEntry.act == READ, named), since)


def _names(subject: str) -> ColumnElement[bool]:
    """Say in SQL that an entry's detail lists the subject."""
    return cast(OrdinaryEntry.detail, String).contains(f'"{subject}"', autoescape=True)


def _exports(session: Session, child: Child, since: datetime) -> list[Look]:
    """Sum up the lists taken out of the house in which the child stands."""
    taken = (OrdinaryEntry.act == TAKEN, _names(f"child:{child.ref}"))
    return _summed(session, LookKind.EXPORT, taken, since)


def _audits(session: Session, child: Child, since: datetime) -> list[Look]:
    """Sum up the opened packs of the child's drawn instalments."""
    codes = session.scalars(
        select(AuditItem.code)
        .join(Stipend, Stipend.id == AuditItem.stipend_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(Match.child_id == child.id)
    )
    subjects = [f"audit_item:{code}" for code in codes]
    if not subjects:
        return []
    opened = (OrdinaryEntry.act == AUDITED, OrdinaryEntry.subject.in_(subjects))
    return _summed(session, LookKind.AUDIT, opened, since)


def _summed(
    session: Session, kind: LookKind, where: Iterable[object], since: datetime
) -> list[Look]:
    """Return one look per day and role."""
    entries = session.execute(
        select(OrdinaryEntry.actor, OrdinaryEntry.at).where(
            OrdinaryEntry.at >= since,
            ~OrdinaryEntry.actor.startswith("family:"),
            *where,  # type: ignore[arg-type]
        )
    ).all()
    roles = _roles(session, {actor for actor, _ in entries})
    counts = Counter((today(at), roles[actor]) for actor, at in entries)
    return [Look(on, role, kind, times=times) for (on, role), times in counts.items()]


def _asked(session: Session, viewer: Viewer, child: Child, now: datetime) -> list[Look]:
    """List the requests by which the details were opened to somebody."""
    shown = (AccessStatus.OPENED, AccessStatus.GRANTED)
    told = FileAccess.reason != AccessReason.CHILD_IN_DANGER
    if not child.in_danger:
        told |= FileAccess.asked_on < today(now) - TOLD_LATER
    rows = gate.rows(
        session,
        viewer,
        FileAccess,
        FileAccess.child_id == child.id,
        FileAccess.asked_on >= today(now - KEPT_FOR),
        told,
        or_(FileAccess.status.in_(shown), FileAccess.is_urgent),
    )
    roles = _roles(session, {row.asked_by for row in rows})
    return [Look(row.asked_on, roles[row.asked_by], LookKind.DETAILS, row.reason) for row in rows]


def _roles(session: Session, actors: set[str]) -> dict[str, Role | None]:
    """Return in which role each actor works: an account's first grant, a link's own role."""
    refs = [actor.removeprefix("account:") for actor in actors if actor.startswith("account:")]
    rows = session.execute(
        select(Account.ref, Grant.role)
        .join(Grant, Grant.account_id == Account.id)
        .where(Account.ref.in_(refs), Grant.status != GrantStatus.ASKED)
        .order_by(Grant.id.desc())
    )
    known: dict[str, Role | None] = {f"account:{ref}": role for ref, role in rows}
    return {actor: known.get(actor, _LINKS.get(actor.partition(":")[0])) for actor in actors}
