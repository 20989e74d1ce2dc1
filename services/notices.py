"""The outbox: one message per recipient, kind, subject and rung, whatever asks for it twice.

A row keeps refs only. Its text is drawn at delivery (services/delivery.py), through the gate, with
the recipient as viewer. Recipient keys: an account's, a donor's, for FAMILY the child's (whoever
cares for it is looked up at delivery).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.notices import Notice
from privacy.viewers import region_prefix
from services.writing import insert_into
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
        "batch",
        "change",
        "custody",
        "donor",
        "file_access",
        "factor",
        "harm",
        "honey",
        "job",
        "late",
        "match",
        "matching_run",
        "pledge",
        "queue",
        "reveal",
        "reveal_check",
        "runway",
        "stipend",
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
    if subject.partition(":")[0] not in SUBJECTS:
        raise ValueError("no text can be drawn about this kind of subject")  # noqa: TRY003, EM101 a mistake of ours
    session.execute(
        insert_into(session, Notice)
        .values(
            ref=new_ref(f"notice_{to.kind}"),
            recipient_kind=to.kind,
            recipient_id=to.id,
            kind=kind,
            subject=subject,
            rung=rung,
            status=NoticeStatus.WAITING,
            created_at=now,
            not_before=now,
            attempts=0,
            is_held=False,
        )
        .on_conflict_do_nothing()
    )


def find_account(session: Session, actor: str) -> Recipient | None:
    """Return the recipient behind "account:REF"; None for an actor without an inbox."""
    kind, _, ref = actor.partition(":")
    account_id = session.scalar(select(Account.id).where(Account.ref == ref))
    if kind != "account" or account_id is None:
        return None
    return Recipient(RecipientKind.ACCOUNT, account_id)


def to_roles(
    session: Session,
    roles: Iterable[Role],
    region_code: str | None,
    kind: NoticeKind,
    subject: str,
    *,
    now: datetime,
    rung: int = 0,
) -> None:
    """Queue to every active account that holds one of the roles over the region today.

    None as the region means wherever they work.
    """
    for account_id in _holders(session, roles, region_code, now=now):
        to = Recipient(RecipientKind.ACCOUNT, account_id)
        queue(session, to, kind, subject, now=now, rung=rung)


def _holders(
    session: Session, roles: Iterable[Role], region_code: str | None, *, now: datetime
) -> list[int]:
    day = today(now)
    rows = session.execute(
        select(Account.id, Account.region_code)
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
        for key, own in rows
        if region_code is None or region_code.startswith(region_prefix(own))
    ]
