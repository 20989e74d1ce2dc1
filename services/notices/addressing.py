"""Who a notice's recipient is today, how they are reached, and the private link made for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child, Kin
from models.notices import AccessLink, Notice
from models.organisations import Organisation
from models.pledges import PledgeChange
from privacy.viewers import Viewer
from services import gate, links
from services.accounts import accounts
from services.family_checks import asking_links
from services.kin.reached import reached
from services.kin.warned import number_of
from services.letters import letter_links
from services.links import Subject
from services.notices.notice_texts import HIDDEN, TO_GUARDIANS
from services.reveals import reveal_links
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    AccountStatus,
    ChangeStatus,
    Channel,
    ContactKind,
    LinkPurpose,
    NoticeKind,
    RecipientKind,
    Role,
    StopReason,
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
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise NotFound()
    mail = account.mail if Channel.MAIL in staff_by else None
    phone = account.phone if Channel.SMS in staff_by else None
    return Person(accounts.viewer_of(session, account, now=now), _way(mail, phone))


def _donor(session: Session, notice: Notice, _now: datetime) -> Found:
    """Find the donor's contact. Nothing is written to somebody who has died, from that hour on."""
    viewer = Viewer(frozenset({Role.DONOR}), actor="donor", donor_id=notice.recipient_id)
    died = (PledgeChange.stop_reason == StopReason.DIED, PledgeChange.status != ChangeStatus.UNDONE)
    if gate.count(session, viewer, PledgeChange, *died):
        raise NotFound()
    kind, value = vault.way_to(session, notice.recipient_id)
    channel = Channel.MAIL if kind is ContactKind.MAIL else Channel.SMS
    return viewer, Address(channel, value)


def _family(session: Session, notice: Notice, now: datetime) -> Found:
    """Find the carer's telephone, else the guardian's, among those who look after the child now."""
    child = session.get(Child, notice.recipient_id)
    if child is None:
        raise NotFound()
    only = notice.kind in TO_GUARDIANS
    way = _way_to_family(session, child.id, now, guardians_only=only)
    viewer = Viewer(
        frozenset({Role.FAMILY}),
        actor=f"family:{child.ref}",
        child_id=child.id,
        organisation_id=child.school_id,
    )
    return viewer, way


def _way_to_family(
    session: Session, child_id: int, now: datetime, *, guardians_only: bool
) -> Address | None:
    kin = reached(session, child_id, now=now, guardians_only=guardians_only)
    return _way(None, kin.phone) if kin else None


def reaches_family(session: Session, child_id: int, *, now: datetime) -> bool:
    """Say whether a message about money reaches whoever cares for a child."""
    return _way_to_family(session, child_id, now, guardians_only=False) is not None


def _class_teacher(session: Session, notice: Notice, now: datetime) -> Found:
    """Find whose class list waits for its six digits. Raises NotFound once it is bound or over."""
    link = session.get(AccessLink, notice.recipient_id)
    if link is None or link.device_hash or link.revoked_at or link.expires_at <= now:
        raise NotFound()
    return links.class_viewer(session, link), _way(None, link.phone)


def _school_contact(session: Session, notice: Notice, _now: datetime) -> Found:
    """Find whom to call at a school: told what its officers are, without a login."""
    school = session.get(Organisation, notice.recipient_id)
    if school is None:
        raise NotFound()
    roles, actor = frozenset({Role.SCHOOL_OFFICER}), f"school:{school.ref}"
    return Viewer(roles, actor, organisation_id=school.id), _way(None, school.contact_phone)


def _guardian(session: Session, notice: Notice, now: datetime) -> Found:
    """Find one of the record by his own telephone, lost or not: he is warned of a change alone.

    The child's own notices go elsewhere.
    """
    kin = session.get(Kin, notice.recipient_id)
    if kin is None:
        raise NotFound()
    child = session.get_one(Child, kin.child_id)
    roles, actor = frozenset({Role.FAMILY}), f"family:{child.ref}"
    return Viewer(roles, actor, child_id=child.id), _way(
        None, number_of(session, kin, on=today(now))
    )


_FINDERS: Mapping[RecipientKind, Callable[[Session, Notice, datetime], Found]] = {
    RecipientKind.DONOR: _donor,
    RecipientKind.FAMILY: _family,
    RecipientKind.CLASS_TEACHER: _class_teacher,
    RecipientKind.SCHOOL_CONTACT: _school_contact,
    RecipientKind.GUARDIAN: _guardian,
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


# A guardian's own links, by what the notice is about.
_FAMILY_LINKS = {
    "reveal": ("k", reveal_links.make),
    "letters": ("p", letter_links.make),
    "guardian_file": ("p", letter_links.make),
    "stipend": ("s", asking_links.make),
}


def with_token(
    session: Session, by: Viewer, notice: Notice, text: str, *, now: datetime, public_url: str
) -> tuple[str, str]:
    """Return the text as it leaves, and as it is kept: without its live token or digits."""
    kept = text.replace("{link}", f"{public_url}/{HIDDEN}").replace("{code}", HIDDEN)
    if notice.kind is NoticeKind.CLASS_CODE:
        link = session.get_one(AccessLink, notice.recipient_id)
        return text.replace("{code}", links.give_code(link, now=now)), kept
    if "{link}" in text and notice.recipient_kind is RecipientKind.FAMILY:
        path, make = _FAMILY_LINKS[notice.subject.partition(":")[0]]
        token = make(session, by, notice.subject, now=now)
        return text.replace("{link}", f"{public_url}/{path}/{token}"), kept
    if "{link}" in text:
        subject = Subject(donor_id=notice.recipient_id)
        token = links.make(session, by, LinkPurpose.DONOR_HOME, subject, now=now)
        return text.replace("{link}", f"{public_url}/d/{token}"), kept
    return text, kept
