"""Passwords: the first one by a one-time link, changing one's own, ending sessions."""

import unicodedata
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.notices import AccessLink
from privacy.viewers import Viewer
from services import limits, links, trace
from services.accounts import accounts, activity, breached_passwords, common_passwords
from services.gate import Card
from services.lifecycle import advance
from vocabulary.enums import AccountStatus, Activity, Device, Limited, LinkPurpose
from vocabulary.errors import BadInput, LinkExpired, NotPermitted, WrongCode
from vocabulary.refs import new_ref

SHORTEST, LONGEST = 10, 200
FEWEST_DIFFERENT = 5


def check_new(password: str, *, login: str = "") -> None:
    """Raise BadInput(reason) for a password that is too short, too common or holds the login."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        raise BadInput(field="password", reason="too_short")
    if len(plain) > LONGEST:
        raise BadInput(field="password", reason="too_long")
    low = plain.casefold()
    if len(set(low)) < FEWEST_DIFFERENT or common_passwords.is_common(low):
        raise BadInput(field="password", reason="too_common")
    if breached_passwords.is_breached(low):
        raise BadInput(field="password", reason="too_common")
    if login and login.casefold() in low:
        raise BadInput(field="password", reason="holds_login")


def invite(session: Session, by: Viewer, account_id: int, *, now: datetime) -> str:
    """Make a fresh one-time link for an account, end its older ones, and return the token."""
    end_links(session, account_id, now=now)
    subject = links.Subject(account_id=account_id)
    return links.make(session, by, LinkPurpose.FIRST_PASSWORD, subject, now=now)


def invited(session: Session, token: str, *, now: datetime) -> Card:
    """Return whose link this is and what it still needs, for its page. Raises LinkExpired."""
    link, account = _behind(session, token, now=now)
    return Card(
        {
            "name": account.name,
            "login": account.login,
            "needs_code": links.needs_code(link),
            "has_code": link.code_hash is not None,
        }
    )


def set_first(session: Session, token: str, password: str, *, now: datetime, code: str = "") -> str:
    """Set the password of a one-time link's account, use the link up, and return the login.

    Raises LinkExpired for an unknown, used or old link, BadInput for a poor password, WrongCode for
    digits that do not belong to it: these are counted, the caller commits.
    """
    link, account = _behind(session, token, now=now)
    check_new(password, login=account.login)
    if links.needs_code(link) and not links.fits_code(link, code, now=now):
        raise WrongCode()
    end_links(session, account.id, now=now)
    by = accounts.viewer_of(session, account, now=now)
    if account.status is AccountStatus.INVITED:
        advance(session, account, AccountStatus.ACTIVE, by=by, now=now)
    _keep(account, password)
    trace.record(session, by, "account.first_password", f"account:{account.ref}", now=now)
    return account.login


def change(
    session: Session,
    viewer: Viewer,
    old: str,
    new: str,
    *,
    now: datetime,
    device: Device = Device.OTHER,
) -> str:
    """Change one's own password; every other session ends. Return the new session stamp.

    Raises BadInput(field) for a wrong old or a poor new one, TooManyTries.
    """
    account = _own(session, viewer)
    if not is_own(session, viewer, old, now=now):
        raise BadInput(field="old", reason="wrong")
    check_new(new, login=account.login)
    _keep(account, new)
    activity.note(session, account.id, Activity.PASSWORD_CHANGED, now=now, device=device)
    trace.record(session, viewer, "account.password", f"account:{account.ref}", now=now)
    return account.session_stamp


def is_own(session: Session, viewer: Viewer, password: str, *, now: datetime) -> bool:
    """Say whether a password is the viewer's own. Raises TooManyTries; the caller commits."""
    account = _own(session, viewer)
    limits.take(session, Limited.PROOF, account.ref, now=now)
    if not accounts.fits_hash(account.password_hash, password):
        return False
    limits.clear(session, Limited.PROOF, account.ref)
    return True


def end_sessions(
    session: Session, viewer: Viewer, *, now: datetime, device: Device = Device.OTHER
) -> str:
    """End every session; return the stamp of a new one, for a device that may stay."""
    account = _own(session, viewer)
    account.session_stamp = new_ref("session")
    activity.note(session, account.id, Activity.SESSIONS_ENDED, now=now, device=device)
    trace.record(session, viewer, "account.sign_out_all", f"account:{account.ref}", now=now)
    return account.session_stamp


def _own(session: Session, viewer: Viewer) -> Account:
    if viewer.account_id is None:
        raise NotPermitted()
    return session.get_one(Account, viewer.account_id)


def _behind(session: Session, token: str, *, now: datetime) -> tuple[AccessLink, Account]:
    link = links.find(session, token, LinkPurpose.FIRST_PASSWORD, now=now)
    account = session.scalar(
        select(Account).where(Account.id == link.account_id, Account.status != AccountStatus.ENDED)
    )
    if account is None:
        raise LinkExpired()
    return link, account


def end_links(session: Session, account_id: int, *, now: datetime) -> None:
    """Let no one-time link of an account open any more."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.account_id == account_id,
            AccessLink.purpose == LinkPurpose.FIRST_PASSWORD,
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def _keep(account: Account, password: str) -> None:
    account.password_hash = accounts.HASHER.hash(password)
    account.session_stamp = new_ref("session")
