"""The second step of signing in: a code from one's own phone (TOTP), or one of ten codes on paper.

A code opens once and in its own 30 seconds alone: both clocks are to be set by the network. Wrong
codes are counted by account, whatever address they come from.
"""

import hmac
import unicodedata
from base64 import b32encode
from datetime import datetime
from hashlib import sha256

import pyotp
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.accounts import Account
from models.security import RecoveryCode, SecondFactor
from privacy.viewers import Viewer
from services import limits, trace
from services.accounts import accounts, activity
from services.gate import Card
from services.prepared import Ready
from vocabulary.dates import today
from vocabulary.enums import Activity, Device, Limited
from vocabulary.errors import NotPermitted, WrongCode, WrongState
from vocabulary.refs import new_ref, new_token

ISSUER = "微光"
STEP = 30  # seconds
DIGITS = 6
RECOVERY_CODES, RECOVERY_LETTERS = 10, 10
_SECRET = Ready(
    select(SecondFactor.secret).where(SecondFactor.account_id == bindparam("account_id"))
)


def is_on(session: Session, account_id: int) -> bool:
    """Say whether signing in to an account asks for a second step."""
    return _secret(session, account_id) is not None


def standing(session: Session, viewer: Viewer) -> Card:
    """Return how one's own second step stands: on or not, recovery codes left, what is begun."""
    account = _own(session, viewer)
    row = _row(session, account.id)
    unused = RecoveryCode.account_id == account.id, RecoveryCode.used_on.is_(None)
    pending = row.pending if row else None
    return Card(
        {
            "is_on": row is not None and row.secret is not None,
            "left": session.scalar(select(func.count(RecoveryCode.id)).where(*unused)) or 0,
            "typed_key": _grouped(pending) if pending else None,
            "address": _address(pending, account.login) if pending else None,
        }
    )


def begin(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """Make a secret that counts once a code proves the phone has it; the old one still counts."""
    account = _own(session, viewer)
    token = new_token("second_factor")
    secret = b32encode(sha256(token.encode()).digest()[:20]).decode()
    row = _row(session, account.id) or SecondFactor(account_id=account.id)
    row.pending = secret
    session.add(row)
    session.flush()
    trace.record(session, viewer, "account.factor_begin", f"account:{account.ref}", now=now)


def confirm(
    session: Session, viewer: Viewer, code: str, *, now: datetime, device: Device
) -> list[str]:
    """Take the secret that was begun into use and return ten recovery codes, shown this once.

    Raises WrongCode, TooManyTries; WrongState when nothing was begun.
    """
    account = _own(session, viewer)
    row = _row(session, account.id)
    if row is None or row.pending is None:
        raise WrongState(from_state="none", to_state="on")
    limits.take(session, Limited.SECOND_FACTOR, account.ref, now=now)
    step = _step_of(row.pending, code, now=now)
    if step is None:
        raise WrongCode()
    row.secret, row.pending, row.last_step = row.pending, None, step
    session.flush()
    limits.clear(session, Limited.SECOND_FACTOR, account.ref)
    activity.note(session, account.id, Activity.FACTOR_ADDED, now=now, device=device)
    trace.record(session, viewer, "account.factor_on", f"account:{account.ref}", now=now)
    return _new_codes(session, account.id)


def renew_codes(session: Session, viewer: Viewer, *, now: datetime, device: Device) -> list[str]:
    """Make ten fresh recovery codes; the older ones open nothing any more."""
    account = _own(session, viewer)
    if not is_on(session, account.id):
        raise WrongState(from_state="none", to_state="on")
    activity.note(session, account.id, Activity.CODES_RENEWED, now=now, device=device)
    trace.record(session, viewer, "account.recovery_codes", f"account:{account.ref}", now=now)
    return _new_codes(session, account.id)


def passes(session: Session, account_id: int, code: str, *, now: datetime, device: Device) -> bool:
    """Say whether a code opens; use it up. Raises TooManyTries; the caller commits either way."""
    account = session.get_one(Account, account_id)
    limits.take(session, Limited.SECOND_FACTOR, account.ref, now=now)
    by_phone = _use_code(session, account_id, code, now=now)
    if not by_phone and not _use_recovery(session, account_id, code, now=now):
        activity.note(session, account_id, Activity.WRONG_CODE, now=now, device=device)
        return False
    if not by_phone:
        activity.note(session, account_id, Activity.RECOVERY_USED, now=now, device=device)
    limits.clear(session, Limited.SECOND_FACTOR, account.ref)
    return True


def take_off(session: Session, account_id: int) -> None:
    """Forget an account's secret and recovery codes (services/accounts/factor_resets.py decides)."""
    for table in (RecoveryCode, SecondFactor):
        session.execute(delete(table).where(table.account_id == account_id))


def _use_code(session: Session, account_id: int, code: str, *, now: datetime) -> bool:
    """Claim a code's step: of two who type the same code at the same time one gets in."""
    secret = _secret(session, account_id)
    step = _step_of(secret, code, now=now) if secret else None
    if step is None:
        return False
    claimed = session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def _step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the step of now when its code was typed, else None."""
    typed = "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum())
    totp, here = pyotp.TOTP(secret, digits=DIGITS), int(now.timestamp()) // STEP
    fits = hmac.compare_digest(totp.at(here * STEP).encode(), typed.encode())
    return here if fits else None


def _use_recovery(session: Session, account_id: int, code: str, *, now: datetime) -> bool:
    plain = _plain(code)
    if len(plain) != RECOVERY_LETTERS:
        return False
    unused = (RecoveryCode.account_id == account_id, RecoveryCode.used_on.is_(None))
    found = session.execute(select(RecoveryCode.id, RecoveryCode.code_hash).where(*unused))
    fitting = [key for key, kept in found.all() if accounts.fits_hash(kept, plain)]
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id.in_(fitting), RecoveryCode.used_on.is_(None))
        .values(used_on=today(now))
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def _new_codes(session: Session, account_id: int) -> list[str]:
    codes = [new_ref("recovery", RECOVERY_LETTERS) for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    kept = [{"account_id": account_id, "code_hash": accounts.HASHER.hash(code)} for code in codes]
    session.execute(insert(RecoveryCode), kept)
    half = RECOVERY_LETTERS // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _plain(code: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())


def _secret(session: Session, account_id: int) -> str | None:
    session.flush()
    found = _SECRET.fetch(session.connection(), {"account_id": account_id})
    return found[0][0] if found else None


def _row(session: Session, account_id: int) -> SecondFactor | None:
    return session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))


def _own(session: Session, viewer: Viewer) -> Account:
    if viewer.account_id is None:
        raise NotPermitted()
    return session.get_one(Account, viewer.account_id)


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _address(secret: str, login: str) -> str:
    """Return what the QR code says; the login tells two accounts on one phone apart."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=login, issuer_name=ISSUER)
