"""A way into an account has two halves: a link from one administrator, six digits from another.

Whoever makes the link never sees the digits, whoever gives the digits never sees the link: neither
signs in as somebody else. A link from the server's console needs none, there both hands are one.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.notices import AccessLink
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, links, trace
from services.gate import Card
from vocabulary.enums import AccountStatus, LinkPurpose
from vocabulary.errors import ActedBefore, NotFound


def standing(session: Session, viewer: Viewer, account_ref: str, *, now: datetime) -> Card:
    """Return whether a link of an account waits to be opened, by whom, and whether digits are out."""
    require(viewer, Act.GRANT_ROLE)
    account = gate.row(session, viewer, Account, Account.ref == account_ref)
    link = _waiting(session, account, now=now)
    return Card(
        {
            "waits": link is not None and links.needs_code(link),
            "by_me": link is not None and link.made_by == viewer.actor,
            "has_code": link is not None and link.code_until is not None and link.code_until > now,
        }
    )


def give_code(session: Session, by: Viewer, account_ref: str, *, now: datetime) -> str:
    """Make the six digits beside the link that another administrator made; earlier ones end.

    Raises ActedBefore for who made the link and for the account itself, NotFound without a link.
    """
    require(by, Act.GRANT_ROLE)
    account = gate.row(session, by, Account, Account.ref == account_ref)
    link = _waiting(session, account, now=now)
    if link is None or not links.needs_code(link):
        raise NotFound()
    if by.actor == link.made_by or by.account_id == account.id:
        raise ActedBefore()
    code = links.give_code(link, now=now)
    session.flush()
    trace.record(session, by, "account.code", f"account:{account.ref}", now=now)
    return code


def _waiting(session: Session, account: Account, *, now: datetime) -> AccessLink | None:
    if account.status is AccountStatus.ENDED:
        return None
    return session.scalar(
        select(AccessLink)
        .where(
            AccessLink.account_id == account.id,
            AccessLink.purpose == LinkPurpose.FIRST_PASSWORD,
            AccessLink.expires_at > now,
            AccessLink.revoked_at.is_(None),
        )
        .order_by(AccessLink.id.desc())
        .limit(1)
    )
