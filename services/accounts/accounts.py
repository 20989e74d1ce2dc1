"""Signing in, and who a signed-in person is as a viewer today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models import keys
from models.accounts import Account, EndedSignIn, Grant, SignIn, SignInFailure
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services import limits, trace
from services.accounts import activity
from services.prepared import Ready
from vocabulary.dates import today
from vocabulary.enums import AccountStatus, Activity, Device, GrantStatus, Limited, Role
from vocabulary.errors import TooManyTries, WrongPassword
from vocabulary.refs import new_token, token_hash

TRIES = 8
BLOCK_MINUTES = 15
LONGEST = timedelta(hours=12)
"""How long a sign-in counts at most; an ended one is remembered as long."""
# 25 ms on an office PC; the library's default takes 220 ms and 64 MB.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY = HASHER.hash("nobody's password")
_PLACE = "sign_in_failures.handle"


def roles_on(session: Session, account_id: int, day: date) -> frozenset[Role]:
    """Return the roles granted and in force; a deputy's end with their day."""
    held = select(Grant.role).where(Grant.account_id == account_id, in_force(day))
    return frozenset(session.scalars(held))


def in_force(day: date | BindParameter[Any]) -> ColumnElement[bool]:
    """Return the condition that a grant holds on a day."""
    return and_(
        Grant.status == GrantStatus.GRANTED,
        Grant.from_on <= day,
        or_(Grant.until_on.is_(None), Grant.until_on >= day),
    )


def viewer_of(session: Session, account: Account, *, now: datetime) -> Viewer:
    """Build the viewer that an account is today."""
    return _viewer(session, account, roles_on(session, account.id, today(now)), now=now)


def _viewer(
    session: Session,
    account: "Account | _SignedIn",
    roles: frozenset[Role],
    *,
    now: datetime,
) -> Viewer:
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
        as_of=now,
    )


class _SignedIn(NamedTuple):
    """An account as its session cookie finds it, with one of its roles."""

    id: int
    ref: str
    status: AccountStatus
    region_code: str
    organisation_id: int | None
    role: Role | None


# Every page of a signed-in person asks this: one statement, and nothing sealed is opened.
_SIGNED_IN = Ready(
    select(
        Account.id,
        Account.ref,
        Account.status,
        Account.region_code,
        Account.organisation_id,
        Grant.role,
    )
    .outerjoin(Grant, and_(Grant.account_id == Account.id, in_force(bindparam("day"))))
    .where(
        Account.id == bindparam("id"),
        Account.session_stamp == bindparam("stamp"),
        ~exists().where(EndedSignIn.handle == bindparam("ended")),
    )
)

# Whose login it is, and how often it failed: nothing sealed is opened before the password fits.
_BY_LOGIN = Ready(
    select(Account.id, Account.password_hash, Account.status, Account.session_stamp).where(
        Account.login == bindparam("login")
    )
)
_FAILED = Ready(
    select(SignInFailure.tries, SignInFailure.last_at, SignInFailure.blocked_until).where(
        SignInFailure.handle == bindparam("handle")
    )
)


class _Account(NamedTuple):
    id: int
    password_hash: str | None
    status: AccountStatus
    stamp: str


class _Failure(NamedTuple):
    tries: int
    last_at: datetime
    blocked_until: datetime | None


_DRAWN = Ready(
    select(EndedSignIn.handle)
    .where(EndedSignIn.handle == bindparam("handle"))
    .union_all(select(SignIn.handle).where(SignIn.handle == bindparam("handle")))
)


def find_viewer(
    session: Session, account_id: int, stamp: str, *, now: datetime, code: str = ""
) -> Viewer | None:
    """Return the viewer behind a session cookie, or None when it no longer counts."""
    asked = {"id": account_id, "stamp": stamp, "day": today(now), "ended": token_hash(code)}
    session.flush()
    rows = [_SignedIn(*row) for row in _SIGNED_IN.fetch(session.connection(), asked)]
    if not rows or rows[0].status is not AccountStatus.ACTIVE:
        return None
    return _viewer(session, rows[0], frozenset(row.role for row in rows if row.role), now=now)


