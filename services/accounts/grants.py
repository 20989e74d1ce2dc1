"""Roles: one administrator asks, a second agrees (law 8), and none excludes another (law 7)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.organisations import Organisation
from models.regions import Region
from privacy.permissions import Act, check_exclusive, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accounts import activity
from services.lifecycle import advance
from services.work_units import one_side
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    Activity,
    GrantStatus,
    OrganisationKind,
    RegionLevel,
    Role,
)
from vocabulary.errors import ActedBefore, BadInput, WrongState
from vocabulary.refs import new_ref

# What an account may hold; the other roles stand for links, the public and machines.
GRANTABLE: tuple[Role, ...] = (
    Role.CASE_WORKER,
    Role.APPROVER,
    Role.COLLECTING_DESK,
    Role.PAYING_DESK,
    Role.CUSTODIAN,
    Role.AUDITOR,
    Role.STATISTICS,
    Role.ADMINISTRATOR,
    Role.SCHOOL_OFFICER,
    Role.VILLAGE_DIRECTOR,
    Role.VOLUNTEER,
    Role.UNIT_COLLECTOR,
    Role.UNIT_HAND,
)
# Of what an account must be a member, and what is said when it is not.
_MEMBERS = {
    Role.SCHOOL_OFFICER: (
        (OrganisationKind.SCHOOL, OrganisationKind.INSTITUTION),
        "needs_school",
    ),
    Role.UNIT_COLLECTOR: ((OrganisationKind.WORK_UNIT,), "needs_unit"),
    Role.UNIT_HAND: ((OrganisationKind.WORK_UNIT,), "needs_unit"),
}
_VILLAGE_LEVELS = (RegionLevel.TOWNSHIP, RegionLevel.VILLAGE)


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when (a deputy's last day); no end for a standing role."""

    from_on: date | None = None
    until_on: date | None = None


def ask(
    session: Session, by: Viewer, account_ref: str, role: Role, *, term: Term, now: datetime
) -> str:
    """Ask for a role for somebody else; return the grant's ref.

    Raises ActedBefore for oneself, RolesExclude (law 7), BadInput where days or place do not fit.
    """
    require(by, Act.GRANT_ROLE)
    account = gate.row(session, by, Account, Account.ref == account_ref)
    _check_not_self(by, account)
    _check_role(session, account, role)
    one_side.check(session, account.organisation_id, role)
    first = term.from_on or today(now)
    if term.until_on is not None and term.until_on < max(first, today(now)):
        raise BadInput(field="until_on", reason="before_from")
    _check_beside(session, account.id, role, now=now)
    grant = Grant(
        account_id=account.id, role=role, from_on=first, until_on=term.until_on, asked_by=by.actor
    )
    session.add(grant)
    session.flush()
    _trace(session, by, "grant.ask", grant, account, now=now)
    return grant.ref


def agree(session: Session, by: Viewer, grant_ref: str, *, now: datetime) -> None:
    """Grant a role that another administrator asked for; it counts from the next page on.

    Raises ActedBefore for whoever asked and for the account itself.
    """
    require(by, Act.GRANT_ROLE)
    grant = gate.row(session, by, Grant, Grant.ref == grant_ref)
    account = session.get_one(Account, grant.account_id)
    _check_not_self(by, account)
    if grant.asked_by == by.actor:
        raise ActedBefore()
    if account.status is AccountStatus.ENDED:
        raise WrongState(from_state=account.status.value, to_state=GrantStatus.GRANTED.value)
    check_exclusive(standing_roles(session, account.id, now=now))
    advance(session, grant, GrantStatus.GRANTED, by=by, now=now)
    grant.granted_by = by.actor
    activity.note(session, account.id, Activity.ROLE_GRANTED, now=now, about=grant.role.value)
    _trace(session, by, "grant.agree", grant, account, now=now)


def end(session: Session, by: Viewer, grant_ref: str, *, reason: str, now: datetime) -> None:
    """End a role at once, or turn down one that was asked for. Nobody ends his own."""
    require(by, Act.GRANT_ROLE)
    grant = gate.row(session, by, Grant, Grant.ref == grant_ref)
    account = session.get_one(Account, grant.account_id)
    _check_not_self(by, account)
    end_row(session, by, grant, account, reason=reason, now=now)


def end_row(
    session: Session, by: Viewer, grant: Grant, account: Account, *, reason: str, now: datetime
) -> None:
    """End one role of an account that the caller has checked; its sessions die with it."""
    advance(session, grant, GrantStatus.ENDED, by=by, now=now, reason=reason)
    account.session_stamp = new_ref("session")
    activity.note(session, account.id, Activity.ROLE_ENDED, now=now, about=grant.role.value)
    _trace(session, by, "grant.end", grant, account, now=now, why=reason)


def standing_roles(session: Session, account_id: int, *, now: datetime) -> frozenset[Role]:
    """Return the roles asked for or granted, in force or to come: law 7 counts all of them."""
    found = select(Grant.role).where(
        Grant.account_id == account_id,
        Grant.status != GrantStatus.ENDED,
        or_(Grant.until_on.is_(None), Grant.until_on >= today(now)),
    )
    return frozenset(session.scalars(found))


def administrators(session: Session, _by: Viewer, *, now: datetime) -> int:
    """Count the accounts, not ended, that hold the administrator's role now."""
    day = today(now)
    found = session.scalars(
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Account.status != AccountStatus.ENDED,
            Grant.role == Role.ADMINISTRATOR,
            Grant.status == GrantStatus.GRANTED,
            or_(Grant.until_on.is_(None), Grant.until_on >= day),
        )
        .distinct()
    )
    return len(found.all())


def _check_not_self(by: Viewer, account: Account) -> None:
    if by.account_id == account.id:
        raise ActedBefore()


def _check_beside(session: Session, account_id: int, role: Role, *, now: datetime) -> None:
    held = standing_roles(session, account_id, now=now)
    if role in held:
        raise BadInput(field="role", reason="already_held")
    check_exclusive(held | {role})


def _check_role(session: Session, account: Account, role: Role) -> None:
    """Refuse an officer without a school, a clerk without a unit, a director without a village."""
    if role not in GRANTABLE or account.status is AccountStatus.ENDED:
        raise BadInput(field="role", reason="not_grantable")
    if role in _MEMBERS:
        needed, lacking = _MEMBERS[role]
        kind = session.scalar(
            select(Organisation.kind).where(Organisation.id == account.organisation_id)
        )
        if kind not in needed:
            raise BadInput(field="role", reason=lacking)
    if role is Role.VILLAGE_DIRECTOR:
        level = session.scalar(select(Region.level).where(Region.code == account.region_code))
        if level not in _VILLAGE_LEVELS:
            raise BadInput(field="role", reason="needs_village")


def _trace(
    session: Session,
    by: Viewer,
    act: str,
    grant: Grant,
    account: Account,
    *,
    now: datetime,
    why: str = "",
) -> None:
    detail = {"account": account.ref, "role": grant.role.value}
    trace.record(session, by, act, f"grant:{grant.ref}", now=now, why=why, detail=detail)
