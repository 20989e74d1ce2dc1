"""Logins, the roles they hold on a day, and who a signed-in person is as a viewer."""

from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services import trace
from vocabulary.dates import today
from vocabulary.enums import AccountStatus, GrantStatus, Role
from vocabulary.errors import TooManyTries, WrongPassword
from vocabulary.refs import new_ref

TRIES = 8
BLOCK_MINUTES = 15
# 25 ms on an office PC; the library's default takes 220 ms and 64 MB.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY = HASHER.hash("nobody's password")


def roles_on(session: Session, account_id: int, day: date) -> frozenset[Role]:
    """Return the roles granted and in force; a deputy's end with their day."""
    return frozenset(
        session.scalars(
            select(Grant.role).where(
                Grant.account_id == account_id,
                Grant.status == GrantStatus.GRANTED,
                Grant.from_on <= day,
                or_(Grant.until_on.is_(None), Grant.until_on >= day),
            )
        )
    )


def viewer_of(session: Session, account: Account, *, now: datetime) -> Viewer:
    """Build the viewer that an account is today."""
    roles = roles_on(session, account.id, today(now))
    volunteer_id = None
    if Role.VOLUNTEER in roles:
        volunteer_id = session.scalar(
            select(Volunteer.id).where(Volunteer.account_id == account.id)
        )
    return Viewer(
        roles=roles,
        actor=f"account:{account.ref}",
        account_id=account.id,
        regions=(account.region_code,),
        organisation_id=account.organisation_id,
        volunteer_id=volunteer_id,
    )


def find_viewer(session: Session, account_id: int, stamp: str, *, now: datetime) -> Viewer | None:
    """Return the viewer behind a session cookie, or None when it no longer counts."""
    account = session.get(Account, account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        return None
    return viewer_of(session, account, now=now) if account.session_stamp == stamp else None


def viewer_by_login(session: Session, login: str, *, now: datetime) -> Viewer:
    """Return the viewer of an active login, for commands run with --by. Raises WrongPassword."""
    account = session.scalar(
        select(Account).where(Account.login == login, Account.status == AccountStatus.ACTIVE)
    )
    if account is None:
        raise WrongPassword()
    return viewer_of(session, account, now=now)


def sign_in(session: Session, login: str, password: str, *, now: datetime) -> tuple[int, str] | None:
    """Return (account key, session stamp), or None when login or password is wrong.

    A known and an unknown login cost the same. Raises TooManyTries while the login is blocked.
    The caller commits either way, so that failed tries are counted.
    """
    account = session.scalar(select(Account).where(Account.login == login.strip().lower()))
    if account and account.blocked_until and account.blocked_until > now:
        raise TooManyTries(minutes=BLOCK_MINUTES)
    fits = _fits(account.password_hash if account else None, password)
    if account is None or not fits or account.status is not AccountStatus.ACTIVE:
        if account is not None:
            _count_failure(account, now=now)
        return None
    account.failed_tries = 0
    viewer = viewer_of(session, account, now=now)
    trace.record(session, viewer, "account.sign_in", f"account:{account.ref}", now=now)
    return account.id, account.session_stamp


def _fits(stored: str | None, password: str) -> bool:
    try:
        return HASHER.verify(stored or _DUMMY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(account: Account, *, now: datetime) -> None:
    account.failed_tries += 1
    if account.failed_tries >= TRIES:
        account.failed_tries = 0
        account.blocked_until = now + timedelta(minutes=BLOCK_MINUTES)


def set_password(session: Session, account_id: int, password: str) -> None:
    """Set a password; every session opened before it ends."""
    account = session.get_one(Account, account_id)
    account.password_hash = HASHER.hash(password)
    account.session_stamp = new_ref("session")