def viewer_by_login(session: Session, login: str, *, now: datetime) -> Viewer:
    """Return the viewer of an active login, for commands run with --by. Raises WrongPassword."""
    account = session.scalar(
        select(Account).where(Account.login == login, Account.status == AccountStatus.ACTIVE)
    )
    if account is None:
        raise WrongPassword()
    return viewer_of(session, account, now=now)


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody signs in; the address is counted by a keyed hash and kept nowhere."""

    address: str = ""
    device: Device = Device.OTHER


def sign_in(
    session: Session, login: str, password: str, *, now: datetime, place: Place = Place()
) -> tuple[int, str] | None:
    """Return (account key, session stamp), or None when login or password is wrong.

    A known and an unknown login cost the same time and statements, and are blocked alike: failures
    are counted by what was typed, and by address. Raises TooManyTries while blocked. The caller
    commits either way, asks for the second step where there is one, and then calls `enter`.
    """
    typed = login.strip().lower()
    handle = keys.blind_index(_PLACE, typed)
    limits.check(session, Limited.SIGN_IN_ADDRESS, place.address, now=now)
    session.flush()
    connection = session.connection()
    account = next((_Account(*row) for row in _BY_LOGIN.fetch(connection, {"login": typed})), None)
    failure = next((_Failure(*row) for row in _FAILED.fetch(connection, {"handle": handle})), None)
    if failure and failure.blocked_until and failure.blocked_until > now:
        raise TooManyTries(minutes=BLOCK_MINUTES)
    fits = fits_hash(account.password_hash if account else None, password)
    if account is None or not fits or account.status is not AccountStatus.ACTIVE:
        _count_failure(session, handle, failure, now=now)
        limits.count(session, Limited.SIGN_IN_ADDRESS, place.address, now=now)
        activity.note_failed_try(session, typed, now=now, device=place.device)
        return None
    if failure is not None:
        session.execute(delete(SignInFailure).where(SignInFailure.handle == handle))
    return account.id, account.stamp


def enter(
    session: Session, account_id: int, stamp: str, *, now: datetime, device: Device = Device.OTHER
) -> Viewer | None:
    """Let somebody in who passed every step; None when the account ended meanwhile."""
    viewer = find_viewer(session, account_id, stamp, now=now)
    if viewer is not None:
        activity.note(session, account_id, Activity.SIGNED_IN, now=now, device=device)
        trace.record(session, viewer, "account.sign_in", viewer.actor, now=now)
    return viewer


def new_sign_in(session: Session) -> str:
    """Return a code for a sign-in: none that was one (a seeded server draws its first ones again)."""
    code = new_token("sign_in")
    while _DRAWN.fetch(session.connection(), {"handle": token_hash(code)}):
        code = new_token("sign_in")
    return code


def end_sign_in(session: Session, code: str, *, now: datetime) -> None:
    """Let a sign-in's code open nothing any more, in whatever cookie it stands."""
    end_handle(session, token_hash(code), now=now)


def end_handle(session: Session, handle: str, *, now: datetime) -> None:
    """Let a sign-in known by its code's hash alone open nothing any more."""
    if session.get(EndedSignIn, handle) is None:
        session.execute(insert(EndedSignIn).values(handle=handle, ended_at=now))


def fits_hash(stored: str | None, password: str) -> bool:
    """Say whether a password opens a stored hash; takes as long when there is none."""
    try:
        return HASHER.verify(stored or _DUMMY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(
    session: Session, handle: str, failure: _Failure | None, *, now: datetime
) -> None:
    """Count one more; the last of TRIES within the window blocks."""
    window = timedelta(minutes=BLOCK_MINUTES)
    is_recent = failure is not None and failure.last_at > now - window
    tries = failure.tries + 1 if failure is not None and is_recent else 1
    is_last = tries >= TRIES
    values = {
        "tries": 0 if is_last else tries,
        "last_at": now,
        "blocked_until": now + window if is_last else None,
    }
    if failure is None:
        session.execute(insert(SignInFailure).values(handle=handle, **values))
    else:
        session.execute(
            update(SignInFailure).where(SignInFailure.handle == handle).values(**values)
        )
