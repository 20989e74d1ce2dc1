"""Whether this database holds a demo world: production refuses one."""

from typing import Any

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child
from models.installation import Installation
from models.organisations import Organisation
from models.pledges import Pledge
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services.accounts.accounts import HASHER
from vocabulary.enums import AccountStatus

DEMO_PASSWORD = "weiguang-demo"  # noqa: S105 `make run` prints it, production refuses it
DEMO_LOGINS_LOOKED_AT = 12
_DEMO = "is_demo"
_FILLED_FIRST: tuple[Any, ...] = (Account, Child, Organisation, Volunteer, Pledge)


def mark_demo(session: Session, by: Viewer) -> None:
    """Say that everything in this database is invented; it stays so for good."""
    session.merge(Installation(key=_DEMO, value=by.actor))
    session.flush()


def is_demo(session: Session, _viewer: Viewer) -> bool:
    """Say whether a demo world was loaded here. A database without tables holds none."""
    if not inspect(session.connection()).has_table(Installation.__tablename__):
        return False
    return session.get(Installation, _DEMO) is not None


def has_demo_login(session: Session, _viewer: Viewer) -> bool:
    """Say whether one of the first logins of this database opens with the demo's password."""
    if not inspect(session.connection()).has_table(Account.__tablename__):
        return False
    stored = session.scalars(
        select(Account.password_hash)
        .where(Account.password_hash.is_not(None), Account.status == AccountStatus.ACTIVE)
        .order_by(Account.id)
        .limit(DEMO_LOGINS_LOOKED_AT)
    )
    return any(_opens(one) for one in stored if one)


def _opens(stored: str) -> bool:
    try:
        return HASHER.verify(stored, DEMO_PASSWORD)
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_empty(session: Session, _viewer: Viewer | None = None) -> bool:
    """Say whether nobody and nothing but the regions was entered here yet."""
    return all(session.scalar(select(table.id).limit(1)) is None for table in _FILLED_FIRST)
