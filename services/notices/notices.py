"""The outbox: one message per recipient, kind, subject and rung, whatever asks for it twice.

A row keeps refs only. Its text is drawn at delivery (services/notices/delivery.py), through the gate, with
the recipient as viewer. Recipient keys: an account's, a donor's, for FAMILY the child's (whoever
cares for it is looked up at delivery).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.notices import Notice
from privacy.viewers import region_prefix
from services.writing import insert_of
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    GrantStatus,
    NoticeKind,
    NoticeStatus,
    RecipientKind,
    Role,
)
from vocabulary.refs import new_ref

SUBJECTS = frozenset(
    {
        "amendment",
        "batch",
        "books",
        "care",
        "certificate",
        "change",
        "child",
        "cover",
        "class_link",
        "consent",
        "custody",
        "death",
        "donor",
        "dry",
        "file_access",
        "friend",
        "gap_fund",
        "gift_wish",
        "factor",
        "fading",
        "volunteer",
        "guardian_file",
        "guardian_request",
        "harm",
        "honey",
        "job",
        "late",
        "letter",
        "letter_stopped",
        "letters",
        "letters_desk",
        "match",
        "matching_draft",
        "matching_run",
        "overdue",
        "pay_back",
        "payer_move",
        "pledge",
        "queue",
        "redirection",
        "rest",
        "reveal",
        "reveal_check",
        "runway",
        "stipend",
        "successor",
        "transfer",
        "unclaimed",
        "visit",
    }
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom: the key never leaves the outbox."""

    kind: RecipientKind
    id: int


def queue(
    session: Session,
    to: Recipient,
    kind: NoticeKind,
    subject: str,
    *,
    now: datetime,
    rung: int = 0,
) -> None:
    """Put one notice into the outbox; the same one again changes nothing.

    `subject` is "table:ref" ("stipend:<ref>", "match:<donor_ref>", "donor:<ref>", "batch:<ref>"),
    never a name, phone or token. Raises ValueError for a kind that services/drawing cannot draw.
    """
    queue_all(session, kind, [(to, subject)], now=now, rung=rung)


def queue_all(
    session: Session,
    kind: NoticeKind,
    addressed: Sequence[tuple[Recipient, str]],
    *,
    now: datetime,
    rung: int = 0,
) -> None:
    """Put a notice of one kind to each (recipient, subject) into the outbox, in one statement."""
    if any(subject.partition(":")[0] not in SUBJECTS for _, subject in addressed):
        raise ValueError("no text can be drawn about this kind of subject")  # noqa: TRY003, EM101 a mistake of ours
    same = {
        "kind": kind,
        "rung": rung,
        "status": NoticeStatus.WAITING,
        "created_at": now,
        "not_before": now,
        "attempts": 0,
        "is_held": False,
    }
    rows = [
        {
            "ref": new_ref(f"notice_{to.kind}"),
            "recipient_kind": to.kind,
            "recipient_id": to.id,
            "subject": subject,
            **same,
        }
        for to, subject in addressed
    ]
    if rows:
        session.flush()
        session.connection().execute(_put(session.get_bind().dialect.name), rows)


@cache
def _put(dialect: str) -> Any:
    """Write once what puts any number of notices, each at most once."""
    return insert_of(dialect, Notice.__table__).on_conflict_do_nothing()


def find_account(session: Session, actor: str) -> Recipient | None:
    """Return the recipient behind "account:REF"; None for an actor without an inbox."""
    kind, _, ref = actor.partition(":")
    account_id = session.scalar(select(Account.id).where(Account.ref == ref))
    if kind != "account" or account_id is None:
        return None
    return Recipient(RecipientKind.ACCOUNT, account_id)


def to_roles(  # noqa: PLR0913 whom, where and what are three things
    session: Session,
    roles: Iterable[Role],
    region_code: str | None,
    kind: NoticeKind,
    subject: str,
    *,
    now: datetime,
    rung: int = 0,
    but: Collection[str] = (),
) -> int:
    """Queue to every active account that holds one of the roles over the region today.

    None as the region means wherever they work; `but` names actors who hear nothing of it.
    Returns to how many.
    """
    holders = _holders(session, roles, region_code, now=now, but=but)
    addressed = [(Recipient(RecipientKind.ACCOUNT, key), subject) for key in holders]
    queue_all(session, kind, addressed, now=now, rung=rung)
    return len(holders)


def _holders(
    session: Session,
    roles: Iterable[Role],
    region_code: str | None,
    *,
    now: datetime,
    but: Collection[str],
) -> list[int]:
    day = today(now)
    rows = session.execute(
        select(Account.id, Account.ref, Account.region_code)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Account.status == AccountStatus.ACTIVE,
            Grant.role.in_(tuple(roles)),
            Grant.status == GrantStatus.GRANTED,
            Grant.from_on <= day,
            or_(Grant.until_on.is_(None), Grant.until_on >= day),
        )
        .distinct()
        .order_by(Account.id)
    )
    return [
        key
        for key, ref, own in rows
        if f"account:{ref}" not in but
        and (region_code is None or region_code.startswith(region_prefix(own)))
    ]
