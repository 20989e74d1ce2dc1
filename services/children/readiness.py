"""What a child's record still lacks, and the step that follows when nothing is lacking any more."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin
from privacy.viewers import Viewer
from services.lifecycle import advance
from vocabulary.dates import age_on, today
from vocabulary.enums import ChildStatus, HeldReason, KinRole, Purpose, Route

ASKED_FROM, AGREES_FROM = 8, 14
_FEW = 500
# A missing telephone is asked for, but keeps no child from being matched: paper is an equal path.
BLOCKING = frozenset(HeldReason) - {HeldReason.NO_PHONE}
_VISITED = (ChildStatus.VERIFIED, ChildStatus.OPEN, ChildStatus.SUPPORTED)


def age_for_asking(child: Child, on: date) -> int:
    """Return the age by which a child is asked; one without a birthday is asked as if grown."""
    return _age_for_asking(child.birth_on, on)


def _age_for_asking(birth_on: date | None, on: date) -> int:
    return AGREES_FROM if birth_on is None else age_on(birth_on, on)


def guardian_consents(session: Session, child: Child, *, on: date) -> bool:
    """Say whether a guardian's consent to sponsorship holds on the day."""
    live = select(Consent.id).where(Consent.child_id == child.id, _is_given(on)).limit(1)
    return session.scalar(live) is not None


def has_consent(session: Session, child: Child, *, on: date) -> bool:
    """Say whether sponsorship is agreed to: by the guardian, and by the child from 14."""
    return guardian_consents(session, child, on=on) and not lacks_own_yes(child, on=on)


def lacks_own_yes(child: Child, *, on: date) -> bool:
    """Say whether a child from 14 has not agreed itself."""
    return needs_own_yes(child.birth_on, child.agreed_on, on=on)


def needs_own_yes(birth_on: date | None, agreed_on: date | None, *, on: date) -> bool:
    """Say the same of a child of whom only these two days are known."""
    return agreed_on is None and _age_for_asking(birth_on, on) >= AGREES_FROM


def consenting(
    session: Session,
    asked: Sequence[Child],
    *,
    on: date,
    purpose: Purpose = Purpose.SPONSORSHIP,
) -> frozenset[int]:
    """Return the keys of those children for whom this is agreed to, in one statement."""
    few = [child.id for child in asked] if len(asked) <= _FEW else None
    given = set(
        session.scalars(
            select(Consent.child_id).where(
                _is_given(on, purpose), true() if few is None else Consent.child_id.in_(few)
            )
        )
    )
    return frozenset(c.id for c in asked if c.id in given and not lacks_own_yes(c, on=on))


def _is_given(on: date, purpose: Purpose = Purpose.SPONSORSHIP) -> ColumnElement[bool]:
    return and_(
        Consent.purpose == purpose,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )


def missing(session: Session, child: Child, *, on: date) -> tuple[HeldReason, ...]:
    """Return what the record lacks, in the order in which it is asked for."""
    kin = session.execute(
        select(Kin.kin_role, Kin.phone.is_not(None)).where(
            Kin.child_id == child.id, Kin.until_on.is_(None)
        )
    ).all()
    has_guardian = any(role is KinRole.GUARDIAN for role, _ in kin)
    was_asked = child.status in _VISITED
    found = {
        HeldReason.NO_GUARDIAN: not has_guardian,
        HeldReason.NO_CONSENT: not guardian_consents(session, child, on=on),
        HeldReason.NOT_AGREED: was_asked and lacks_own_yes(child, on=on),
        HeldReason.NO_PHONE: not any(has_phone for _, has_phone in kin),
    }
    return tuple(r for r in HeldReason if found.get(r) or r in _of_record(child))


def _of_record(child: Child) -> set[HeldReason]:
    """Return what the child's own row lacks."""
    lacks = {
        HeldReason.NO_SCHOOL: child.school_id is None and child.route is Route.SCHOOL,
        HeldReason.NO_SEX: child.sex is None,
        HeldReason.NO_PLACE: is_above_banner(child.region_code),
    }
    return {reason for reason, is_lacking in lacks.items() if is_lacking}


def is_above_banner(code: str) -> bool:
    """Say whether a division is the whole region or a league: nobody's banner."""
    return code[4:6] == "00"


def as_codes(reasons: tuple[HeldReason, ...]) -> str | None:
    """Write the reasons as the record keeps them."""
    return ",".join(reasons) or None


def from_codes(codes: str | None) -> tuple[HeldReason, ...]:
    """Read the reasons that a record keeps."""
    return tuple(HeldReason(code) for code in codes.split(",")) if codes else ()


def settle(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    """Note what is missing; open a visited child that lacks nothing, hold an open one that does.

    A supported child keeps its state: what is due is still paid, nothing new is opened for it.
    """
    session.flush()
    if child.status is ChildStatus.ENDED:
        return
    lacking = missing(session, child, on=today(now))
    child.held_because = as_codes(lacking)
    is_blocked = not BLOCKING.isdisjoint(lacking)
    if child.status is ChildStatus.VERIFIED and not is_blocked:
        advance(session, child, ChildStatus.OPEN, by=by, now=now, reason="consent and visit")
        child.opened_on = child.opened_on or today(now)
    elif child.status is ChildStatus.OPEN and is_blocked:
        advance(session, child, ChildStatus.VERIFIED, by=by, now=now, reason=",".join(lacking))
    session.flush()
