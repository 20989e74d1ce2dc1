"""Accounts of people who work here: made, helped and ended by administrators."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.organisations import Organisation
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate, limits, trace
from services.accounts import activity, grants, passwords
from services.gate import Card
from services.lifecycle import advance
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    Activity,
    ContactKind,
    GrantStatus,
    Limited,
    RegionLevel,
    Role,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotPermitted, Refused
from vocabulary.refs import new_ref

FIRST_ADMINISTRATORS = 2
WHOLE_REGION = "150000000000"
_LOGIN = re.compile(r"^[a-z][a-z0-9._-]{2,39}$")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who gets an account, and where that person works."""

    login: str
    name: str
    region_code: str
    organisation_name: str = ""
    phone: str = ""
    mail: str = ""


def make(session: Session, by: Viewer, person: NewAccount, *, now: datetime) -> tuple[str, str]:
    """Make an account without a role; return its ref and the token of its one-time link.

    The link opens with six digits from a second administrator alone (services/accounts/way_in.py).
    Raises BadInput(field) for what cannot be used, a login that is taken included.
    """
    require(by, Act.GRANT_ROLE)
    account = _add(session, person, now=now)
    trace.record(session, by, "account.make", f"account:{account.ref}", now=now)
    return account.ref, passwords.invite(session, by, account.id, now=now)


def first_administrator(
    session: Session, by: Viewer, person: NewAccount, *, now: datetime
) -> tuple[str, str]:
    """Make one of the first two administrators from the server's console, role included.

    From two on everything is done by two of them in the browser: then raises AlreadyDecided.
    """
    if not by.has(Role.CONSOLE):
        raise NotPermitted()
    if grants.administrators(session, by, now=now) >= FIRST_ADMINISTRATORS:
        raise AlreadyDecided()
    account = _add(session, person, now=now)
    session.add(
        Grant(
            account_id=account.id,
            role=Role.ADMINISTRATOR,
            status=GrantStatus.GRANTED,
            from_on=today(now),
            asked_by=by.actor,
            granted_by=by.actor,
        )
    )
    why = "one of the first two administrators"
    trace.record(session, by, "account.first", f"account:{account.ref}", now=now, why=why)
    return account.ref, passwords.invite(session, by, account.id, now=now)


def new_link(session: Session, by: Viewer, *, now: datetime, ref: str = "", login: str = "") -> str:
    """Make a fresh one-time link for somebody else's account, by its ref or login.

    An administrator's opens with six digits from another one alone (services/accounts/way_in.py).
    The console helps administrators only: all others are helped by an administrator.
    Raises TooManyTries for more than five links a day.
    """
    account = _to_help(session, by, now=now, ref=ref, login=login)
    if by.account_id == account.id:
        raise ActedBefore()
    if account.status is AccountStatus.ENDED:
        raise BadInput(field="login", reason="ended")
    limits.take(session, Limited.RESET, account.ref, now=now)
    trace.record(session, by, "account.link", f"account:{account.ref}", now=now)
    return passwords.invite(session, by, account.id, now=now)


def end(session: Session, by: Viewer, ref: str, *, reason: str, now: datetime) -> None:
    """End somebody else's account with all its roles; its sessions and links die at once."""
    require(by, Act.GRANT_ROLE)
    account = gate.row(session, by, Account, Account.ref == ref)
    if by.account_id == account.id:
        raise ActedBefore()
    passwords.end_links(session, account.id, now=now)
    open_grants = select(Grant).where(
        Grant.account_id == account.id, Grant.status != GrantStatus.ENDED
    )
    for grant in session.scalars(open_grants).all():
        grants.end_row(session, by, grant, account, reason=reason, now=now)
    advance(session, account, AccountStatus.ENDED, by=by, now=now, reason=reason)
    account.session_stamp = new_ref("session")
    trace.record(session, by, "account.end", f"account:{account.ref}", now=now, why=reason)


