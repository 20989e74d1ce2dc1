"""Who a notice's recipient is today, how they are reached, and the private link made for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child, Kin
from models.notices import Notice
from models.organisations import Organisation
from privacy.viewers import Viewer
from services import accounts, links, vault
from services.links import Subject
from services.notice_texts import HIDDEN
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    Channel,
    ContactKind,
    KinRole,
    LinkPurpose,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import BadInput, NotFound

Channels = frozenset[Channel]


@dataclass(frozen=True, slots=True)
class Address:
    """One way to one person: for a gateway only."""

    channel: Channel
    to: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient as of now; no address means the inbox alone."""

    viewer: Viewer
    address: Address | None


def find(session: Session, notice: Notice, *, now: datetime, staff_by: Channels) -> Person:
    """Return the recipient as a viewer, with an address. Raises NotFound when gone.

    Accounts have their inbox and are written to only by the channels of `staff_by`.
    """
    if notice.recipient_kind is RecipientKind.ACCOUNT:
        return _account(session, notice, now=now, staff_by=staff_by)
    return Person(*_FINDERS[notice.recipient_kind](session, notice, now))


Found = tuple[Viewer, Address | None]


def _account(session: Session, notice: Notice, *, now: datetime, staff_by: Channels) -> Person:
    account = session.get(Account, notice.recipient_id)
    wanted = (
        AccountStatus.INVITED if notice.kind is NoticeKind.FIRST_PASSWORD else AccountStatus.ACTIVE
    )
    if account is None or account.status is not wanted:
        raise NotFound()
    mail = account.mail if Channel.MAIL in staff_by else None
    phone = account.phone if Channel.SMS in staff_by else None
    return Person(accounts.viewer_of(session, account, now=now), _way(mail, phone))


def _donor(session: Session, notice: Notice, _now: datetime) -> Found:
    kind, value = vault.contact_of(session, notice.recipient_id)
    channel = Channel.MAIL if kind is ContactKind.MAIL else Channel.SMS
    viewer = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=notice.recipient_id)
    return viewer, Address(channel, value)


def _family(session: Session, notice: Notice, now: datetime) -> Found:
    """Find the carer's telephone, else the guardian's, among those who look after the child now."""
    child = session.get(Child, notice.recipient_id)
    if child is None:
        raise NotFound()
    people = session.scalars(
        select(Kin)
        .where(Kin.child_id == child.id, or_(Kin.until_on.is_(None), Kin.until_on > today(now)))
        .order_by(Kin.id)
    ).all()
    ways = [
        _way(None, kin.phone)
        for kin in sorted(people, key=lambda kin: kin.kin_role is not KinRole.CARER)
    ]
    viewer = Viewer(
        frozenset({Role.FAMILY}),
        actor=f"family:{child.ref}",
        child_id=child.id,
        organisation_id=child.school_id,
    )
    return viewer, next((way for way in ways if way), None)


def _school_contact(session: Session, notice: Notice, _now: datetime) -> Found:
    school = session.get(Organisation, notice.recipient_id)
    if school is None:
        raise NotFound()
    viewer = Viewer(
        frozenset({Role.CLASS_TEACHER}), actor=f"school:{school.ref}", organisation_id=school.id
    )
    return viewer, _way(None, school.contact_phone)


_FINDERS: Mapping[RecipientKind, Callable[[Session, Notice, datetime], Found]] = {
    RecipientKind.DONOR: _donor,
    RecipientKind.FAMILY: _family,
    RecipientKind.SCHOOL_CONTACT: _school_contact,
}


def _way(mail: str | None, phone: str | None) -> Address | None:
    """Mail before telephone; what is neither is no way."""
    for text in (mail, phone):
        try:
            kind, value = vault.read_contact(text or "")
        except BadInput:
            continue
        return Address(Channel.MAIL if kind is ContactKind.MAIL else Channel.SMS, value)
    return None


def with_token(
    session: Session, by: Viewer, notice: Notice, text: str, *, now: datetime, public_url: str
) -> tuple[str, str]:
    """Return the text as it leaves, and as it is kept: without its live token."""
    kept = text.replace("{link}", f"{public_url}/{HIDDEN}")
    if "{link}" in text:
        purpose, path, subject = _link_of(notice)
        token = links.make(session, by, purpose, subject, now=now)
        return text.replace("{link}", f"{public_url}/{path}/{token}"), kept
    return text, kept


def _link_of(notice: Notice) -> tuple[LinkPurpose, str, Subject]:
    if notice.kind is NoticeKind.FIRST_PASSWORD:
        return (
            LinkPurpose.FIRST_PASSWORD,
            "first-password",
            Subject(account_id=notice.recipient_id),
        )
    return LinkPurpose.DONOR_HOME, "d", Subject(donor_id=notice.recipient_id)
