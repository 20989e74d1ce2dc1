"""A lost phone: one administrator asks to take the second step off, a second one agrees (law 8)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.security import FactorReset
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accounts import activity, grants, second_factor
from services.gate import Card
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    Activity,
    AmendmentStatus,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, NotFound, NotPermitted
from vocabulary.refs import new_ref

_WAITS = FactorReset.status == AmendmentStatus.ASKED


def standing(session: Session, viewer: Viewer, account_ref: str) -> Card:
    """Return whether an account has a second step, and the reset that waits, if one does."""
    require(viewer, Act.GRANT_ROLE)
    account = gate.row(session, viewer, Account, Account.ref == account_ref)
    mine = (FactorReset.account_id == account.id, _WAITS)
    found = gate.cards(session, viewer, FactorReset, where=mine, limit=1)
    waiting = found[0].and_also(by_me=found[0]["asked_by"] == viewer.actor) if found else None
    return Card({"is_on": second_factor.is_on(session, account.id), "waiting": waiting})


def ask(session: Session, by: Viewer, account_ref: str, *, reason: str, now: datetime) -> str:
    """Ask to take off somebody else's second step. Raises AlreadyDecided while one waits."""
    require(by, Act.GRANT_ROLE)
    account = gate.row(session, by, Account, Account.ref == account_ref)
    if by.account_id == account.id:
        raise ActedBefore()
    if account.status is AccountStatus.ENDED or not second_factor.is_on(session, account.id):
        raise NotFound()
    open_one = select(FactorReset.id).where(FactorReset.account_id == account.id, _WAITS)
    if session.scalar(open_one) is not None:
        raise AlreadyDecided()
    asked = FactorReset(
        account_id=account.id, reason=reason, asked_by=by.actor, asked_on=today(now)
    )
    session.add(asked)
    session.flush()
    _trace(session, by, "factor.ask_reset", account, now=now, why=reason)
    return asked.ref


def of_account(session: Session, viewer: Viewer, account_ref: str, ref: str) -> str:
    """Return a reset's ref once it is this account's. Raises NotFound."""
    require(viewer, Act.GRANT_ROLE)
    mine = FactorReset.account_id.in_(select(Account.id).where(Account.ref == account_ref))
    return gate.row(session, viewer, FactorReset, FactorReset.ref == ref, mine).ref


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Take it off as the second administrator; every session ends and the person is told."""
    require(by, Act.GRANT_ROLE)
    reset = gate.row(session, by, FactorReset, FactorReset.ref == ref)
    if reset.asked_by == by.actor or reset.account_id == by.account_id:
        raise ActedBefore()
    _carry_out(session, by, reset, now=now)


def agree_at_console(session: Session, by: Viewer, login: str, *, now: datetime) -> None:
    """Let the server's console be the second person when an administrator lost his phone."""
    if not by.has(Role.CONSOLE):
        raise NotPermitted()
    account = session.scalar(select(Account).where(Account.login == login))
    if account is None:
        raise NotFound()
    if Role.ADMINISTRATOR not in grants.standing_roles(session, account.id, now=now):
        raise NotPermitted()
    mine = (FactorReset.account_id == account.id, _WAITS)
    reset = session.scalar(select(FactorReset).where(*mine))
    if reset is None:
        raise NotFound()
    _carry_out(session, by, reset, now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave the second step as it is."""
    require(by, Act.GRANT_ROLE)
    reset = gate.row(session, by, FactorReset, FactorReset.ref == ref)
    advance(session, reset, AmendmentStatus.TURNED_DOWN, by=by, now=now)
    account = session.get_one(Account, reset.account_id)
    _trace(session, by, "factor.keep", account, now=now)


def _carry_out(session: Session, by: Viewer, reset: FactorReset, *, now: datetime) -> None:
    advance(session, reset, AmendmentStatus.DONE, by=by, now=now)
    reset.agreed_by = by.actor
    account = session.get_one(Account, reset.account_id)
    second_factor.take_off(session, account.id)
    account.session_stamp = new_ref("session")
    activity.note(session, account.id, Activity.FACTOR_RESET, now=now)
    to = Recipient(RecipientKind.ACCOUNT, account.id)
    notices.queue(session, to, NoticeKind.FACTOR_RESET, f"factor:{reset.ref}", now=now)
    _trace(session, by, "factor.reset", account, now=now)


def _trace(
    session: Session, by: Viewer, act: str, account: Account, *, now: datetime, why: str = ""
) -> None:
    trace.record(session, by, act, f"account:{account.ref}", now=now, why=why)