def sign_out(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """End every sign-in of somebody else at once; his password and roles stay."""
    require(by, Act.GRANT_ROLE)
    account = gate.row(session, by, Account, Account.ref == ref)
    if by.account_id == account.id:
        raise ActedBefore()
    account.session_stamp = new_ref("session")
    activity.note(session, account.id, Activity.SESSIONS_ENDED, now=now)
    trace.record(session, by, "account.sign_out", f"account:{account.ref}", now=now)


def logins(session: Session, _by: Viewer) -> list[Card]:
    """List logins, status and roles for the server's console: no names."""
    query = select(Account.login, Account.status, Account.ref).order_by(Account.id)
    roles: dict[str, list[str]] = {}
    held = select(Account.login, Grant.role).join(Grant, Grant.account_id == Account.id)
    for login, role in session.execute(held.where(Grant.status == GrantStatus.GRANTED)):
        roles.setdefault(login, []).append(role.value)
    return [
        Card({"login": login, "status": status.value, "ref": ref, "roles": roles.get(login, [])})
        for login, status, ref in session.execute(query)
    ]


def places(session: Session, viewer: Viewer) -> list[Card]:
    """List the region, its leagues and banners, in the order of their codes, for a form."""
    levels = (RegionLevel.REGION, RegionLevel.LEAGUE, RegionLevel.BANNER)
    where = (Region.level.in_(levels),)
    return gate.cards(session, viewer, Region, where=where, order_by=(Region.code,))


def place_below(session: Session, _viewer: Viewer, banner_code: str, name: str) -> str:
    """Return the code of the one township or village of that name. Raises BadInput otherwise."""
    plain = unicodedata.normalize("NFKC", name).strip()
    prefix = region_prefix(banner_code)
    found = session.scalars(
        select(Region.code).where(
            Region.code.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")),
            Region.name.like(f"{_escaped(plain)}%", escape="\\"),
            Region.code != banner_code,
        )
    ).all()
    if len(found) != 1:
        raise BadInput(field="place", reason="unknown_place" if not found else "several_places")
    return found[0]


def _to_help(session: Session, by: Viewer, *, now: datetime, ref: str, login: str) -> Account:
    if by.has(Role.CONSOLE):
        account = session.scalar(select(Account).where(Account.login == login))
        if account is None:
            raise BadInput(field="login", reason="unknown")
        if Role.ADMINISTRATOR not in grants.standing_roles(session, account.id, now=now):
            raise NotPermitted()
        return account
    require(by, Act.GRANT_ROLE)
    return gate.row(session, by, Account, Account.ref == ref)


def _add(session: Session, person: NewAccount, *, now: datetime) -> Account:
    account = Account(
        login=_free_login(session, person.login),
        name=_name(person.name),
        region_code=_region(session, person.region_code),
        organisation_id=_organisation(session, person),
        phone=_contact(person.phone, ContactKind.PHONE),
        mail=_contact(person.mail, ContactKind.MAIL),
        entered_on=today(now),
    )
    session.add(account)
    session.flush()
    return account


def _free_login(session: Session, login: str) -> str:
    plain = unicodedata.normalize("NFKC", login).strip().lower()
    if not _LOGIN.match(plain):
        raise BadInput(field="login", reason="bad_login")
    if session.scalar(select(Account.id).where(Account.login == plain)) is not None:
        raise BadInput(field="login", reason="login_taken")
    return plain


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise BadInput(field="name", reason="no_name")
    return plain


def _region(session: Session, code: str) -> str:
    if session.get(Region, code) is None:
        raise BadInput(field="region", reason="unknown_place")
    return code


def _organisation(session: Session, person: NewAccount) -> int | None:
    """Find the one organisation of that name in the account's banner."""
    name = person.organisation_name.strip()
    if not name:
        return None
    prefix = region_prefix(person.region_code)[:6]
    found = session.scalars(
        select(Organisation.id).where(
            Organisation.name == name,
            Organisation.region_code.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")),
        )
    ).all()
    if len(found) != 1:
        raise BadInput(field="organisation", reason="unknown_organisation")
    return found[0]


def _contact(text: str, kind: ContactKind) -> str | None:
    if not text.strip():
        return None
    try:
        found, value = vault.read_contact(text)
    except Refused as refusal:
        raise BadInput(field=kind.value, reason=f"bad_{kind.value}") from refusal
    if found is not kind:
        raise BadInput(field=kind.value, reason=f"bad_{kind.value}")
    return value


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) or "\\%"
