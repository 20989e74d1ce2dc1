"""A school's account: written down by one person, in force once a second agreed (law 8).

The first one holds at once. One that replaces another holds three whole days later: who answered
for the old account hears of it and may object, and meanwhile nothing is paid to the school.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.amendments import Amendment
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    AmendmentKind,
    AmendmentStatus,
    GrantStatus,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.refs import new_ref

WAITS = timedelta(days=3)
LISTED = "学校名单里写的，请对开户证明。"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a list says of a school's account; any of the three may be missing."""

    name: str | None = None
    bank: str | None = None
    number: str | None = None


def plain_number(text: str) -> str:
    """Return an account's number without the gaps in which people write it."""
    return "".join(text.split()).replace("-", "")


def ask_listed(
    session: Session, by: Viewer, listed: Mapping[str, NewAccount], *, now: datetime
) -> int:
    """Let the accounts of newly entered schools, by their refs, wait for a second person."""
    require(by, Act.ENTER_SCHOOL)
    found = session.execute(
        select(Organisation.id, Organisation.ref, Organisation.name)
        .where(Organisation.ref.in_(listed))
        .order_by(Organisation.id)
    )
    rows = [
        {
            "ref": new_ref("amendment"),
            "kind": AmendmentKind.SCHOOL_ACCOUNT,
            "organisation_id": key,
            "name": listed[ref].name or name,
            "bank": listed[ref].bank,
            "number": plain_number(listed[ref].number or "") or None,
            "reason": LISTED,
            "status": AmendmentStatus.ASKED,
            "asked_by": by.actor,
            "asked_on": today(now),
        }
        for key, ref, name in found
    ]
    if rows:
        session.execute(insert(Amendment), rows)
    return len(rows)


def replaces_one(session: Session, amendment: Amendment) -> bool:
    """Say whether a change takes the place of an account that is paid to."""
    if amendment.kind is not AmendmentKind.SCHOOL_ACCOUNT:
        return False
    school = session.get_one(Organisation, amendment.organisation_id)
    return bool(school.account_number)


def write(session: Session, amendment: Amendment) -> None:
    """Let an agreed account hold; what stood before is kept beside it."""
    school = session.get_one(Organisation, amendment.organisation_id)
    amendment.name_before, school.account_name = school.account_name, amendment.name
    amendment.bank_before, school.account_bank = school.account_bank, amendment.bank
    amendment.number_before, school.account_number = school.account_number, amendment.number
    session.flush()


def announce(session: Session, amendment: Amendment, *, now: datetime) -> None:
    """Say from when on a second account holds, and tell who answers for the one before it.

    That is the school's officers, and whom to call there.
    """
    amendment.holds_on = today(now) + WAITS + timedelta(days=1)
    kind, subject = NoticeKind.ACCOUNT_CHANGES, f"amendment:{amendment.ref}"
    school = session.get_one(Organisation, amendment.organisation_id)
    officers = session.scalars(
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Account.organisation_id == school.id,
            Account.status == AccountStatus.ACTIVE,
            Grant.role == Role.SCHOOL_OFFICER,
            Grant.status == GrantStatus.GRANTED,
        )
        .distinct()
        .order_by(Account.id)
    )
    to = [Recipient(RecipientKind.ACCOUNT, key) for key in officers]
    to += [Recipient(RecipientKind.SCHOOL_CONTACT, school.id)] if school.contact_phone else []
    notices.queue_all(session, kind, [(one, subject) for one in to], now=now)


def changing(session: Session, schools: Collection[int]) -> Mapping[int, date]:
    """Return from when on another account holds, of those schools (keys) that wait for one.

    Till then no payment to them is prepared: not to the old account, which may be closed, nor to
    the new one, which its old contact may still object to.
    """
    rows = session.execute(
        select(Amendment.organisation_id, Amendment.holds_on).where(
            Amendment.organisation_id.in_(schools),
            Amendment.kind == AmendmentKind.SCHOOL_ACCOUNT,
            Amendment.status == AmendmentStatus.AGREED,
        )
    )
    return {key: on for key, on in rows if key is not None and on is not None}
