"""Sign-ins that count now: shown to their own person by day and kind of device, ended one by one."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, select
from sqlalchemy.orm import Session

from models.accounts import Account, SignIn
from privacy.viewers import Viewer
from services import gate, trace
from services.accounts import accounts, activity
from services.accounts.accounts import LONGEST
from services.gate import Card
from services.prepared import Ready
from vocabulary.dates import today
from vocabulary.enums import Activity, Device
from vocabulary.refs import new_ref, token_hash

_OF_REF = Ready(select(SignIn.id).where(SignIn.ref == bindparam("ref")))


def begin(
    session: Session, account_id: int, stamp: str, *, now: datetime, device: Device = Device.OTHER
) -> str:
    """Keep that somebody has just signed in; return the code for the cookie."""
    code = accounts.new_sign_in(session)
    new = SignIn(account_id=account_id, handle=token_hash(code), stamp=stamp, device=device)
    new.ref = _ref(session)
    new.on, new.began_at = today(now), now
    session.add(new)
    session.flush()
    return code


def _ref(session: Session) -> str:
    ref = new_ref("sign_in_row")
    while _OF_REF.fetch(session.connection(), {"ref": ref}):
        ref = new_ref("sign_in_row")
    return ref


def renew(
    session: Session,
    old: str,
    account_id: int,
    stamp: str,
    *,
    now: datetime,
    device: Device = Device.OTHER,
) -> str:
    """Return another code for a sign-in that goes on: the old one opens nothing any more."""
    kept = session.scalars(select(SignIn).where(SignIn.handle == token_hash(old))).one_or_none()
    if kept is None:
        accounts.end_sign_in(session, old, now=now)
        return begin(session, account_id, stamp, now=now, device=device)
    code = accounts.new_sign_in(session)
    kept.handle, kept.stamp = token_hash(code), stamp
    session.flush()
    accounts.end_sign_in(session, old, now=now)
    return code


def end(session: Session, code: str, *, now: datetime) -> None:
    """Let a sign-in end here: it opens nothing any more, in whatever cookie it stands."""
    accounts.end_sign_in(session, code, now=now)
    session.execute(delete(SignIn).where(SignIn.handle == token_hash(code)))


def mine(session: Session, viewer: Viewer, *, code: str, now: datetime) -> list[Card]:
    """List one's own sign-ins that still open something, this one first, then the newest day."""
    found = gate.cards(
        session,
        viewer,
        SignIn,
        where=(_counts(now),),
        order_by=(SignIn.on.desc(), SignIn.device, SignIn.ref),
    )
    here = session.scalar(select(SignIn.ref).where(SignIn.handle == token_hash(code)))
    cards = [card.and_also(is_here=card["ref"] == here) for card in found]
    return sorted(cards, key=lambda card: not card["is_here"])


def end_one(
    session: Session, by: Viewer, ref: str, *, now: datetime, device: Device = Device.OTHER
) -> None:
    """End one of one's own sign-ins. Raises NotFound for another's and for one that is over."""
    kept = gate.row(session, by, SignIn, SignIn.ref == ref, _counts(now))
    accounts.end_handle(session, kept.handle, now=now)
    session.delete(kept)
    session.flush()
    activity.note(session, kept.account_id, Activity.SESSIONS_ENDED, now=now, device=device)
    trace.record(session, by, "account.sign_out_one", by.actor, now=now)


def _counts(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that a sign-in is not too old, and that no later stamp ended it with all others."""
    stamps = (Account.id == SignIn.account_id, Account.session_stamp == SignIn.stamp)
    return (SignIn.began_at > now - LONGEST) & exists().where(*stamps)
